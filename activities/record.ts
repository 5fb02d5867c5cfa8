/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import type { CaseEvent } from '../domain/model';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import type { Tx } from '../store/db';
import { nextEntries, tailOf } from '../store/journal';
import { type Place, writeCase } from '../store/projection';
import type { ActivityDeps } from './deps';
import { tellOne } from './tell';

export const createRecord = (deps: ActivityDeps) => ({
  /**
   * Writes what happened and makes the messages, keys before anything is sent. Safe to repeat: entries and deliveries
   * that are there already stay as they are, and the answer is the same.
   * @throws ApplicationFailure CaseUnknown where the case has no row.
   */
  async record(input: RecordInput): Promise<RecordOutput> {
    // One statement is a transaction of its own.
    if (input.tells.length === 0) {
      await writeDown(deps.db, input);
      return { told: [] };
    }
    return deps.db.$transaction(async (tx) => {
      await writeDown(tx, input);
      const told: Told[] = [];
      const reached = new Set<string>();
      for (const tell of input.tells) told.push(await tellOne(deps, tx, input, tell, reached));
      return { told };
    });
  },
});

async function writeDown(tx: Tx, { caseId, stationId, events, projection }: RecordInput): Promise<void> {
  const tail = await tailOf(tx, caseId);
  if (tail === false) throw ApplicationFailure.retryable(`no row for case ${caseId}`, 'CaseUnknown');
  await writeCase(tx, caseId, projection, nextEntries(tail, caseId, events), {
    stationId,
    left: events.flatMap(leftBy),
  });
}

/** A transfer (移交) leaves the station that had the case with what it did, up to that entry. */
const leftBy = ({ kind, seq, at, data }: CaseEvent): Place['left'] =>
  kind === 'transferred' && typeof data['from'] === 'string' ? [{ stationId: data['from'], lastSeq: seq, at }] : [];
