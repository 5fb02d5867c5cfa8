import { randomUUID } from 'node:crypto';
import { CHILD, itemsOf, NARRATIVE, REPORTER, Rig } from './rig';

let rig: Rig;
let caseId: string;
beforeAll(async () => {
  rig = await Rig.start();
  caseId = await rig.report();
}, 600_000);
afterAll(() => rig?.stop());

describe('GET /cases/{id}', () => {
  test.each(['xinhua_worker1', 'xinhua_worker2', 'xinhua_supervisor', 'duty1'])('%s sees the child', async (who) => {
    const { status, json } = await rig.get(who, `/cases/${caseId}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: caseId, child: CHILD, reporter: REPORTER, narrative: NARRATIVE });
    expect(json).toMatchObject({ referrals: [], assignee: null, asOf: expect.stringMatching(/\+08:00$/) });
  });

  test.each(['admin', 'evaluator'])('%s sees the case without the child', async (who) => {
    const { status, json } = await rig.get(who, `/cases/${caseId}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: caseId, child: null, reporter: null, narrative: null });
  });

  test('another station’s case looks exactly like an unknown one, and the look is on the record', async () => {
    const [theirs, unknown, nonsense] = await Promise.all([
      rig.get('donghu_worker1', `/cases/${caseId}`),
      rig.get('donghu_worker1', `/cases/${randomUUID()}`),
      rig.get('donghu_worker1', '/cases/no-id'),
    ]);
    const same = ({ json, status }: typeof theirs) => ({ ...json, instance: undefined, status });
    expect(theirs.status).toBe(404);
    expect(same(theirs)).toEqual(same(unknown));
    expect(same(nonsense)).toEqual(same(unknown));
    const lines = await rig.api.deps.db.accessLog.findMany({ where: { caseId, staffId: 'donghu_worker1' } });
    expect(lines).toMatchObject([{ allowed: false, address: expect.any(String) }]);
  });

  test('each look leaves one line in the access log, and each opening of the reporter another', async () => {
    const lines = (action: string) =>
      rig.api.deps.db.accessLog.count({ where: { caseId, staffId: 'xinhua_worker2', allowed: true, action } });
    const count = async () => [await lines('case:read-child'), await lines('case:read-reporter')];
    const [looks = 0, openings = 0] = await count();
    await rig.get('xinhua_worker2', `/cases/${caseId}`);
    await rig.get('xinhua_worker2', `/cases/${caseId}/timeline`);
    expect(await count()).toEqual([looks + 2, openings + 1]);
  });
});

test('every write of another station is 404 and on the record', async () => {
  const posts: [string, object][] = [
    ['assign', { staffId: 'donghu_worker1' }],
    ['risk', { risk: 'critical', reason: '原因' }],
    ['close', { reason: '原因' }],
    ['reopen', { reason: '原因' }],
    ['steps/first_contact/complete', { outcome: 'done' }],
    ['steps/first_contact/extend', { until: '2030-01-01T00:00:00+08:00', reason: '原因' }],
    ['referrals', { partnerId: 'police-qinghe', purpose: 'protect' }],
  ];
  for (const [path, body] of posts)
    expect((await rig.post('donghu_worker2', `/cases/${caseId}/${path}`, body)).status).toBe(404);
  const lines = await rig.api.deps.db.accessLog.count({ where: { caseId, staffId: 'donghu_worker2', allowed: false } });
  expect(lines).toBe(posts.length);
});

describe('GET /cases/{id}/timeline', () => {
  test('tells in order who did what; notes only to those who may read them', async () => {
    const id = await rig.report();
    await rig.post('xinhua_worker1', `/cases/${id}/steps/first_contact/complete`, {
      outcome: 'done',
      note: '见到孩子',
    });
    const items = itemsOf(await rig.get('xinhua_supervisor', `/cases/${id}/timeline`));
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
    expect(items[0]).toMatchObject({ kind: 'reported', actor: { id: 'xinhua_worker1', name: '林立春' } });
    const done = items.find(({ kind }) => kind === 'step_done');
    expect(done).toMatchObject({ data: { stepId: 'first_contact', outcome: 'done' }, note: '见到孩子' });
    const hidden = itemsOf(await rig.get('evaluator', `/cases/${id}/timeline`));
    expect(hidden).toHaveLength(items.length);
    expect(hidden.every(({ note }) => note === null)).toBe(true);
    const { json } = await rig.get('xinhua_worker1', `/cases/${id}`);
    const steps = json['steps'] as Record<string, unknown>[];
    expect(steps.find((step) => step['id'] === 'first_contact')?.['note']).toBe('见到孩子');
  });
});

describe('GET /cases', () => {
  const reported: string[] = [];
  beforeAll(async () => {
    for (const type of ['neglect', 'bullying', 'neglect', 'missing', 'bullying'])
      reported.push(await rig.report('donghu_worker1', { type }));
  });

  test('pages through all of the station’s cases, soonest deadline first, each once', async () => {
    const seen: Record<string, unknown>[] = [];
    let cursor: string | null = '';
    for (let pages = 0; pages < 10 && cursor !== null; pages += 1) {
      const { json } = await rig.get('donghu_worker1', `/cases?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...(json['items'] as Record<string, unknown>[]));
      cursor = json['nextCursor'] as string | null;
    }
    expect(seen.map(({ id }) => String(id)).sort()).toEqual([...reported].sort());
    const dues = seen.map(({ nextDueAt }) => String(nextDueAt));
    expect(dues).toEqual([...dues].sort());
  });

  test('the duty officer sees every station; each station only its own', async () => {
    const stations = async (who: string) =>
      [...new Set(itemsOf(await rig.get(who, '/cases?limit=200')).map(({ stationId }) => String(stationId)))].sort();
    expect(await stations('duty1')).toEqual(['donghu', 'xinhua']);
    expect(await stations('xinhua_worker1')).toEqual(['xinhua']);
  });

  test('filters', async () => {
    const ask = async (query: string) => itemsOf(await rig.get('donghu_supervisor', `/cases?${query}`)).length;
    expect(await ask('type=neglect')).toBe(2);
    expect(await ask('status=closed')).toBe(0);
    expect(await ask('overdue=false')).toBe(5);
    expect(await ask('overdue=true')).toBe(0);
    expect(await ask('assignee=donghu_worker2')).toBe(0);
    expect(await ask(`q=${encodeURIComponent("' OR 1=1 --")}`)).toBe(0);
    const { json } = await rig.get('donghu_supervisor', `/cases/${reported[0]}`);
    expect(await ask(`q=${String(json['number']).toLowerCase()}`)).toBe(1);
  });

  test.each(['limit=0', 'limit=201', 'limit=x', 'status=lost', 'sort=id', 'overdue=maybe', 'cursor=abc', 'q=a&q=b'])(
    'refuses ?%s',
    async (query) => {
      expect((await rig.get('donghu_worker1', `/cases?${query}`)).status).toBe(422);
    },
  );
});

test('the directory: the station’s staff, and partners by kind', async () => {
  const staff = itemsOf(await rig.get('xinhua_worker1', '/staff'));
  expect(staff.map(({ id }) => String(id)).sort()).toEqual(['xinhua_supervisor', 'xinhua_worker1', 'xinhua_worker2']);
  expect(Object.keys(staff[0] ?? {}).sort()).toEqual(['id', 'name', 'phone', 'role', 'stationId']);
  const police = itemsOf(await rig.get('xinhua_worker1', '/partners?kind=police'));
  expect(police).toEqual([expect.objectContaining({ id: 'police-qinghe', kind: 'police', name: expect.any(String) })]);
  expect((await rig.get('xinhua_worker1', '/partners?kind=army')).status).toBe(422);
});

test('the documentation names every route with its body, pages included', async () => {
  const { status, json } = await rig.fetch('/openapi.json');
  expect(status).toBe(200);
  const paths = json['paths'] as Record<string, { post?: { requestBody?: unknown } }>;
  for (const path of ['/api/v1/cases', '/api/v1/cases/{id}/steps/{stepId}/complete', '/r', '/r/{token}/feedback'])
    expect(JSON.stringify(paths[path]?.post?.requestBody)).toContain('"additionalProperties":false');
  for (const path of [
    '/api/v1/cases/{id}/timeline',
    '/api/v1/alerts',
    '/api/v1/staff',
    '/api/v1/partners',
    '/a/{token}',
  ])
    expect(paths).toHaveProperty([path, 'get']);
});
