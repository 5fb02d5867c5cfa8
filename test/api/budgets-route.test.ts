/** GET /api/v1/budgets, and what /readyz and the sandbox say of limits. */
import { randomUUID } from 'node:crypto';
import { mountSandbox } from '../../sandbox/routes/mount';
import { TENCENT_LIMITS } from '../../domain/limits';
import { configureLimits, limitsInForce, overrideLimits, takeUnit } from '../../store/budget';
import { itemsOf } from '../../api/schemas/answers';
import { budgetAnswer, type BudgetAnswer } from '../../api/schemas/budgets';
import { startTestApi, type TestApi } from '../support/api';
import { withinOneDay } from '../support/day';
import { startCarrierRig, type CarrierRig } from './deliver-rig';

let t: TestApi;
let carrier: CarrierRig;

beforeAll(async () => {
  carrier = await startCarrierRig('http://127.0.0.1:9');
  const sandbox = { carrierUrl: `http://127.0.0.1:${carrier.carrier.port}`, accountsFile: '/dev/null' };
  t = await startTestApi({ config: { sandbox }, mount: mountSandbox });
}, 600_000);
afterAll(async () => {
  await t?.close();
  await carrier?.stop();
});

const phoneOf = (username: string): string => t.account(username).phone ?? '';
async function listed(as: string): Promise<BudgetAnswer[]> {
  const { status, body } = await t.ask('GET', '/api/v1/budgets', { as });
  expect(status).toBe(200);
  return itemsOf(budgetAnswer).parse(body).items;
}
const of = (items: BudgetAnswer[], id: string, channel = 'sms') =>
  items.find((one) => one.channel === channel && one.people.some((person) => person.id === id));

/** As an attempt does, without a carrier. */
async function use(phone: string, at: number): Promise<void> {
  const { db } = t.api.deps;
  const key = `test/${randomUUID()}`;
  const row = {
    key,
    kind: 'overdue',
    channel: 'sms',
    personKind: 'staff',
    personId: 'nobody',
    vars: {},
    at: new Date(at),
  };
  await db.delivery.create({ data: row });
  const budget = await db.phoneBudget.findUnique({ where: { channel_phone: { channel: 'sms', phone } } });
  const common = {
    key,
    channel: 'sms',
    phone,
    personId: 'nobody',
    priority: 1,
    at,
    vars: {},
    attempts: 0,
    provider: 'sms',
    replaces: false,
  } as const;
  const taken = await takeUnit(db, { ...common, version: budget?.version ?? null, content: key, carried: [] });
  expect(taken).toBe('taken');
}

test("a supervisor sees the phones of the own station, the duty officer and the bureau's admin everybody's", async () => {
  await configureLimits(t.api.deps.db, { sms: 'same:30s:1,day:3', voice: 'off' });
  const own = await listed('xinhua_supervisor');
  const stations = own.flatMap((one) => one.people.map(({ id }) => id));
  expect(stations.length).toBeGreaterThan(2);
  expect(stations.filter((id) => id.startsWith('donghu'))).toEqual([]);
  for (const as of ['duty1', 'admin']) {
    const all = await listed(as);
    expect(of(all, 'donghu_worker1')).toBeDefined();
    expect(all.some((one) => one.people.some(({ kind }) => kind === 'partner'))).toBe(true);
  }
  for (const as of ['xinhua_worker1', 'evaluator']) {
    expect((await t.ask('GET', '/api/v1/budgets', { as })).status).toBe(403);
  }
});

test('what is used, what is left, what is kept, and when the next may go; never the whole phone', async () => {
  await withinOneDay();
  await configureLimits(t.api.deps.db, { sms: 'same:30s:1,day:3', voice: 'off' });
  const now = Date.now();
  const phone = phoneOf('xinhua_worker1');
  await use(phone, now);
  const first = of(await listed('xinhua_supervisor'), 'xinhua_worker1');
  expect(first).toMatchObject({
    limits: 'same:30s:1,day:3',
    usedToday: 1,
    leftToday: 2,
    keptForCritical: 1,
    waiting: 0,
  });
  await use(phone, now);
  const second = of(await listed('xinhua_supervisor'), 'xinhua_worker1');
  expect(second).toMatchObject({ usedToday: 2, leftToday: 1, keptForCritical: 1 });
  expect(Date.parse(second?.nextFreeAt.critical ?? '')).toBeLessThanOrEqual(Date.now());
  expect(second?.nextFreeAt.normal).toMatch(/T00:00:00\+08:00$/);
  await use(phone, now);
  const items = await listed('xinhua_supervisor');
  expect(of(items, 'xinhua_worker1')).toMatchObject({ usedToday: 3, leftToday: 0, keptForCritical: 0 });
  expect(of(items, 'xinhua_worker1', 'voice')).toMatchObject({ limits: null, leftToday: null, usedToday: 0 });
  expect(JSON.stringify(items)).not.toContain(phone.slice(3));
  expect(first?.phone).toMatch(/^138\*{4}\d{4}$/);
});

test('a unit is taken once: whoever looked before is told so', async () => {
  const { db } = t.api.deps;
  const phone = '+8613900000001';
  const taking = async () => {
    const key = `race/${randomUUID()}`;
    const row = {
      key,
      kind: 'overdue',
      channel: 'sms',
      personKind: 'staff',
      personId: 'nobody',
      vars: {},
      at: new Date(),
    };
    await db.delivery.create({ data: row });
    const common = {
      key,
      channel: 'sms',
      phone,
      personId: 'nobody',
      priority: 1,
      at: Date.now(),
      vars: {},
      attempts: 0,
      provider: 'sms',
    } as const;
    return takeUnit(db, { ...common, version: null, content: key, replaces: false, carried: [] });
  };
  const results = await Promise.all(Array.from({ length: 8 }, taking));
  expect(results.filter((one) => one === 'taken')).toHaveLength(1);
  expect(results.filter((one) => one === 'raced')).toHaveLength(7);
  expect(await db.phoneUse.count({ where: { phone } })).toBe(1);
});

test('/readyz warns of limits that the policy runs dry, and names what to raise', async () => {
  const warnings = async () => String((await t.ask('GET', '/readyz')).body['warnings']);
  await configureLimits(t.api.deps.db, TENCENT_LIMITS);
  expect(await warnings()).toContain('raise it at Tencent Cloud, then in SMS_LIMITS');
  await configureLimits(t.api.deps.db, { sms: 'day:10', voice: 'off' });
  expect(await warnings()).not.toContain('SMS_LIMITS');
});

test("the sandbox's limits are the carrier's and ours, and off frees both", async () => {
  const { db } = t.api.deps;
  const ask = (body: object) => t.ask('POST', '/sandbox/carrier', { body });
  await configureLimits(db, { sms: 'off', voice: 'off' });
  expect((await ask({ limits: 'default' })).body).toMatchObject({ limits: 'default' });
  expect(await limitsInForce(db)).toEqual(TENCENT_LIMITS);
  expect(await db.phoneUse.count()).toBe(0);
  expect((await ask({ mode: 'ok' })).body).toMatchObject({ limits: 'default' });
  expect(await limitsInForce(db)).toEqual(TENCENT_LIMITS);
  expect((await ask({ limits: 'off' })).body).toMatchObject({ limits: 'off' });
  expect(await limitsInForce(db)).toEqual({ sms: 'off', voice: 'off' });
  await overrideLimits(db, undefined);
  await configureLimits(db, { sms: 'day:7', voice: 'off' });
  expect(await limitsInForce(db)).toEqual({ sms: 'day:7', voice: 'off' });
});
