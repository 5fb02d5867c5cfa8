/**
 * Finishing a step (完成步骤), with a note and an Idempotency-Key, beside the bare update of a workflow that answers at once.
 * Alone and 20 at a time, each on a case of its own.
 */
import { randomUUID } from 'node:crypto';
import type { UpdateDefinition, WorkflowHandle } from '@temporalio/client';
import type { CaseAnswer } from '../../api/schemas/answers';
import type { Bed } from '../bed';
import { addUpdate, counter, endSignal } from '../bare/workflows';
import { atOnce, interleave, perSecond } from '../harness/rounds';
import { compared, type Row } from '../harness/row';
import { median, type Pair, quantile } from '../harness/stats';
import type { Measure, Setup } from '../measure';
import { inTurn, reportCase, WIDTH } from './report';

/** Steps that stand in every case and bring no next one. */
const PLAIN = ['acknowledge', 'first_contact', 'safety_plan', 'referral', 'case_plan'];
const ADD: UpdateDefinition<number, [number]> = addUpdate;

interface Todo {
  caseId: string;
  stepId: string;
}

/** Steps to finish, ordered so that neighbours belong to different cases. */
async function prepare(bed: Bed, wanted: number): Promise<Todo[]> {
  const cases = await atOnce(Math.max(WIDTH, Math.ceil(wanted / PLAIN.length)), 8, () => reportCase(bed));
  return PLAIN.flatMap((stepId) => cases.map(({ id }) => ({ caseId: id, stepId })));
}

const finish = ({ http }: Bed, { caseId, stepId }: Todo): Promise<CaseAnswer> =>
  http.ask(
    'POST',
    `/api/v1/cases/${caseId}/steps/${stepId}/complete`,
    { outcome: 'done', note: '测试:已办理。' },
    { headers: { 'idempotency-key': randomUUID() } },
  );

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const { rounds, quick } = effort;
  const on = await bed();
  const [singles, crowd] = quick ? [3, 20] : [30, 160];
  say('cases to work on');
  const todo = await prepare(on, (singles + crowd) * rounds + crowd);
  let taken = 0;
  const finishNext = (): Promise<CaseAnswer> => {
    const next = todo[taken];
    taken += 1;
    if (next === undefined) throw new Error('no step left to finish');
    return finish(on, next);
  };
  const counters: WorkflowHandle[] = await atOnce(WIDTH, WIDTH, () =>
    on.client.workflow.start(counter, { workflowId: `bare-${randomUUID()}`, taskQueue: on.queues.bare }),
  );
  const update = async (index: number): Promise<unknown> =>
    counters[index % WIDTH]?.executeUpdate(ADD, { args: [1], updateId: randomUUID() });
  await perSecond(crowd, WIDTH, finishNext);
  await perSecond(crowd, WIDTH, update);

  const all: { ours: number[]; yardstick: number[] } = { ours: [], yardstick: [] };
  const p50: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const seen = await inTurn(singles, finishNext, update);
    all.ours.push(...seen.ours);
    all.yardstick.push(...seen.yardstick);
    p50.push({ ours: median(seen.ours), yardstick: median(seen.yardstick) });
    say(`alone ${round + 1}/${rounds}`);
  }
  const rate = await interleave(
    rounds,
    { ours: () => perSecond(crowd, WIDTH, finishNext), yardstick: () => perSecond(crowd, WIDTH, update) },
    (_, round) => say(`${WIDTH} at a time ${round + 1}/${rounds}`),
  );
  await atOnce(WIDTH, WIDTH, async (index) => counters[index]?.signal(endSignal));
  return [
    compared(
      {
        id: 'complete-rate',
        what: `steps finished, ${WIDTH} at a time`,
        unit: '/s',
        must: { of: 'ratio', least: 0.75 },
      },
      rate,
    ),
    compared(
      { id: 'complete-p50', what: 'a step finished alone, p50', unit: 'ms', must: { of: 'ratio', most: 2 } },
      p50,
    ),
    compared({ id: 'complete-p99', what: 'a step finished alone, p99 over all rounds', unit: 'ms' }, [
      { ours: quantile(all.ours, 0.99), yardstick: quantile(all.yardstick, 0.99) },
    ]),
  ];
}

export const complete: Measure = { id: 'complete', title: '完成步骤 · finishing a step', run };
