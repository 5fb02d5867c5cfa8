/**
 * Reporting a case (接报): POST /cases with an Idempotency-Key, as the web app sends it, beside the bare start of a workflow
 * with two timers. Alone, one request after the other, in turn with the yardstick's; then 20 at a time: as answered, and until
 * the timers of all run. What a side leaves behind is waited for before the other one's turn.
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseAnswer } from '../../api/schemas/answers';
import type { Bed } from '../bed';
import { caseWorkflowId } from '../../domain/ids';
import { twoTimers } from '../bare/workflows';
import { atOnce, interleave, perSecond, timed } from '../harness/rounds';
import { alone, compared, type Row } from '../harness/row';
import { median, type Pair, quantile } from '../harness/stats';
import type { Measure, Setup } from '../measure';

/** How many requests are under way at the same time. */
export const WIDTH = 20;

// At low risk nothing falls due within a day: what is measured afterwards is not disturbed by reminders.
const REPORT = {
  type: 'neglect',
  risk: 'low',
  child: { name: '测试儿童', sex: 'female', birthDate: '2017-05-04' },
  reporter: { name: '测试报告人', phone: '13800009999', role: 'teacher' },
  narrative: '测试:孩子连续三天无人照料。',
};

/** Reports one case; its clocks run when this resolves. */
export const reportCase = ({ http }: Bed, child: object = REPORT.child): Promise<CaseAnswer> =>
  http.ask('POST', '/api/v1/cases', { ...REPORT, child }, { headers: { 'idempotency-key': randomUUID() } });

const startBare = ({ client, queues }: Bed) =>
  client.workflow.start(twoTimers, { workflowId: `bare-${randomUUID()}`, taskQueue: queues.bare });

/** Times both sides in turn, one at a time. @returns milliseconds of each */
export async function inTurn(
  count: number,
  ours: (index: number) => Promise<unknown>,
  yardstick: (index: number) => Promise<unknown>,
): Promise<{ ours: number[]; yardstick: number[] }> {
  const pairs: Pair[] = [];
  // The one that was second goes first the next time, as interleave does within its own rounds.
  for (let i = 0; i < count; i += 1) {
    if (i % 2 === 0) pairs.push({ ours: await timed(() => ours(i)), yardstick: await timed(() => yardstick(i)) });
    else pairs.push({ yardstick: await timed(() => yardstick(i)), ours: await timed(() => ours(i)) });
  }
  return { ours: pairs.map((pair) => pair.ours), yardstick: pairs.map((pair) => pair.yardstick) };
}

/** Started, its task scheduled and taken up: a history that is longer has been worked on, and its timers run. */
const BEFORE_TIMERS = 3;
const LOOK_EVERY_MS = 20;

/** Until the timers of each of them run. */
async function clocksRun({ client }: Bed, workflowIds: readonly string[]): Promise<void> {
  for (const id of workflowIds) {
    const handle = client.workflow.getHandle(id);
    while ((await handle.describe()).historyLength <= BEFORE_TIMERS) await sleep(LOOK_EVERY_MS);
  }
}

interface Turn {
  /** A second, until the last answer. */
  answered: number;
  /** A second, until the timers of all run. */
  running: number;
}

/** Starts `count`, and looks at the last ones, a crowd's worth, until nothing of them is left to do. */
async function turn(bed: Bed, count: number, startOne: () => Promise<string>): Promise<Turn> {
  const since = performance.now();
  const ids = await atOnce(count, WIDTH, startOne);
  const answered = performance.now() - since;
  await clocksRun(bed, ids.slice(-WIDTH));
  return { answered: (count * 1000) / answered, running: (count * 1000) / (performance.now() - since) };
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const { rounds, quick } = effort;
  const on = await bed();
  const [singles, crowd] = quick ? [3, 20] : [40, 200];
  // Both sides warm: connections, plans, compiled code.
  await perSecond(crowd / 2, WIDTH, () => reportCase(on));
  await perSecond(crowd / 2, WIDTH, () => startBare(on));

  const all: { ours: number[]; yardstick: number[] } = { ours: [], yardstick: [] };
  const p50: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const seen = await inTurn(
      singles,
      () => reportCase(on),
      () => startBare(on),
    );
    all.ours.push(...seen.ours);
    all.yardstick.push(...seen.yardstick);
    p50.push({ ours: median(seen.ours), yardstick: median(seen.yardstick) });
    say(`alone ${round + 1}/${rounds}`);
  }
  const turns: { ours: Turn[]; yardstick: Turn[] } = { ours: [], yardstick: [] };
  const take = async (side: keyof typeof turns, startOne: () => Promise<string>): Promise<number> => {
    const taken = await turn(on, crowd, startOne);
    turns[side].push(taken);
    return taken.answered;
  };
  const rate = await interleave(
    rounds,
    {
      ours: () => take('ours', async () => caseWorkflowId((await reportCase(on)).id)),
      yardstick: () => take('yardstick', async () => (await startBare(on)).workflowId),
    },
    (_, round) => say(`${WIDTH} at a time ${round + 1}/${rounds}`),
  );
  const running = turns.ours.map((ours, round) => ({
    ours: ours.running,
    yardstick: turns.yardstick[round]?.running ?? NaN,
  }));
  const p99 = { ours: quantile(all.ours, 0.99), yardstick: quantile(all.yardstick, 0.99) };
  return [
    compared(
      {
        id: 'report-rate',
        what: `cases reported, ${WIDTH} at a time`,
        unit: '/s',
        must: { of: 'ratio', least: 0.8 },
      },
      rate,
    ),
    compared(
      { id: 'report-clocks', what: `cases reported, ${WIDTH} at a time, until the clocks of all run`, unit: '/s' },
      running,
    ),
    compared({ id: 'report-p50', what: 'a case reported alone, p50', unit: 'ms', must: { of: 'ratio', most: 2 } }, p50),
    compared({ id: 'report-p99', what: 'a case reported alone, p99 over all rounds', unit: 'ms' }, [p99]),
    alone({ id: 'report-most', what: 'a case reported alone, the slowest', unit: 'ms' }, [Math.max(...all.ours)]),
  ];
}

export const report: Measure = { id: 'report', title: '接报 · reporting a case', run };
