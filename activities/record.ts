/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import type { Tx } from '../store/db';
import { nextEntries, tailOf } from '../store/journal';
import { writeCase } from '../store/projection';
import type { ActivityDeps } from './deps';
import type { HeadStarts } from './head-start';
import { tellOne } from './tell';

export const createRecord = (deps: ActivityDeps, headStarts?: HeadStarts) => ({
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
    const told = await deps.db.$transaction(async (tx) => {
      const { number } = await writeDown(tx, input);
      const all: Told[] = [];
      const reached = new Set<string>();
      for (const tell of input.tells) all.push(await tellOne(deps, tx, { ...input, number }, tell, reached));
      return all;
    });
    const made = told.flatMap(({ deliveries, groups = [] }) => [...deliveries, ...groups]);
    headStarts?.begin(made, { at: input.at, risk: input.projection.risk });
    return { told };
  },
});

async function writeDown(tx: Tx, { caseId, events, projection }: RecordInput): Promise<{ number: string }> {
  const found = await tailOf(tx, caseId);
  if (found === undefined) throw ApplicationFailure.retryable(`no row for case ${caseId}`, 'CaseUnknown');
  await writeCase(tx, caseId, projection, nextEntries(found.tail, caseId, events));
  return found;
}
