import { ago, must, type ServicesApi, startServicesApi, VISIT } from './support';

let t: ServicesApi;
beforeAll(async () => {
  t = await startServicesApi();
}, 600_000);
afterAll(() => t?.close());

const patch = (id: string, body: unknown, as = 'xinhua_worker1') =>
  t.ask('PATCH', `/api/v1/services/${id}`, { as, body });
const child = async (name: string, more: object = {}): Promise<string> =>
  String(must(await t.post('/children', { name, ...more }))['id']);
const entered = async (more: object = {}): Promise<string> =>
  String(must(await t.post('/services', { ...VISIT, at: ago(3), headCount: 1, ...more }))['id']);

test('two taps: kind, place, minutes and a head count are enough', async () => {
  const body = must(
    await t.post('/services', { ...VISIT, at: ago(2), headCount: 2, note: '测试街道八号，家里没有大人' }),
  );
  expect(body).toMatchObject({ kind: 'visit', name: '走访', staffIds: ['xinhua_worker1'], headCount: 2, rev: 1 });
  expect(body).toMatchObject({ note: '测试街道八号，家里没有大人', withdrawnAt: null, stationId: 'xinhua' });
  const { items } = must(await t.get('/services?kind=visit&limit=1'), 200);
  expect(items?.[0]).not.toHaveProperty('note');
});

test('the same key enters once', async () => {
  const of = { as: 'xinhua_worker1', headers: { 'idempotency-key': 'one-visit' } };
  const body = { ...VISIT, at: ago(1), headCount: 1 };
  const [first, second] = [
    await t.ask('POST', '/api/v1/services', { ...of, body }),
    await t.ask('POST', '/api/v1/services', { ...of, body }),
  ];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body).toEqual(first.body);
});

test('an hour that is not said whose is refused; Xinjiang time is two hours behind', async () => {
  const bare = { ...VISIT, headCount: 1, at: '2026-03-02T10:00:00' };
  const recent = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  expect((await t.post('/services', bare)).body).toMatchObject({ errors: [{ path: 'at' }] });
  const given = { ...bare, at: `${recent}T10:00:00`, clock: 'xinjiang' };
  expect(must(await t.post('/services', given))['at']).toBe(`${recent}T12:00:00+08:00`);
});

test('everything that is wrong is said at once', async () => {
  const wrong = {
    ...{ kind: 'casework', minutes: 30, place: 'home', at: new Date(Date.now() + 3_600_000).toISOString() },
    ...{ headCount: 2, staffIds: ['donghu_worker1'], title: '电话 13800001234' },
    childIds: ['00000000-0000-4000-8000-000000000000'],
  };
  const { status, body } = await t.post('/services', wrong);
  expect(status).toBe(422);
  const errors = body['errors'] as unknown as { path: string }[];
  expect(errors.map(({ path }) => path).sort()).toEqual(['at', 'childIds', 'headCount', 'staffIds', 'title']);
  expect(JSON.stringify(body)).not.toContain('13800001234');
});

test('a correction is journalled field by field, its words are sealed', async () => {
  const id = await entered({ note: '原来的话' });
  const changed = must(await patch(id, { headCount: 3, place: 'school', note: '更正后的话', reason: '数错了' }), 200);
  expect(changed).toMatchObject({ headCount: 3, place: 'school', note: '更正后的话', rev: 2 });
  const { items } = must(await t.get(`/services/${id}/history`), 200);
  expect(items?.[1]).toMatchObject({
    ...{ action: 'corrected', staffId: 'xinhua_worker1', reason: '数错了' },
    changes: { headCount: { from: 1, to: 3 }, place: { from: 'home', to: 'school' } },
  });
  const rows = JSON.stringify(
    await t.api.deps.db.serviceEvent.findMany({ where: { entityId: id } }),
    (_k, v: unknown) => (typeof v === 'bigint' ? String(v) : v),
  );
  expect(rows).not.toMatch(/数错了|的话/);
});

test('the journal is append-only for everybody', async () => {
  const { db } = t.api.deps;
  await expect(db.serviceEvent.updateMany({ data: { staffId: 'x' } })).rejects.toThrow(/append-only|permission denied/);
  await expect(db.serviceEvent.deleteMany({})).rejects.toThrow(/append-only|permission denied/);
});

test('a colleague may not correct, a supervisor may; after a day only the supervisor', async () => {
  const id = await entered();
  expect((await patch(id, { headCount: 2 }, 'xinhua_worker2')).body).toMatchObject({
    ...{ status: 403, type: 'urn:shouwang:problem:correction-needs-supervisor' },
  });
  expect((await patch(id, { headCount: 2 }, 'xinhua_supervisor')).status).toBe(200);
  await t.api.deps.db.serviceRecord.update({
    where: { id },
    data: { enteredAt: new Date(Date.now() - 25 * 3_600_000) },
  });
  expect((await patch(id, { headCount: 4 })).status).toBe(403);
  expect((await patch(id, { headCount: 4 }, 'xinhua_supervisor')).status).toBe(200);
});

test('two corrections in the same moment: one holds, the other is told', async () => {
  const id = await entered();
  const replies = await Promise.all([
    patch(id, { headCount: 7 }),
    patch(id, { headCount: 8 }),
    patch(id, { headCount: 9 }),
  ]);
  const statuses = replies.map(({ status }) => status);
  expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
  const { items } = must(await t.get(`/services/${id}/history`), 200);
  expect(items).toHaveLength(1 + statuses.filter((status) => status === 200).length);
});

test('a withdrawn record leaves the lists, not the journal, and changes no more', async () => {
  const id = await entered({ note: '录错了对象' });
  const withdraw = () => t.post(`/services/${id}/withdraw`, { reason: '重复录入' });
  expect((await t.post(`/services/${id}/withdraw`, {})).status).toBe(422);
  expect(must(await withdraw(), 200)['withdrawnAt']).not.toBeNull();
  expect((await withdraw()).body).toMatchObject({ status: 409, type: 'urn:shouwang:problem:service-withdrawn' });
  expect((await patch(id, { headCount: 2 })).status).toBe(409);
  const ids = async (query: string) =>
    (must(await t.get(`/services?limit=200${query}`), 200)['items'] as unknown as { id: string }[]).map(
      (one) => one.id,
    );
  expect(await ids('')).not.toContain(id);
  expect(await ids('&withdrawn=true')).toContain(id);
  const { items } = must(await t.get(`/services/${id}/history`), 200);
  expect(items).toMatchObject([{ action: 'entered' }, { action: 'withdrawn', reason: '重复录入' }]);
});

test('groups: a series with its sessions; an ended one takes no later session', async () => {
  const group = must(await t.post('/service-groups', { title: '彩虹合唱小组', theme: 'music_dance' }));
  expect((await t.post('/service-groups', { title: '电话13800001234', theme: 'arts' })).status).toBe(422);
  const session = (hours: number) => ({
    ...VISIT,
    kind: 'group_session',
    at: ago(hours),
    headCount: 8,
    groupId: group['id'],
  });
  must(await t.post('/services', session(30)));
  must(await t.post('/services', session(20)));
  const { items } = must(await t.get('/service-groups'), 200);
  expect(items?.[0]).toMatchObject({ title: '彩虹合唱小组', sessions: 2, endedAt: null });
  const end = (ended: boolean) =>
    t.ask('PATCH', `/api/v1/service-groups/${String(group['id'])}`, { as: 'xinhua_worker1', body: { ended } });
  expect(must(await end(true), 200)['endedAt']).not.toBeNull();
  expect((await t.post('/services', session(-0.01))).body).toMatchObject({
    type: 'urn:shouwang:problem:service-group-ended',
  });
  expect(must(await end(false), 200)['endedAt']).toBeNull();
});

test('the register: sealed, numbered, once a child, each look on the record', async () => {
  const data = {
    name: '测试童甲',
    birthDate: '2016-05-04',
    idNumber: '65400220160504002X',
    situations: ['left_behind'],
  };
  const id = await child(data.name, { ...data });
  const again = await t.post('/children', { name: '测试童甲', idNumber: '65400220160504002x' }, 'xinhua_worker2');
  expect(again.body).toMatchObject({ status: 409, type: 'urn:shouwang:problem:child-registered', possible: [id] });
  const file = must(await t.get(`/children/${id}`), 200);
  expect(file).toMatchObject({ number: expect.stringMatching(/^C\d{4}$/), data, cases: [] });
  const row = await t.api.deps.db.registeredChild.findUniqueOrThrow({ where: { id } });
  expect(JSON.stringify(row)).not.toMatch(/测试|654002/);
  const looks = await t.api.deps.db.accessLog.findMany({ where: { caseId: id, action: 'register:read' } });
  expect(looks).toHaveLength(1);
  const left = must(
    await t.ask('PATCH', `/api/v1/children/${id}`, { as: 'xinhua_worker1', body: { left: true } }),
    200,
  );
  expect(left['leftAt']).not.toBeNull();
});

test('one child entered by two at once is on the register once', async () => {
  const body = { name: '测试童乙', birthDate: '2015-01-02' };
  const replies = await Promise.all([1, 2, 3].map(() => t.post('/children', body)));
  expect(replies.map(({ status }) => String(status)).sort()).toEqual(['201', '409', '409']);
});

test('the register pages by number', async () => {
  for (const name of ['甲', '乙', '丙']) await child(`分页${name}`);
  const first = must(await t.get('/children?limit=2'), 200);
  const second = must(await t.get(`/children?limit=200&cursor=${String(first['nextCursor'])}`), 200);
  const numbers = [first, second].flatMap((page) =>
    (page['items'] as unknown as { number: string }[]).map((c) => c.number),
  );
  expect(numbers).toEqual([...new Set(numbers)].sort());
  expect(second['nextCursor']).toBeNull();
});

test('another station, the evaluator and strangers see nothing', async () => {
  const id = await entered();
  const kid = await child('测试童丙');
  for (const path of [`/services/${id}`, `/services/${id}/history`, `/children/${kid}`]) {
    expect((await t.get(path, 'donghu_worker1')).status).toBe(404);
    expect((await t.get(path, 'evaluator')).status).toBe(403);
  }
  expect((await patch(id, { headCount: 2 }, 'donghu_supervisor')).status).toBe(404);
  expect((await t.post('/services', { ...VISIT, at: ago(1), childIds: [kid] }, 'donghu_worker1')).status).toBe(422);
  expect(must(await t.get('/services', 'donghu_worker1'), 200)['items']).toEqual([]);
});
