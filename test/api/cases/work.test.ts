import { randomUUID } from 'node:crypto';
import { rfc3339 } from '../../../domain/zone';
import { eventually, itemsOf, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

type Step = { id: string; state: string; dueAt: string; extension: unknown; outcome: string | null };
const stepsOf = (json: Record<string, unknown>): Step[] => json['steps'] as Step[];
const stepOf = (json: Record<string, unknown>, id: string): Step | undefined =>
  stepsOf(json).find((step) => step.id === id);
const HOUR = 3_600_000;
const ago = (ms: number): string => rfc3339(Date.now() - ms);
const typeOf = (json: Record<string, unknown>): string => String(json['type']).split(':').at(-1) ?? '';

/** Who wrote what, by kind of entry, oldest first. */
async function wordsOf(id: string, kinds: string[]): Promise<unknown[]> {
  const items = itemsOf(await rig.get('xinhua_supervisor', `/cases/${id}/timeline`));
  return items
    .filter(({ kind }) => kinds.includes(String(kind)))
    .map(({ kind, actor, note }) => [kind, (actor as { id: string }).id, note]);
}

describe('assigning', () => {
  test('to a member of the station; it finishes the step that asks for it', async () => {
    const id = await rig.report();
    const { status, json } = await rig.post('xinhua_supervisor', `/cases/${id}/assign`, { staffId: 'xinhua_worker2' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id, assignee: 'xinhua_worker2' });
    expect(stepOf(json, 'acknowledge')?.state).toBe('done');
    expect(json).not.toHaveProperty('child');
    expect(itemsOf(await rig.get('xinhua_worker1', '/cases?assignee=xinhua_worker2')).map((c) => c['id'])).toEqual([
      id,
    ]);
  });

  test.each(['donghu_worker1', 'nobody', 'duty1'])('not to %s', async (staffId) => {
    const { status, json } = await rig.post('xinhua_supervisor', `/cases/${await rig.report()}/assign`, { staffId });
    expect([status, json['errors']]).toMatchObject([422, [{ path: 'staffId' }]]);
  });
});

describe('finishing a step', () => {
  test('twice answers the same and is written once', async () => {
    const id = await rig.report();
    const finish = () => rig.post('xinhua_worker1', `/cases/${id}/steps/first_contact/complete`, { outcome: 'done' });
    const [first, second] = [await finish(), await finish()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(stepOf(second.json, 'first_contact')).toEqual(stepOf(first.json, 'first_contact'));
    const events = await rig.api.deps.db.event.count({ where: { caseId: id, kind: 'step_done' } });
    expect(events).toBe(1);
  });

  test.each([
    ['one after the other', false],
    ['in the same moment', true],
  ])('by two people, %s: the words of both are kept, and the same words again change nothing', async (_, atOnce) => {
    const id = await rig.report();
    const path = `/cases/${id}/steps/first_contact/complete`;
    const say = (who: string, note: string) => rig.post(who, path, { outcome: 'done', note });
    const [worker, supervisor] = ['xinhua_worker1', 'xinhua_supervisor'];
    const mine = () => say(worker, '在学校见到孩子。');
    const theirs = () => say(supervisor, '在医院见到孩子。');
    const both = atOnce ? await Promise.all([mine(), theirs()]) : [await mine(), await theirs()];
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const first = await rig.api.deps.db.stepRow.findFirstOrThrow({ where: { caseId: id, id: 'first_contact' } });
    expect((await (first.doneBy === worker ? mine() : theirs())).status).toBe(200);

    const items = itemsOf(await rig.get(supervisor, `/cases/${id}/timeline`)).filter(({ note }) => note !== null);
    expect(items.map(({ kind, note }) => [kind, note])).toEqual(
      first.doneBy === worker
        ? [
            ['step_done', '在学校见到孩子。'],
            ['noted', '在医院见到孩子。'],
          ]
        : [
            ['step_done', '在医院见到孩子。'],
            ['noted', '在学校见到孩子。'],
          ],
    );
  });

  test('with another outcome afterwards is refused, and says what is still open', async () => {
    const id = await rig.report();
    const path = `/cases/${id}/steps/first_contact/complete`;
    await rig.post('xinhua_worker1', path, { outcome: 'done' });
    const { status, json } = await rig.post('xinhua_worker1', path, { outcome: 'not_possible', note: '未见到' });
    expect([status, typeOf(json)]).toEqual([409, 'step-over']);
    expect(json['possible']).toContain('safety_plan');
    expect(json['possible']).not.toContain('first_contact');
  });

  test.each([
    ['an outcome other than done without a note', 'first_contact', { outcome: 'not_possible' }, 422],
    ['a time in the future', 'first_contact', { outcome: 'done', doneAt: rfc3339(Date.now() + HOUR) }, 422],
    ['an unknown step', 'dancing', { outcome: 'done' }, 404],
    ['an unknown field', 'first_contact', { outcome: 'done', stationId: 'donghu' }, 422],
  ])('refuses %s', async (_name, step, body, expected) => {
    const { status } = await rig.post('xinhua_worker1', `/cases/${await rig.report()}/steps/${step}/complete`, body);
    expect(status).toBe(expected);
  });

  test('a visit plans the next one from when it was made', async () => {
    const id = await rig.report('xinhua_worker1', { receivedAt: ago(2 * HOUR) });
    const doneAt = ago(HOUR);
    const body = { outcome: 'done', doneAt };
    const { json } = await rig.post('xinhua_worker1', `/cases/${id}/steps/visit/complete`, body);
    expect(stepOf(json, 'visit-2')).toMatchObject({ state: 'pending', startAt: rfc3339(Date.parse(doneAt)) });
  });
});

describe('more time', () => {
  const until = rfc3339(Date.now() + 90 * 24 * HOUR);

  test('is asked for by a worker and decided by a supervisor', async () => {
    const id = await rig.report();
    const path = `/cases/${id}/steps/safety_plan/extend`;
    const asked = await rig.post('xinhua_worker1', path, { until, reason: '孩子在外地就医' });
    expect(stepOf(asked.json, 'safety_plan')?.extension).toMatchObject({ until, askedBy: 'xinhua_worker1' });
    expect((await rig.post('xinhua_worker2', `${path}/decision`, { approve: true })).status).toBe(403);
    const granted = await rig.post('xinhua_supervisor', `${path}/decision`, { approve: true, note: '同意' });
    expect(stepOf(granted.json, 'safety_plan')).toMatchObject({ dueAt: until, extension: null });
    expect(asked.text).not.toContain('就医');
  });

  test('is not decided by who asked', async () => {
    const path = `/cases/${await rig.report()}/steps/safety_plan/extend`;
    await rig.post('xinhua_supervisor', path, { until, reason: '路远' });
    const { status, json } = await rig.post('xinhua_supervisor', `${path}/decision`, { approve: true });
    expect([status, typeOf(json)]).toEqual([403, 'same-person-decides']);
  });

  test.each([
    ['for the police report', 'police_report', until, 409],
    ['until before the deadline', 'safety_plan', ago(HOUR), 422],
    ['until no time', 'safety_plan', 'tomorrow', 422],
  ])('is refused %s', async (_name, step, wanted, expected) => {
    const path = `/cases/${await rig.report()}/steps/${step}/extend`;
    const { status } = await rig.post('xinhua_worker1', path, { until: wanted, reason: '原因' });
    expect(status).toBe(expected);
  });

  test('that nobody asked for cannot be decided on; what can be done instead is said', async () => {
    const path = `/cases/${await rig.report()}/steps/safety_plan/extend/decision`;
    const { status, json } = await rig.post('xinhua_supervisor', path, { approve: true });
    expect([status, json['possible']]).toEqual([409, ['extend']]);
  });

  test('is not granted where a lowered risk has put the deadline off further: it would come nearer', async () => {
    const id = await rig.report('xinhua_worker1', { risk: 'high', triggers: [] });
    const path = `/cases/${id}/steps/first_contact/extend`;
    const due = stepOf((await rig.get('xinhua_worker1', `/cases/${id}`)).json, 'first_contact')?.dueAt ?? '';
    const asked = { until: rfc3339(Date.parse(due) + 24 * HOUR), reason: '孩子外出' };
    expect((await rig.post('xinhua_worker1', path, asked)).status).toBe(200);
    const lowered = await rig.post('xinhua_supervisor', `/cases/${id}/risk`, { risk: 'low', reason: '已稳定' });
    const later = stepOf(lowered.json, 'first_contact')?.dueAt ?? '';
    expect(Date.parse(later)).toBeGreaterThan(Date.parse(asked.until));
    // Nobody has to decide on it any more, and the journal says so.
    expect(stepOf(lowered.json, 'first_contact')).toMatchObject({ extension: null });
    const waiting = async () =>
      itemsOf(await rig.get('xinhua_supervisor', '/approvals')).filter(({ caseId }) => caseId === id);
    expect(await waiting()).toEqual([]);
    expect(itemsOf(await rig.get('xinhua_worker1', `/cases/${id}/timeline`))).toContainEqual(
      expect.objectContaining({
        kind: 'extension_overtaken',
        data: expect.objectContaining({ stepId: 'first_contact' }),
      }),
    );
    const late = await rig.post('xinhua_supervisor', `${path}/decision`, { approve: true });
    expect([late.status, typeOf(late.json)]).toEqual([409, 'extension-unknown']);

    // As a case has it that went on under a version from before: it is in nobody's way either, and is not granted.
    const extension = { until: Date.parse(asked.until), askedBy: 'xinhua_worker1', askedAt: Date.now(), reasonId: 'r' };
    const { db } = rig.api.deps;
    await db.stepRow.update({ where: { caseId_id: { caseId: id, id: 'first_contact' } }, data: { extension } });
    expect(await waiting()).toEqual([]);
    expect(stepOf((await rig.get('xinhua_worker1', `/cases/${id}`)).json, 'first_contact')).toMatchObject({
      ...{ dueAt: later, extension: null },
    });
    const granted = await rig.post('xinhua_supervisor', `${path}/decision`, { approve: true });
    expect([granted.status, typeOf(granted.json)]).toEqual([409, 'extension-moot']);
    expect(granted.json['possible']).toHaveLength(1);
  });

  test('waits for nobody once its step is finished, and only the latest one of a step does', async () => {
    const id = await rig.report('xinhua_worker1');
    const path = `/cases/${id}/steps/safety_plan`;
    const waiting = async () =>
      itemsOf(await rig.get('xinhua_supervisor', '/approvals')).filter(({ caseId }) => caseId === id);
    await rig.post('xinhua_worker1', `${path}/extend`, { until, reason: '路远' });
    const further = rfc3339(Date.parse(until) + HOUR);
    await rig.post('xinhua_worker1', `${path}/extend`, { until: further, reason: '路更远' });
    expect(await waiting()).toMatchObject([{ stepId: 'safety_plan', until: further }]);
    await rig.post('xinhua_worker1', `${path}/complete`, { outcome: 'done' });
    expect(await waiting()).toEqual([]);
  });
});

describe('re-grading', () => {
  test('anybody of the station raises it; deadlines move from the report on', async () => {
    const id = await rig.report('xinhua_worker1', { type: 'neglect', risk: 'low' });
    const body = { risk: 'critical', reason: '孩子独自在家' };
    const { status, json } = await rig.post('xinhua_worker1', `/cases/${id}/risk`, body);
    expect([status, json['risk']]).toEqual([200, 'critical']);
    const receivedAt = Date.parse(String(json['receivedAt']));
    expect(Date.parse(stepOf(json, 'first_contact')?.dueAt ?? '')).toBe(receivedAt + 2 * HOUR);
  });

  test('lowering is the supervisor’s, with a reason', async () => {
    const path = `/cases/${await rig.report()}/risk`;
    const worker = await rig.post('xinhua_worker1', path, { risk: 'low', reason: '已稳定' });
    expect([worker.status, typeOf(worker.json)]).toEqual([403, 'lowering-needs-supervisor']);
    expect((await rig.post('xinhua_supervisor', path, { risk: 'low' })).status).toBe(422);
    expect((await rig.post('xinhua_supervisor', path, { risk: 'low', reason: '已稳定' })).status).toBe(200);
  });
});

describe('facts learnt later', () => {
  test('a trigger starts the police clock from when it was learnt', async () => {
    const id = await rig.report('xinhua_worker1', { type: 'neglect' });
    expect(stepOf((await rig.get('xinhua_worker1', `/cases/${id}`)).json, 'police_report')).toBeUndefined();
    const learntAt = ago(20 * 60_000);
    const body = { trigger: 'injury', learntAt, note: '发现淤伤' };
    const { status, json } = await rig.post('xinhua_worker1', `/cases/${id}/triggers`, body);
    expect([status, json['triggers']]).toEqual([200, ['injury']]);
    const due = Date.parse(stepOf(json, 'police_report')?.dueAt ?? '');
    expect(due).toBe(Date.parse(learntAt) + HOUR);
  });

  test('the return of a missing child starts its clocks', async () => {
    const id = await rig.report('xinhua_worker1', { type: 'missing' });
    const before = stepsOf((await rig.get('xinhua_worker1', `/cases/${id}`)).json).length;
    const { status, json } = await rig.post('xinhua_worker1', `/cases/${id}/clocks`, { event: 'child_returned' });
    expect(status).toBe(200);
    expect(stepsOf(json).length).toBeGreaterThan(before);
    expect((await rig.post('xinhua_worker1', `/cases/${id}/clocks`, { event: 'receipt' })).status).toBe(422);
  });
});

test('a fact that two people learn is learnt once, and what both of them wrote is kept', async () => {
  const id = await rig.report('xinhua_worker1', { triggers: [] });
  const learn = (who: string, note?: string) => rig.post(who, `/cases/${id}/triggers`, { trigger: 'injury', note });
  for (const [who, note] of [
    ['xinhua_worker1', '校医发现瘀伤'],
    ['xinhua_worker2', '手臂有烫痕'],
    ['xinhua_worker1', '校医发现瘀伤'],
    ['xinhua_worker2', undefined],
  ] as const)
    expect((await learn(who, note)).json['triggers']).toEqual(['injury']);
  expect(await wordsOf(id, ['trigger_learnt', 'noted'])).toEqual([
    ['trigger_learnt', 'xinhua_worker1', '校医发现瘀伤'],
    ['noted', 'xinhua_worker2', '手臂有烫痕'],
  ]);
});

describe('closing', () => {
  test('names the open steps; then a supervisor decides; then it can be reopened', async () => {
    const id = await rig.report();
    const ask = () => rig.post('xinhua_worker1', `/cases/${id}/close`, { reason: '已妥善安置' });
    const tooEarly = await ask();
    expect([tooEarly.status, typeOf(tooEarly.json)]).toEqual([409, 'steps-open']);
    const open = tooEarly.json['possible'] as string[];
    expect(open).toContain('first_contact');
    expect(open).not.toContain('closure_review');
    for (const step of open)
      await rig.post('xinhua_worker1', `/cases/${id}/steps/${step}/complete`, {
        outcome: 'not_applicable',
        note: '无',
      });
    expect((await ask()).json).toMatchObject({ status: 'closing' });
    // Somebody else asks too: nothing changes but that their words are kept; the first one's again are a repetition.
    await rig.post('xinhua_supervisor', `/cases/${id}/close`, { reason: '监护人已返回' });
    expect((await ask()).json).toMatchObject({ status: 'closing' });
    expect(await wordsOf(id, ['closing_asked', 'noted'])).toEqual([
      ['closing_asked', 'xinhua_worker1', '已妥善安置'],
      ['noted', 'xinhua_supervisor', '监护人已返回'],
    ]);
    const decide = (who: string) => rig.post(who, `/cases/${id}/close/decision`, { approve: true });
    expect((await decide('xinhua_worker2')).status).toBe(403);
    expect((await decide('xinhua_supervisor')).json).toMatchObject({ status: 'closed', closedAt: expect.any(String) });
    const late = await rig.post('xinhua_worker1', `/cases/${id}/risk`, { risk: 'critical', reason: '又发生' });
    expect([late.status, late.json['possible']]).toEqual([409, ['reopen']]);
    const reopened = await rig.post('xinhua_worker1', `/cases/${id}/reopen`, { reason: '又发生' });
    expect(reopened.json).toMatchObject({ status: 'open', closedAt: null });
  });
});

describe('alerts', () => {
  test('a late step is listed to its station alone, and acknowledged once told', async () => {
    const id = await rig.report('xinhua_worker1', { receivedAt: ago(90 * 60_000) });
    const mine = async (who: string, query = '') =>
      itemsOf(await rig.get(who, `/alerts?limit=200${query}`)).filter(({ caseId }) => caseId === id);
    const alert = await eventually(async () => (await mine('xinhua_worker1', '&state=open'))[0]);
    expect(alert).toMatchObject({ state: 'open', acknowledgedBy: null, number: expect.stringMatching(/^[A-Z]\d{4}$/) });
    expect(await mine('donghu_supervisor')).toEqual([]);
    expect((await mine('duty1')).length).toBeGreaterThan(0);
    const path = `/alerts/${String(alert['id'])}/ack`;
    expect((await rig.post('donghu_supervisor', path)).status).toBe(404);
    expect((await rig.post('evaluator', path)).status).toBe(403);
    const key = randomUUID();
    const acknowledged = await rig.post('xinhua_supervisor', path, { note: '已联系' }, key);
    expect(acknowledged.status).toBe(200);
    expect(acknowledged.json).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'xinhua_supervisor' });
    expect((await rig.post('xinhua_supervisor', path, { note: '已联系' }, key)).json).toEqual(acknowledged.json);
    expect((await rig.get('xinhua_worker1', `/cases/${id}`)).json['alerts']).toMatchObject(
      expect.arrayContaining([{ id: alert['id'], acknowledgedBy: 'xinhua_supervisor' }].map(expect.objectContaining)),
    );
    await rig.post('xinhua_worker1', `/cases/${id}/steps/${String(alert['stepId'])}/complete`, { outcome: 'done' });
    expect((await rig.post('xinhua_worker2', path)).status).toBe(409);
    expect((await mine('xinhua_worker1', '&state=resolved')).map((one) => one['id'])).toContain(alert['id']);
  });

  test('an unknown one is 404, a wrong filter 422', async () => {
    expect((await rig.post('xinhua_worker1', '/alerts/none/ack')).status).toBe(404);
    expect((await rig.get('xinhua_worker1', '/alerts?state=loud')).status).toBe(422);
  });
});

describe('referrals', () => {
  test('are sent with a time to confirm by, once per key', async () => {
    const id = await rig.report();
    const key = randomUUID();
    const body = { partnerId: 'police-qinghe', purpose: 'investigate', note: '请尽快' };
    const refer = () => rig.post('xinhua_worker1', `/cases/${id}/referrals`, body, key);
    const [first, second] = [await refer(), await refer()];
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({ partnerId: 'police-qinghe', state: 'sent', confirmBy: expect.any(String) });
    expect(second.json).toEqual(first.json);
    const { json } = await rig.get('xinhua_worker1', `/cases/${id}`);
    expect(json['referrals']).toMatchObject([{ id: first.json['id'], partnerId: 'police-qinghe' }]);
  });

  test.each([
    ['an unknown partner', { partnerId: 'army', purpose: 'protect' }],
    ['an unknown purpose', { partnerId: 'police-qinghe', purpose: 'fun' }],
  ])('refuse %s', async (_name, body) => {
    expect((await rig.post('xinhua_worker1', `/cases/${await rig.report()}/referrals`, body)).status).toBe(422);
  });

  test('are taken back: the duty to refer stands again, and the page is gone', async () => {
    const id = await rig.report();
    const { id: referralId, token } = await rig.refer(id, 'police-qinghe');
    const path = `/cases/${id}/referrals/${referralId}/revoke`;
    expect((await rig.post('donghu_worker1', path, { reason: '误发' })).status).toBe(404);
    const { status, json } = await rig.post('xinhua_worker1', path, { reason: '误发' });
    expect([status, json['referrals']]).toMatchObject([200, [{ id: referralId, state: 'revoked' }]]);
    expect(stepsOf(json).filter(({ id: step, state }) => step.startsWith('referral') && state !== 'done')).toHaveLength(
      1,
    );
    expect((await rig.fetch(`/r/${token}`)).status).toBe(410);
  });
});
