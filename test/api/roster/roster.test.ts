/** The roster over the API, at the station of donghu: two workers and a supervisor. */
import { beijing, DAY, HOUR, MINUTE, rfc3339 } from '../../../domain/zone';
import { rosterWarnings } from '../../../store/roster-warnings';
import { startTestApi, type Json, type TestApi } from '../../support/api';

const BOSS = 'donghu_supervisor';
const [ONE, TWO] = ['donghu_worker1', 'donghu_worker2'] as const;
/** A little ahead, so that what is changed now has taken effect. */
let NOW: number;
const inDays = (days: number): string => rfc3339(NOW + days * DAY);
const dayOf = (ms: number): string => rfc3339(ms).slice(0, 10);

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
  NOW = Date.now() + 5 * MINUTE;
}, 600_000);
afterAll(() => t?.close());

const get = async (path: string, as = BOSS): Promise<Json> => (await t.ask('GET', `/api/v1${path}`, { as })).body;
const listOf = async (path: string, as = BOSS): Promise<Json[]> => (await get(path, as))['items'];
const errorsOf = ({ body }: { body: Json }) => (body['errors'] as Json[]).map((one) => String(one['path']));
const send = (method: string, path: string, body: unknown, as = BOSS) => t.ask(method, `/api/v1${path}`, { as, body });
const post = (path: string, body: unknown, as = BOSS) => send('POST', path, body, as);
const worker = async (at: string): Promise<Json> => {
  const items = await listOf(`/oncall?station=donghu&at=${encodeURIComponent(at)}`);
  return items.find((one) => one['role'] === 'worker') as Json;
};
const names = (of: Json): string[] => (of['people'] as Json[]).map((one) => String(one['staffId']));

describe('weekly turns in place of the fixed duties', () => {
  let rotation: Json;

  test('a duty without anybody is a gap, and is warned about', async () => {
    const items = await listOf('/roster/rotations');
    const fixed = items.filter((one) => one['stationId'] === 'donghu' && one['role'] === 'worker');
    expect(fixed).toHaveLength(2);
    for (const { id } of fixed)
      expect((await send('DELETE', `/roster/rotations/${String(id)}`, undefined)).status).toBe(200);
    expect(names(await worker(inDays(1)))).toEqual([]);
    const soon = `from=${encodeURIComponent(inDays(1))}&to=${encodeURIComponent(inDays(2))}`;
    const [empty] = (await listOf(`/roster?station=donghu&${soon}`)).filter((one) => one['role'] === 'worker');
    expect(empty?.['gaps']).toMatchObject([{ cause: 'ended', away: [] }]);
    expect(await listOf('/roster/warnings')).toContainEqual(
      expect.objectContaining({ kind: 'gap', stationId: 'donghu', role: 'worker' }),
    );
    const open = await rosterWarnings(t.api.deps.db, { at: NOW + DAY, stationId: 'donghu' });
    expect(open).toEqual([{ kind: 'gap', stationId: 'donghu', role: 'worker', from: NOW + DAY, until: NOW + 8 * DAY }]);
    expect(await rosterWarnings(t.api.deps.db, { at: NOW, stationId: 'xinhua' })).toEqual([]);
  });

  test('are entered, answered with the next hand-over and said in words', async () => {
    const { status, body } = await post('/roster/rotations', {
      ...{ role: 'worker', name: '周轮值', members: [ONE, TWO], shiftDays: 7 },
      ...{ startsOn: dayOf(NOW - 2 * DAY), handover: '09:00' },
    });
    expect(status).toBe(201);
    rotation = body;
    expect(rotation).toMatchObject({ stationId: 'donghu', handover: '09:00', endsAt: null, hours: null });
    const now = await worker(inDays(0));
    expect(now['people']).toEqual([
      {
        staffId: ONE,
        name: '许小满',
        why: { kind: 'rotation', rotationId: rotation['id'], shift: 0 },
        reason: '按“周轮值”值班',
        reachable: true,
      },
    ]);
    expect(now['next']).toMatchObject({ people: [{ staffId: TWO, name: '沈芒种' }] });
    const next = beijing(Date.parse(String(now['next']?.['at'])));
    expect([next.hour, next.minute]).toEqual([9, 0]);
    expect(names(await worker(inDays(7)))).toEqual([TWO]);
  });

  test('leave: the next in turn stands in; moved and ended', async () => {
    const times = { from: inDays(1), until: inDays(3) };
    const { status, body } = await post('/roster/leaves', { staffId: ONE, ...times });
    expect(status).toBe(201);
    expect((await worker(inDays(2)))['people']).toMatchObject([
      { staffId: TWO, why: { kind: 'stand_in', insteadOf: ONE }, reason: expect.stringContaining('许小满不在岗') },
    ]);
    const moved = await send('PATCH', `/roster/leaves/${String(body['id'])}`, { until: inDays(1.5) });
    expect(moved.status).toBe(200);
    expect(names(await worker(inDays(2)))).toEqual([ONE]);
    expect((await send('DELETE', `/roster/leaves/${String(body['id'])}`, undefined)).status).toBe(200);
    expect(names(await worker(inDays(1.2)))).toEqual([ONE]);
    expect((await send('DELETE', `/roster/leaves/${String(body['id'])}`, undefined)).status).toBe(404);
  });

  test('an override takes the place of a person; one that has begun ends now and stays on the record', async () => {
    const times = { from: rfc3339(NOW - HOUR), until: inDays(1) };
    const made = await post('/roster/overrides', { role: 'worker', staffId: BOSS, replaces: ONE, ...times });
    expect(made.status).toBe(201);
    expect((await worker(inDays(0.5)))['people']).toMatchObject([
      { staffId: BOSS, why: { kind: 'override', insteadOf: [ONE] }, reason: '临时改派，替许小满值班' },
    ]);
    const path = `/roster/overrides/${String(made.body['id'])}`;
    expect((await send('DELETE', path, undefined)).status).toBe(200);
    expect(names(await worker(inDays(0.5)))).toEqual([ONE]);
    expect(names(await worker(rfc3339(NOW - HOUR / 2)))).toContain(BOSS);
    expect((await send('DELETE', path, undefined)).body['type']).toBe('urn:shouwang:problem:entry-over');
  });

  test('a swap is asked for by one, agreed to by the other, and counts from then on', async () => {
    const shift = (n: number) => ({ rotationId: rotation['id'], shift: n });
    const asked = await post('/roster/swaps', { mine: shift(2), theirs: shift(1) }, ONE);
    expect(asked.status).toBe(201);
    expect(asked.body).toMatchObject({ state: 'asked', mine: { staffId: ONE }, theirs: { staffId: TWO } });
    expect(names(await worker(inDays(7)))).toEqual([TWO]);
    const path = `/roster/swaps/${String(asked.body['id'])}`;
    expect((await post(`${path}/decision`, { accept: true }, ONE)).status).toBe(403);
    expect((await post(`${path}/decision`, { accept: true }, 'xinhua_worker1')).status).toBe(404);
    expect((await post(`${path}/decision`, { accept: true }, TWO)).body).toMatchObject({ state: 'accepted' });
    expect((await worker(inDays(7)))['people']).toMatchObject([
      { staffId: ONE, why: { kind: 'swap', insteadOf: TWO } },
    ]);
    expect(names(await worker(inDays(14)))).toEqual([TWO]);
    expect((await post(`${path}/decision`, { accept: false }, TWO)).body['type']).toMatch(/swap-decided$/);
  });

  test('a swap of shifts that changed hands meanwhile, have begun or are not one’s own is refused', async () => {
    const shift = (n: number) => ({ rotationId: rotation['id'], shift: n });
    const [first, second] = [
      await post('/roster/swaps', { mine: shift(3), theirs: shift(4) }, TWO),
      await post('/roster/swaps', { mine: shift(3), theirs: shift(6) }, TWO),
    ];
    const decide = (one: { body: Json }) => post(`/roster/swaps/${String(one.body['id'])}/decision`, { accept: true });
    expect((await decide(first)).status).toBe(200);
    expect((await decide(second)).body['type']).toMatch(/shift-changed$/);
    expect((await send('DELETE', `/roster/swaps/${String(second.body['id'])}`, undefined, TWO)).body['state']).toBe(
      'withdrawn',
    );
    const wrong = await post('/roster/swaps', { mine: shift(0), theirs: shift(1) }, TWO);
    expect(wrong.status).toBe(422);
    expect(errorsOf(wrong)).toEqual(['mine', 'mine']);
  });

  test('a supervisor exchanges two people’s shifts at once; nobody else’s station, and not one person’s with themselves', async () => {
    const shift = (n: number) => ({ rotationId: rotation['id'], shift: n });
    const made = await post('/roster/swaps', { mine: shift(8), theirs: shift(9) });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      state: 'accepted',
      decidedBy: BOSS,
      mine: { staffId: ONE },
      theirs: { staffId: TWO },
    });
    const month = `from=${encodeURIComponent(inDays(8 * 7))}&to=${encodeURIComponent(inDays(8 * 7 + 1))}`;
    const [item] = (await listOf(`/roster?station=donghu&${month}`)).filter((one) => one['role'] === 'worker');
    expect(item?.['shifts']).toMatchObject([{ staffId: TWO, why: { kind: 'swap', insteadOf: ONE } }]);
    expect(errorsOf(await post('/roster/swaps', { mine: shift(10), theirs: shift(12) }))).toEqual(['theirs']);
    expect(errorsOf(await post('/roster/swaps', { mine: shift(10), theirs: shift(11) }, 'xinhua_supervisor'))).toEqual([
      'mine',
      'theirs',
    ]);
    expect(errorsOf(await post('/roster/swaps', { mine: shift(11), theirs: shift(10) }, ONE))).toContain('mine');
  });

  test('a change takes effect at the next hand-over, and what was stays', async () => {
    const nextTurn = rfc3339(Date.parse(String(rotation['startsAt'])) + 7 * DAY);
    const { status, body } = await send('PATCH', `/roster/rotations/${String(rotation['id'])}`, {
      members: [TWO, ONE, BOSS],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ startsAt: nextTurn, members: [TWO, ONE, BOSS] });
    expect(body['id']).not.toBe(rotation['id']);
    expect(names(await worker(inDays(0)))).toEqual([ONE]);
    expect(names(await worker(inDays(20)))).toEqual([BOSS]);
    const items = await listOf(`/roster?station=donghu&from=${encodeURIComponent(inDays(0))}`);
    const duty = items.find((one) => one['role'] === 'worker') as Json;
    expect(duty['gaps']).toEqual([]);
    expect((duty['shifts'] as Json[])[0]).toMatchObject({ staffId: ONE, name: '许小满' });
    expect((await send('PATCH', `/roster/rotations/${String(rotation['id'])}`, { shiftDays: 1 })).body['type']).toMatch(
      /rotation-over$/,
    );
    expect((await send('PATCH', `/roster/rotations/${String(body['id'])}`, { name: '三人轮值' })).body).toMatchObject({
      id: body['id'],
      name: '三人轮值',
    });
  });

  test('every change is on the record, and the database keeps it so', async () => {
    const items = await listOf('/roster/changes');
    const actions = new Set(items.map((one) => String(one['action'])));
    expect([...actions].sort()).toEqual(
      [
        ...['leave.add', 'leave.end', 'leave.move', 'override.add', 'override.end'],
        ...['rotation.add', 'rotation.edit', 'rotation.end', 'rotation.replace'],
        ...['swap.accepted', 'swap.ask', 'swap.withdrawn'],
      ].sort(),
    );
    await expect(t.api.deps.db.rosterEvent.deleteMany()).rejects.toThrow('append-only');
    expect((await t.ask('GET', '/api/v1/roster/changes', { as: ONE })).status).toBe(403);
  });
});

describe('who may do what', () => {
  const nights = () => ({
    ...{ role: 'worker', name: '夜班', members: [ONE], shiftDays: 1, startsOn: dayOf(NOW), handover: '18:00' },
    hours: [{ weekdays: [1, 2, 3, 4, 5], from: '18:00', until: '09:00' }],
  });

  test('the station’s supervisor edits its roster, nobody else but the bureau’s admin', async () => {
    expect((await post('/roster/rotations', nights(), ONE)).status).toBe(403);
    expect((await post('/roster/rotations', { ...nights(), stationId: 'donghu' }, 'xinhua_supervisor')).status).toBe(
      404,
    );
    expect((await post('/roster/rotations', { ...nights(), stationId: 'donghu' }, 'duty1')).status).toBe(403);
    const made = await post('/roster/rotations', { ...nights(), stationId: 'donghu' }, 'admin');
    expect(made.status).toBe(201);
    expect(made.body['hours']).toEqual(nights().hours);
    expect(
      (await send('DELETE', `/roster/rotations/${String(made.body['id'])}`, undefined, 'xinhua_supervisor')).status,
    ).toBe(404);
    expect((await send('DELETE', `/roster/rotations/${String(made.body['id'])}`, undefined, 'admin')).status).toBe(200);
    const bureau = { ...nights(), role: 'duty_officer', members: ['duty1'], hours: undefined };
    expect((await post('/roster/rotations', bureau, 'duty2')).status).toBe(201);
  });

  test('a worker sees their own station and the bureau’s duty, and no other station', async () => {
    const items = await listOf('/oncall', ONE);
    expect(items.map((one) => `${String(one['stationId'])}/${String(one['role'])}`)).toEqual([
      'bureau/duty_officer',
      'donghu/worker',
      'donghu/supervisor',
    ]);
    expect((await t.ask('GET', '/api/v1/oncall?station=xinhua', { as: ONE })).status).toBe(404);
    expect((await t.ask('GET', '/api/v1/roster?station=nowhere', { as: 'admin' })).status).toBe(404);
    expect(await listOf('/oncall', 'evaluator')).toHaveLength(5);
  });

  test('all that is wrong is said at once', async () => {
    const wrong = await post('/roster/rotations', {
      ...{ role: 'duty_officer', name: '', members: ['nobody', ONE, ONE], shiftDays: 40 },
      ...{ startsOn: '2026-02-30', handover: '25:00' },
    });
    expect(wrong.status).toBe(422);
    expect(errorsOf(wrong).sort()).toEqual(['handover', 'members', 'name', 'shiftDays', 'startsOn'].sort());
    const unfit = await post('/roster/rotations', { ...nights(), role: 'duty_officer', members: ['nobody', ONE] });
    expect(errorsOf(unfit)).toEqual(['role', 'members.0', 'members.1']);
    const span = await t.ask('GET', '/api/v1/roster?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z', { as: BOSS });
    expect(span.status).toBe(422);
  });

  test('the same write under one key is made once', async () => {
    const headers = { 'idempotency-key': 'leave-once' };
    const body = { staffId: TWO, from: inDays(40), until: inDays(41) };
    const [a, b] = [
      await t.ask('POST', '/api/v1/roster/leaves', { as: BOSS, body, headers }),
      await t.ask('POST', '/api/v1/roster/leaves', { as: BOSS, body, headers }),
    ];
    expect(a.status).toBe(201);
    expect(b.body).toEqual(a.body);
    expect(await t.api.deps.db.leave.count({ where: { staffId: TWO } })).toBe(1);
  });
});
