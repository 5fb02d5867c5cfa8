/**
 * Reporting a case (接报): POST /cases with an Idempotency-Key, as the web app sends it, beside the bare start of a workflow
 * with two timers. Alone, one request after the other, in turn with the yardstick's; then 20 at a time.
 */
import { randomUUID } from 'node:crypto';
import type { CaseAnswer } from '../../api/schemas/answers';
import type { Bed } from '../bed';
import { twoTimers } from '../bare/workflows';
import { interleave, perSecond, timed } from '../harness/rounds';
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
  const rate = await interleave(
    rounds,
    {
      ours: () => perSecond(crowd, WIDTH, () => reportCase(on)),
      yardstick: () => perSecond(crowd, WIDTH, () => startBare(on)),
    },
    (_, round) => say(`${WIDTH} at a time ${round + 1}/${rounds}`),
  );
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
    compared({ id: 'report-p50', what: 'a case reported alone, p50', unit: 'ms', must: { of: 'ratio', most: 2 } }, p50),
    compared({ id: 'report-p99', what: 'a case reported alone, p99 over all rounds', unit: 'ms' }, [p99]),
    alone({ id: 'report-most', what: 'a case reported alone, the slowest', unit: 'ms' }, [Math.max(...all.ours)]),
  ];
}

export const report: Measure = { id: 'report', title: '接报 · reporting a case', run };
