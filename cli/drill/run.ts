/** One drill from report to close: nobody does or acknowledges anything meanwhile. */
import { outsideQuiet } from '../../domain/ladder';
import type { Ladder } from '../../domain/alert';
import { ladderOf, type Policy } from '../../domain/policy';
import { loadTexts } from '../../store/texts';
import { policyFor } from '../policies';
import { SeenCase } from '../cases';
import { CliFailure } from '../client';
import { deviations, expectedBy, type Deviation } from './expect';
import { endDrill, type Field, forward, inbox } from './field';
import type { DrillOptions } from './options';
import { judge, type Told, type Verdict } from './told';

export interface DrillResult {
  case: SeenCase;
  policy: Policy;
  until: number;
  told: Told[];
  deviations: Deviation[];
  verdict: Verdict;
}

/** When the case does something next by itself, by its own rows; the ladder says which reminders are held back. */
function nextStop({ steps, alerts }: SeenCase, ladder: Ladder, after: number): number {
  const moments = [
    ...steps.filter((one) => one.state === 'pending' || one.state === 'due_soon').map((one) => one.dueAt),
    ...steps
      .filter((one) => one.remindAt !== null && one.state !== 'done')
      .map((one) => outsideQuiet(ladder, one.remindAt ?? Infinity)),
    ...alerts.filter((one) => one.state === 'open').map((one) => one.nextAt),
  ];
  return Math.min(...moments.filter((at) => at > after));
}

/** @throws CliFailure where the drill is interrupted */
async function watch(field: Field, one: SeenCase, ladder: Ladder, until: number, stop: AbortSignal): Promise<Told[]> {
  const read = await inbox(field, one.id);
  const told = await read(one.asOf);
  for (let now = one.asOf; now < until;) {
    if (stop.aborted) throw new CliFailure('演练被中断，演练案件已结束 · interrupted; the drill case was ended');
    const seen = await field.officer.ask('GET', `/api/v1/cases/${one.id}`, SeenCase);
    const next = Math.min(until, nextStop(seen, ladder, now));
    now = await forward(field, one.id, Math.max(1, Math.ceil((next - seen.asOf) / 1000)));
    told.push(...(await read(now)));
  }
  return told;
}

const report = ({ client, stationId }: Field, { type, risk }: DrillOptions): Promise<SeenCase> =>
  client.ask('POST', '/api/v1/cases', SeenCase, {
    ...{ type, risk, stationId, drill: true },
    child: { name: '演练儿童' },
    narrative: '演练：虚构的报告，不涉及真实的儿童。',
  });

/** Ends the drill whatever happened; says how to end it by hand where that fails too. @throws CliFailure */
async function endOrSay(field: Field, { id, number }: SeenCase): Promise<void> {
  try {
    await endDrill(field, id);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliFailure(`演练案件 ${number} 未能结束：${why}。请运行 npm run drill -- --end ${number}`, { cause });
  }
}

/**
 * @param stop aborted: end the drill at the next stop of the clock
 * @throws CliFailure; PolicyUnknown where neither the folder nor the system has the case's policy
 */
export async function drill(field: Field, options: DrillOptions, stop: AbortSignal): Promise<DrillResult> {
  const { policies, url, spanMs } = options;
  const { stepName } = loadTexts(policies, { publicUrl: url, sign: '演练' });
  const one = await report(field, options);
  try {
    if (one.workflow === 'pending') throw new CliFailure('时限引擎没有运行，演练无法进行 · Temporal is away');
    const policy = await policyFor(field.officer, policies, one.policyVersion);
    const until = one.receivedAt + spanMs;
    const told = await watch(field, one, ladderOf(policy, one.risk), until, stop);
    const { accounts, stationId } = field;
    const verdict = judge(expectedBy(policy, one, until), told, { accounts, stationId, stepName });
    return { case: one, policy, until, told, deviations: deviations(policy, one), verdict };
  } finally {
    await endOrSay(field, one);
  }
}
