import { paceMessages } from '../../../store/services/pace';
import type { Json } from '../../support/api';
import { ago, must, type ServicesApi, startServicesApi, VISIT } from './support';

let t: ServicesApi;
beforeAll(async () => {
  t = await startServicesApi();
}, 600_000);
afterAll(() => t?.close());

const NAME = '测试童不可外传';
const REPORT = { type: 'neglect', risk: 'high', child: { name: NAME }, narrative: '虚构的叙述' };
const report = async (more: object = {}): Promise<string> => {
  const reply = await t.post('/cases', { ...REPORT, ...more });
  return String(must(reply, reply.status === 202 ? 202 : 201)['id']);
};
/** As the workflow's record would leave it once the case was taken on. */
const answered = (caseId: string, late: boolean) =>
  t.api.deps.db.$executeRaw`UPDATE steps SET state = 'done', outcome = 'done',
    done_at = due_at + ${late ? 1 : -1} * interval '1 minute' WHERE case_id = ${caseId} AND kind = 'acknowledge'`;

const figures = async (as = 'evaluator', query = 'contract=now'): Promise<Record<string, Json>> => {
  const { items } = must(await t.get(`/indicators?${query}`, as), 200);
  return Object.fromEntries((items as unknown as Json[]).map((one) => [String(one['id']).replace(/^\w+\./, ''), one]));
};
const records = async (id: string, query = ''): Promise<Json[]> => {
  const { items = [] } = must(await t.get(`/indicators/now.${id}/records?${query}`, 'evaluator'), 200);
  return items;
};

test('at first nothing counts, and a rate of nothing is no rate', async () => {
  const of = await figures();
  expect(of['visits']).toMatchObject({
    target: 260,
    actual: 0,
    forecast: 0,
    state: 'behind',
    short: 260,
    unitName: '人次',
  });
  expect(of['workers']).toMatchObject({ actual: 3, state: 'met' });
  expect(of['guarantee']).toMatchObject({ actual: null, state: 'no_data', of: { count: 0, whole: 0 } });
});

test('figures open into the records behind them, with numbers and without names', async () => {
  const kid = must(await t.post('/children', { name: NAME, birthDate: '2016-01-01' }));
  const visit = { ...VISIT, note: `${NAME}家`, childIds: [kid['id']], headCount: 2 };
  must(await t.post('/services', { ...visit, at: ago(48) }));
  must(await t.post('/services', { ...visit, at: ago(24), kind: 'home_visit' }));
  const withdrawn = must(await t.post('/services', { ...visit, at: ago(12) }));
  expect((await figures())['visits']).toMatchObject({ actual: 9 });
  must(await t.post(`/services/${String(withdrawn['id'])}/withdraw`, { reason: '重复' }), 200);
  expect((await figures())['visits']).toMatchObject({ actual: 6 });
  expect((await figures('evaluator', `contract=now&at=${encodeURIComponent(ago(36))}`))['visits']).toMatchObject({
    actual: 3,
  });
  const behind = await records('visits');
  expect(behind).toMatchObject([
    { source: 'service', kind: 'home_visit', people: 3, children: [kid['number']], staffIds: ['xinhua_worker1'] },
    { source: 'service', kind: 'visit', people: 3 },
  ]);
  expect(await records('visits', 'limit=1')).toHaveLength(1);
  expect(JSON.stringify(behind)).not.toContain(NAME);
});

test('a child counts once in casework, a case by itself, and a linked case no second time', async () => {
  const kid = must(await t.post('/children', { name: `${NAME}二`, birthDate: '2015-01-01' }));
  const before = Number((await figures())['casework']?.['actual']);
  const casework = { kind: 'casework', minutes: 60, place: 'station', childIds: [kid['id']] };
  must(await t.post('/services', { ...casework, at: ago(5) }));
  must(await t.post('/services', { ...casework, at: ago(4) }));
  expect((await figures())['casework']).toMatchObject({ actual: before + 1 });
  const caseId = await report();
  expect((await figures())['casework']).toMatchObject({ actual: before + 2 });
  must(await t.post('/services', { ...casework, childIds: [], caseId, at: ago(0.01) }));
  expect((await figures())['casework']).toMatchObject({ actual: before + 2 });
  const linked = must(await t.post(`/children/${String(kid['id'])}/cases`, { caseId }), 200);
  expect(linked['cases']).toEqual([caseId]);
  expect((await figures())['casework']).toMatchObject({ actual: before + 1 });
  const shown = await records('casework');
  expect(shown.find((one) => one['source'] === 'case')).toMatchObject({
    id: caseId,
    label: expect.stringMatching(/^A\d{4}$/),
  });
  expect(JSON.stringify(shown)).not.toContain(NAME);
});

test('cases count where the rule takes their risk, drills never', async () => {
  const before = Number((await figures())['served']?.['actual']);
  await report({ risk: 'critical' });
  await report({ type: 'other_emergency', risk: 'low' });
  must(await t.post('/cases', { ...REPORT, drill: true }, 'xinhua_supervisor'));
  expect((await figures())['served']).toMatchObject({ actual: before + 1 });
});

test('the service guarantee comes from the intake: in time, late, or not yet to be said', async () => {
  const { db } = t.api.deps;
  await db.$executeRaw`UPDATE cases SET drill = true`;
  const [good, late] = [await report(), await report(), await report()];
  await answered(good ?? '', false);
  expect((await figures())['guarantee']).toMatchObject({ actual: 100, state: 'met', of: { count: 1, whole: 1 } });
  await answered(late ?? '', true);
  expect((await figures())['guarantee']).toMatchObject({ actual: 50, state: 'behind', of: { count: 1, whole: 2 } });
  const verdicts = (await records('guarantee')).map((one) => String(one['verdict']));
  expect(verdicts.sort()).toEqual(['in_time', 'late', 'pending']);
  expect((await records('guarantee', `limit=2`)).length).toBe(2);
});

test('groups count from the second session on where the contract says so; answers on paper make a rate', async () => {
  const groupId = must(await t.post('/service-groups', { title: '绿色小组', theme: 'environment' }))['id'];
  const session = { kind: 'group_session', minutes: 60, place: 'school', groupId, headCount: 6 };
  must(await t.post('/services', { ...session, at: ago(9) }));
  expect((await figures())['groups']).toMatchObject({ actual: 0 });
  must(await t.post('/services', { ...session, at: ago(8) }));
  expect((await figures())['groups']).toMatchObject({ actual: 1 });
  expect((await records('groups'))[0]).toMatchObject({ title: '绿色小组', people: 6 });
  must(
    await t.post('/services', {
      kind: 'satisfaction',
      minutes: 20,
      place: 'school',
      at: ago(7),
      answers: 40,
      satisfied: 35,
    }),
  );
  expect((await figures())['satisfied']).toMatchObject({ actual: 87.5, state: 'behind', of: { count: 35, whole: 40 } });
});

test('pages go on where they ended, over records and cases together', async () => {
  const whole = (await records('served', 'limit=200')).map(({ id }) => id);
  const paged: unknown[] = [];
  for (let cursor = ''; ;) {
    const page = must(await t.get(`/indicators/now.served/records?limit=2${cursor}`, 'evaluator'), 200);
    paged.push(...(page['items'] as unknown as Json[]).map(({ id }) => id));
    if (page['nextCursor'] === null) break;
    cursor = `&cursor=${String(page['nextCursor'])}`;
  }
  expect(whole.length).toBeGreaterThan(3);
  expect(paged).toEqual(whole);
  const staff = must(await t.get('/indicators/now.workers/records?limit=2', 'evaluator'), 200);
  expect(staff['items']).toHaveLength(2);
  expect(
    must(await t.get(`/indicators/now.workers/records?cursor=${String(staff['nextCursor'])}`, 'evaluator'), 200),
  ).toMatchObject({
    items: [{ source: 'staff', at: null }],
    nextCursor: null,
  });
});

test('a burn-up grows month by month to what stands today', async () => {
  const { items, target } = must(await t.get('/indicators/now.visits/progress', 'evaluator'), 200);
  const actual = (items as unknown as { actual: number }[]).map((point) => point.actual);
  expect(target).toBe(260);
  expect(actual.length).toBeGreaterThan(3);
  expect(actual).toEqual([...actual].sort((a, b) => a - b));
  expect(actual.at(-1)).toBe((await figures())['visits']?.['actual']);
  const staff = must(await t.get('/indicators/now.workers/progress', 'evaluator'), 200)['items'];
  expect(JSON.stringify(staff)).toContain('"actual":3');
  expect((await t.get('/indicators/now.visits/progress', 'donghu_worker1')).status).toBe(404);
});

test('posts say who was employed when, and as what', async () => {
  const post = (body: object) => t.post('/posts', body, 'xinhua_supervisor');
  const workers = async (query = ''): Promise<unknown> =>
    (await figures('evaluator', `contract=now${query}`))['workers']?.['actual'];
  const { items } = must(await t.get('/posts'), 200);
  const own = (items as unknown as { id: string; staffId: string }[]).find(
    ({ staffId }) => staffId === 'xinhua_worker2',
  );
  const patch = (body: object, as = 'xinhua_supervisor') =>
    t.ask('PATCH', `/api/v1/posts/${own?.id ?? ''}`, { as, body });
  const day = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const before = `&at=${encodeURIComponent(ago(30 * 24))}`;
  expect((await patch({ to: day(20) }, 'xinhua_worker1')).status).toBe(403);
  expect((await patch({ to: day(20) }, 'donghu_supervisor')).status).toBe(404);
  expect((await patch({ from: day(10), to: day(20) })).status).toBe(422);
  expect(must(await patch({ to: day(20) }), 200)).toMatchObject({ to: day(20), staffId: 'xinhua_worker2' });
  expect(await workers()).toBe(2);
  expect(await workers(before)).toBe(3);
  const again = { staffId: 'xinhua_worker2', fullTime: true, childWelfare: false, from: day(10) };
  must(await post(again));
  must(await post({ ...again, from: day(5) }));
  expect(await workers()).toBe(3);
  const part = must(await post({ ...again, fullTime: false, staffId: 'xinhua_worker1' }));
  expect(part).toMatchObject({ fullTime: false, to: null, withdrawn: false });
  expect((await post({ ...again, staffId: 'donghu_worker1' })).status).toBe(422);
  expect(must(await patch({ withdrawn: true }), 200)['withdrawn']).toBe(true);
  expect((await patch({ withdrawn: true })).status).toBe(409);
  expect(await workers(before)).toBe(2);
});

test('a contract belongs to its station; who sees several says which', async () => {
  expect(must(await t.get('/contracts', 'donghu_worker1'), 200)['items']).toMatchObject([{ id: 'donghu', term: {} }]);
  expect(must(await t.get('/indicators', 'donghu_worker1'), 200)['contract']).toMatchObject({ id: 'donghu' });
  expect((await t.get('/indicators?contract=now', 'donghu_worker1')).status).toBe(404);
  expect((await t.get('/indicators/now.visits/records', 'donghu_supervisor')).status).toBe(404);
  expect((await t.get('/indicators', 'evaluator')).status).toBe(422);
  expect((await t.get('/indicators?contract=nothing', 'evaluator')).status).toBe(404);
  const { contract } = must(await t.get('/indicators?contract=xinhua-2025', 'evaluator'), 200);
  expect(contract).toMatchObject({ budget: 200_000, evaluations: [{ on: '2025-06-30' }, { on: '2025-11-15' }] });
});

test('what is behind is told on the days for it, to the station it concerns', async () => {
  const contracts = t.api.deps.contracts.all.filter(({ id }) => id === 'now');
  const evaluation = contracts[0]?.evaluations[0]?.day ?? 0;
  const sevenBefore = (evaluation - 7) * 86_400_000;
  const messages = await paceMessages(t.api.deps.db, contracts, sevenBefore);
  expect(messages[0]).toMatchObject({
    kind: 'evaluation',
    stationId: 'xinhua',
    text: expect.stringContaining('还有7天'),
  });
  expect(messages.find((one) => one.indicatorId === 'visits')?.text).toMatch(
    /^探访 6\/260人次，按目前进度到\d+月\d+日约\d+，预计少\d+人次$/,
  );
  expect(JSON.stringify(messages)).not.toContain(NAME);
  expect(await paceMessages(t.api.deps.db, contracts, sevenBefore - 400 * 86_400_000)).toEqual([]);
});

test('a restricted case counts, and its records show to the named alone', async () => {
  const { db } = t.api.deps;
  const caseId = await report();
  const casework = { kind: 'casework', minutes: 60, place: 'station', childIds: [] };
  const service = must(await t.post('/services', { ...casework, caseId, at: ago(0.01) }));
  const path = `/services/${String(service['id'])}`;
  const before = Number((await figures())['casework']?.['actual']);
  const shown = async (): Promise<string> =>
    JSON.stringify(await Promise.all(['casework', 'guarantee', 'served'].map((id) => records(id, 'limit=200'))));
  expect(await shown()).toContain(caseId);
  await db.caseRow.update({ where: { id: caseId }, data: { restricted: true } });
  await db.caseNamed.create({ data: { caseId, staffId: 'xinhua_worker1', addedBy: 'xinhua_supervisor' } });
  expect(Number((await figures())['casework']?.['actual'])).toBe(before);
  const hidden = await shown();
  for (const word of [caseId, String(service['id'])]) expect(hidden).not.toContain(word);
  expect((await t.get(path, 'xinhua_worker1')).status).toBe(200);
  expect((await t.get(path, 'xinhua_worker2')).status).toBe(404);
  const list = must(await t.get('/services?limit=200', 'xinhua_worker2'), 200);
  expect(JSON.stringify(list)).not.toContain(caseId);
  const more = { ...casework, caseId, at: ago(0.01) };
  expect((await t.post('/services', more, 'xinhua_worker2')).status).toBe(422);
});
