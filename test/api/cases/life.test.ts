/** How deadlines live through the life of a case: re-graded, put off, not applicable, learnt late, opened again. */
import { HOUR, rfc3339 } from '../../../domain/zone';
import { eventually, itemsOf, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
const DAY = 24 * HOUR;

type Json = Record<string, unknown>;
type Step = { id: string; kind: string; state: string; binds: string; startAt: string; dueAt: string };
const stepsOf = (json: Json): Step[] => json['steps'] as Step[];
const stepOf = (json: Json, id: string): Step | undefined => stepsOf(json).find((step) => step.id === id);
const isOpen = ({ state }: Step): boolean => state !== 'done' && state !== 'cancelled';
const ms = (time: unknown): number => Date.parse(String(time));

const look = async (id: string): Promise<Json> => (await rig.get(WORKER, `/cases/${id}`)).json;
const agoOf = (span: number) => ({ receivedAt: rfc3339(Date.now() - span) });
const grade = (id: string, risk: string, who = WORKER) =>
  rig.post(who, `/cases/${id}/risk`, { risk, reason: '情况有变' });
const skip = (id: string, step: string, note: string | undefined = '无需办理') =>
  rig.post(WORKER, `/cases/${id}/steps/${step}/complete`, { outcome: 'not_applicable', note });

/** Marks every open step that a test does not want as not applicable. */
async function skipAll(id: string, but: (step: Step) => boolean = () => false): Promise<void> {
  for (const step of stepsOf(await look(id)).filter((one) => isOpen(one) && !but(one))) await skip(id, step.id);
}

describe('re-grading', () => {
  test('raising counts from the receipt, two days ago, and only brings deadlines nearer', async () => {
    const id = await rig.report(WORKER, { type: 'neglect', risk: 'low', ...agoOf(2 * DAY) });
    const before = await look(id);
    const { json } = await grade(id, 'high');
    expect(ms(stepOf(json, 'first_contact')?.dueAt)).toBe(ms(before['receivedAt']) + 24 * HOUR);
    for (const step of stepsOf(before)) {
      const then = stepOf(json, step.id);
      expect(then?.state).not.toBe('cancelled');
      expect(ms(then?.dueAt)).toBeLessThanOrEqual(ms(step.dueAt));
    }
    expect(stepOf(json, 'case_conference')).toMatchObject({ startAt: json['receivedAt'] });
  });

  test('lowering brings nothing nearer, and leaves the police report where it is', async () => {
    const id = await rig.report(WORKER, { type: 'physical_abuse', risk: 'critical' });
    const before = await look(id);
    const { status, json } = await grade(id, 'low', SUPERVISOR);
    expect(status).toBe(200);
    expect(stepOf(json, 'police_report')?.dueAt).toBe(stepOf(before, 'police_report')?.dueAt);
    expect(ms(stepOf(json, 'first_contact')?.dueAt)).toBe(ms(before['receivedAt']) + 7 * DAY);
    for (const step of stepsOf(json).filter(isOpen))
      expect(ms(step.dueAt)).toBeGreaterThanOrEqual(ms(stepOf(before, step.id)?.dueAt ?? step.dueAt));
  });
});

test('while more time is asked for the clock runs: the step becomes late, and is told', async () => {
  const id = await rig.report(WORKER, { type: 'physical_abuse', risk: 'critical', ...agoOf(2 * HOUR - 3_000) });
  const until = rfc3339(Date.now() + DAY);
  const path = `/cases/${id}/steps/first_contact/extend`;
  const asked = await rig.post(WORKER, path, { until, reason: '路远' });
  expect(stepOf(asked.json, 'first_contact')).toMatchObject({
    dueAt: rfc3339(ms(asked.json['receivedAt']) + 2 * HOUR),
  });
  const late = await eventually(async () => {
    const json = await look(id);
    return stepOf(json, 'first_contact')?.state === 'overdue' && json;
  });
  expect(stepOf(late, 'first_contact')).toMatchObject({ extension: { until } });
  const { json } = await rig.post(SUPERVISOR, `${path}/decision`, { approve: true });
  expect(stepOf(json, 'first_contact')).toMatchObject({ state: 'pending', dueAt: until });
  const alerts = (json['alerts'] as Json[]).filter(({ stepId }) => stepId === 'first_contact');
  expect(alerts).toMatchObject([{ state: 'resolved' }]);
});

test('the police report gets no more time from anybody', async () => {
  const id = await rig.report(WORKER);
  for (const who of [WORKER, SUPERVISOR, 'duty1']) {
    const body = { until: rfc3339(Date.now() + DAY), reason: '原因' };
    const { status, json } = await rig.post(who, `/cases/${id}/steps/police_report/extend`, body);
    expect([status, json['type']]).toEqual([409, 'urn:shouwang:problem:step-not-extendable']);
  }
});

test('a step that is not applicable needs a note that says why', async () => {
  const id = await rig.report(WORKER);
  const path = `/cases/${id}/steps/safety_plan/complete`;
  const { status, json } = await rig.post(WORKER, path, { outcome: 'not_applicable' });
  expect([status, json['errors']]).toMatchObject([422, [{ path: 'note' }]]);
  expect(stepOf((await skip(id, 'safety_plan')).json, 'safety_plan')).toMatchObject({ outcome: 'not_applicable' });
});

test('a fact learnt on the third day starts its own clocks, and moves no other', async () => {
  const id = await rig.report(WORKER, { type: 'neglect', risk: 'low', ...agoOf(3 * DAY) });
  const before = await look(id);
  const learntAt = rfc3339(Date.now() - HOUR / 4);
  const { json } = await rig.post(WORKER, `/cases/${id}/triggers`, { trigger: 'injury', learntAt });
  expect(stepOf(json, 'police_report')).toMatchObject({ startAt: learntAt, dueAt: rfc3339(ms(learntAt) + HOUR) });
  expect(stepOf(json, 'police_report')?.state).toBe('due_soon');
  expect(stepOf(json, 'police_record')?.dueAt).toBe(rfc3339(ms(learntAt) + DAY));
  // … but the time to wait before closing, which begins again.
  const others = stepsOf(before).filter(({ kind }) => kind !== 'closure_review');
  for (const { id: step, dueAt } of others) expect(stepOf(json, step)?.dueAt).toBe(dueAt);
});

test('opened again, the case is planned anew from then', async () => {
  const id = await rig.report(WORKER, { type: 'neglect', ...agoOf(30 * DAY) });
  await skipAll(id, ({ kind }) => kind === 'closure_review');
  await rig.post(WORKER, `/cases/${id}/close`, { reason: '已妥善安置' });
  const closed = await rig.post(SUPERVISOR, `/cases/${id}/close/decision`, { approve: true });
  expect(
    stepsOf(closed.json)
      .filter(isOpen)
      .map(({ kind }) => kind),
  ).toEqual(['post_closure_check']);
  const { json } = await rig.post(WORKER, `/cases/${id}/reopen`, { reason: '再次接报' });
  const contact = stepOf(json, 'first_contact-2');
  expect(ms(contact?.startAt)).toBeGreaterThan(Date.now() - 60_000);
  expect(ms(contact?.dueAt)).toBe(ms(contact?.startAt) + 72 * HOUR);
  expect(stepOf(json, 'post_closure_check')?.state).toBe('cancelled');
  expect(json).toMatchObject({ overdue: false, breach: false });
});

test('what somebody else owes is told when late, and is never the station’s breach', async () => {
  const id = await rig.report(WORKER, { type: 'sexual_abuse', ...agoOf(8 * DAY) });
  const late = await eventually(async () => {
    const json = await look(id);
    return stepOf(json, 'police_progress')?.state === 'overdue' && json['overdue'] === true && json;
  });
  expect(late).toMatchObject({ breach: true });
  await skipAll(id, ({ binds }) => binds === 'watch');
  const json = await look(id);
  expect(json).toMatchObject({ overdue: true, breach: false });
  expect((json['alerts'] as Json[]).filter(({ state }) => state !== 'resolved')).toMatchObject([
    { stepId: 'police_progress' },
  ]);
  const listed = itemsOf(await rig.get(WORKER, '/cases?overdue=true&limit=200')).find((one) => one['id'] === id);
  expect(listed).toMatchObject({ overdue: true, breach: false });
});
