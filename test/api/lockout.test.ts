/** Guessing at an account: it is slowed down, and never shuts out whose account it is. */
import { startTestApi, type TestApi } from '../support/api';
import { Jar } from '../support/browser-like';
import { totp, wrongCode } from '../support/totp';

let t: TestApi;
beforeAll(async () => {
  // Addresses as a proxy in front would name them.
  t = await startTestApi({ config: { trustProxy: ['loopback'], ratePerMinute: 1_000_000 } });
}, 600_000);
afterAll(() => t?.close());

const VICTIM = 'xinhua_supervisor';

/** So many wrong passwords from so many addresses. @returns how many of each status */
async function storm(username: string, tries: number, address: (n: number) => string): Promise<Map<number, number>> {
  const seen = new Map<number, number>();
  for (let n = 0; n < tries; n += 25) {
    const replies = await Promise.all(
      Array.from({ length: 25 }, (_, i) => new Jar(t, address(n + i)).signIn(username, `wrong password ${n + i}`)),
    );
    for (const { status } of replies) seen.set(status, (seen.get(status) ?? 0) + 1);
  }
  return seen;
}

test('a thousand wrong sign-ins from elsewhere do not stop the supervisor, on a new device at that', async () => {
  const seen = await storm(VICTIM, 1_000, (n) => `203.0.113.${n % 40}`);
  expect(seen.get(401)).toBe(40 * 5);
  expect(seen.get(429)).toBe(1_000 - 40 * 5);
  const victim = new Jar(t, '198.51.100.7');
  expect((await victim.signIn(VICTIM)).status).toBe(200);
  expect((await victim.me()).body).toMatchObject({ staffId: VICTIM });
}, 120_000);

test('from the very same address: a known device passes, a new one waits until the duty officer ends it', async () => {
  const office = '198.51.100.20';
  const known = new Jar(t, office);
  expect((await known.signIn('donghu_supervisor')).status).toBe(200);
  expect((await known.post('/sign-out')).status).toBe(200);
  known.keepOnly('device');
  await storm('donghu_supervisor', 50, () => office);
  expect((await known.signIn('donghu_supervisor')).status).toBe(200);
  expect((await known.me()).status).toBe(200);

  const fresh = new Jar(t, office);
  expect((await fresh.signIn('donghu_supervisor')).status).toBe(429);
  const list = await t.ask('GET', '/api/v1/accounts', { as: 'duty1' });
  const items = list.body['items'] as unknown as { staffId: string; held: boolean }[];
  expect(items.filter((one) => one.held).map((one) => one.staffId)).toContain('donghu_supervisor');
  const path = '/api/v1/accounts/donghu_supervisor/unlock';
  expect((await t.ask('POST', path, { as: 'donghu_worker1', body: {} })).status).toBe(403);
  expect((await t.ask('POST', path, { as: 'duty1', body: {} })).body).toMatchObject({ held: false });
  expect((await fresh.signIn('donghu_supervisor')).status).toBe(200);
  expect(await t.api.deps.db.accountEvent.findFirst({ orderBy: { id: 'desc' } })).toMatchObject({
    ...{ action: 'account.unlock', staffId: 'duty1', subjectId: 'donghu_supervisor' },
  });
});

test('who has the password guesses at codes from everywhere: strangers are stopped together, the owner is not', async () => {
  const home = new Jar(t, '198.51.100.30');
  await home.signIn('duty2');
  const { body } = await home.post('/two-factor/enable', { password: t.account('duty2').password });
  const uri = String(body['totpURI']);
  expect((await home.post('/two-factor/verify-totp', { code: totp(uri) })).status).toBe(200);
  const [first, second] = body['backupCodes'] as unknown as string[];
  // A whole sign-in at home makes the place known.
  await home.post('/sign-out');
  await home.signIn('duty2');
  expect((await home.post('/two-factor/verify-backup-code', { code: first })).status).toBe(200);

  const statuses: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    const thief = new Jar(t, `203.0.113.${100 + n}`);
    expect((await thief.signIn('duty2')).status).toBe(200);
    statuses.push((await thief.post('/two-factor/verify-totp', { code: wrongCode(uri, n) })).status);
  }
  expect(statuses.filter((one) => one === 401)).toHaveLength(20);
  expect(statuses.slice(20)).toEqual(Array(20).fill(429));
  home.keepOnly('device');
  await home.signIn('duty2');
  expect((await home.post('/two-factor/verify-backup-code', { code: second })).status).toBe(200);
  expect((await home.me()).status).toBe(200);
}, 120_000);

test('the device’s cookie is out of reach of scripts, and another person’s counts for nothing', async () => {
  const mine = new Jar(t, '198.51.100.40');
  const reply = await mine.signIn('xinhua_worker1');
  const line = reply.headers.getSetCookie().find((one) => one.includes('.device=')) ?? '';
  expect(line).toMatch(/HttpOnly/i);
  expect(line).toMatch(/SameSite=Strict/i);
  mine.keepOnly('device');
  await storm('xinhua_worker2', 25, () => '198.51.100.40');
  expect((await mine.signIn('xinhua_worker2')).status).toBe(429);
});
