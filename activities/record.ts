/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import { type CaseEvent, RISKS } from '../domain/model';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import type { Tx } from '../store/db';
import { type Found, nextEntries, tailOf } from '../store/journal';
import { type Place, writeCase } from '../store/projection';
import type { ActivityDeps } from './deps';
import { Gate } from './gate';
import { type HeadStarts, TOLD_WITHIN_MS } from './head-start';
import { tellOne } from './tell';

/** Writes at once that make messages: a storm's last ones hold no connection while the first ones' texts go out. */
const AT_ONCE = 6;
const writing = new Gate(AT_ONCE);

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
    const began = performance.now();
    const { risk } = input.projection;
    const told = await writing.run(RISKS.indexOf(risk), () =>
      deps.db.$transaction((tx) => writeAndTell(deps, tx, input)),
    );
    const made = told.flatMap(({ deliveries, groups = [] }) => [...deliveries, ...groups]);
    headStarts?.begin(made, { at: input.at, risk });
    if (!input.unhurried || !headStarts) return { told };
    // What became of them is told at once where nobody waits for the answer: it spares a second way through Temporal.
    const keys = made.map(({ key }) => key);
    return { told, ended: await headStarts.settled(keys, TOLD_WITHIN_MS - (performance.now() - began)) };
  },
});

async function writeAndTell(deps: ActivityDeps, tx: Tx, input: RecordInput): Promise<Told[]> {
  const { number, shielded } = await writeDown(tx, input);
  const all: Told[] = [];
  const reached = new Set<string>();
  for (const tell of input.tells) all.push(await tellOne(deps, tx, { ...input, number, shielded }, tell, reached));
  return all;
}

async function writeDown(tx: Tx, { caseId, stationId, events, projection }: RecordInput): Promise<Found> {
  const found = await tailOf(tx, caseId);
  if (found === undefined) throw ApplicationFailure.retryable(`no row for case ${caseId}`, 'CaseUnknown');
  const place = { stationId, left: events.flatMap(leftBy) };
  await writeCase(tx, caseId, projection, nextEntries(found.tail, caseId, events), place);
  return found;
}

/** A transfer (移交) leaves the station that had the case with what it did, up to that entry. */
const leftBy = ({ kind, seq, at, data }: CaseEvent): Place['left'] =>
  kind === 'transferred' && typeof data['from'] === 'string' ? [{ stationId: data['from'], lastSeq: seq, at }] : [];
