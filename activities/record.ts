/** record: one statement for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import { type CaseEvent, RISKS } from '../domain/model';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import { planDeliveries } from '../store/deliveries';
import { nextEntries, tailOf } from '../store/journal';
import { type Place, writeCase } from '../store/projection';
import type { Fields } from '../store/rows';
import { alive } from './alive';
import type { ActivityDeps } from './deps';
import { Gate } from './gate';
import { type HeadStarts, TOLD_WITHIN_MS } from './head-start';
import { type Moment, tellOne } from './tell';

/** Writes at once that make messages: a storm's last ones hold no connection while the first ones' texts go out. */
const AT_ONCE = 6;
const writing = new Gate(AT_ONCE);
/** Half of what the server waits for a word: it is one write more for it, which the usual few milliseconds are to be spared. */
const BEAT_MS = 5_000;

export const createRecord = (deps: ActivityDeps, headStarts?: HeadStarts) => ({
  /**
   * Writes what happened and makes the messages, keys before anything is sent. Safe to repeat: entries and deliveries
   * that are there already stay as they are, and the answer is the same.
   * An attempt that the server has given up leaves the line: the next one stands in it already.
   * @throws ApplicationFailure CaseUnknown where the case has no row; DatabaseSilent
   */
  record(input: RecordInput): Promise<RecordOutput> {
    return alive((gone) => inTurn(deps, headStarts, input, gone), BEAT_MS);
  },
});

/** A write takes milliseconds: a connection that has said nothing for so long is dead, and the next attempt takes another one. */
const SILENT_MS = 20_000;

/** {@link write}, given up where the database says nothing: the attempt itself may take minutes, and goes on saying that it is alive. */
async function written(deps: ActivityDeps, input: RecordInput): Promise<Told[]> {
  let impatience: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, drop) => {
    const late = (): void => drop(ApplicationFailure.retryable('the database says nothing', 'DatabaseSilent'));
    impatience = setTimeout(late, SILENT_MS);
  });
  try {
    return await Promise.race([write(deps, input), silent]);
  } finally {
    clearTimeout(impatience);
  }
}

async function inTurn(
  deps: ActivityDeps,
  headStarts: HeadStarts | undefined,
  input: RecordInput,
  gone: AbortSignal | undefined,
): Promise<RecordOutput> {
  if (input.tells.length === 0) return { told: await written(deps, input) };
  const began = performance.now();
  const { risk } = input.projection;
  const told = await writing.run(RISKS.indexOf(risk), () => written(deps, input), gone);
  const made = told.flatMap(({ deliveries, groups = [] }) => [...deliveries, ...groups]);
  headStarts?.begin(made, { at: input.at, risk });
  if (!input.unhurried || !headStarts) return { told };
  // What became of them is told at once where nobody waits for the answer: it spares a second way through Temporal.
  const keys = made.map(({ key }) => key);
  return { told, ended: await headStarts.settled(keys, TOLD_WITHIN_MS - (performance.now() - began)) };
}

/** Reads who is to be told, then writes everything in one statement, which is a transaction of its own. */
async function write(deps: ActivityDeps, input: RecordInput): Promise<Told[]> {
  const { db } = deps;
  const { caseId, stationId, events, projection, tells } = input;
  const found = await tailOf(db, caseId);
  if (found === undefined) throw ApplicationFailure.retryable(`no row for case ${caseId}`, 'CaseUnknown');
  const { number, shielded, tail } = found;
  const messages: Fields[] = [];
  const make: Moment['make'] = (of) => {
    const rows = planDeliveries(of);
    messages.push(...rows);
    return Promise.resolve(rows.map(({ key, channel }) => ({ key, channel })));
  };
  const moment = { reached: new Set<string>(), make };
  const told: Told[] = [];
  for (const tell of tells) told.push(await tellOne(deps, db, { ...input, number, shielded }, tell, moment));
  const place = { stationId, left: events.flatMap(leftBy) };
  await writeCase(db, caseId, projection, { entries: nextEntries(tail, caseId, events), messages }, place);
  return told;
}

/** A transfer (移交) leaves the station that had the case with what it did, up to that entry. */
const leftBy = ({ kind, seq, at, data }: CaseEvent): Place['left'] =>
  kind === 'transferred' && typeof data['from'] === 'string' ? [{ stationId: data['from'], lastSeq: seq, at }] : [];
