/** The second step: set up because the role's rule demands it, by an authenticator or by texts, and taken once each. */
import { keysOf } from '../../runtime/keys';
import { createLinks } from '../../store/links';
import { signInCode } from '../../store/sign-in-codes';
import { tidySignIns } from '../../store/sign-in-tidy';
import { startTestApi, type TestApi } from '../support/api';
import { Jar } from '../support/browser-like';
import { STEP_MS, totp, wrongCode } from '../support/totp';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi({ config: { demandSecondFactor: true } });
}, 600_000);
afterAll(() => t?.close());

const password = (username: string): string => t.account(username).password;

/** Sets up an authenticator in a session. @returns its address and the backup codes */
async function enrol(jar: Jar, username: string): Promise<{ uri: string; backupCodes: string[] }> {
  const { status, body } = await jar.post('/two-factor/enable', { password: password(username) });
  expect(status).toBe(200);
  const uri = String(body['totpURI']);
  expect((await jar.post('/two-factor/verify-totp', { code: totp(uri) })).status).toBe(200);
  return { uri, backupCodes: body['backupCodes'] as unknown as string[] };
}

/** What the worker would put into the text. */
async function codeOnItsWay(username: string): Promise<string> {
  const { db } = t.api.deps;
  const links = createLinks({ db, secret: keysOf(t.config).links });
  return (await signInCode(links, db, `phone-${username}`)) ?? '';
}

describe('a role whose rule demands one', () => {
  const jar = () => new Jar(t);

  test('sees nothing before it is set up, by a session; and everything after it', async () => {
    const admin = jar();
    expect((await admin.signIn('admin')).status).toBe(200);
    expect((await admin.me()).body).toMatchObject({ role: 'admin', mustEnrol: true });
    const closed = await admin.ask('GET', '/api/v1/cases');
    expect(closed.status).toBe(403);
    expect(closed.body['type']).toBe('urn:shouwang:problem:second-factor-needed');
    expect((await admin.post('/api-key/create', { name: 'a way round' })).status).toBe(403);
    expect((await admin.ask('GET', '/api/v1/account')).body).toMatchObject({
      secondFactor: { methods: [], allowed: ['totp'], demanded: true },
    });
    const before = admin.cookie('session_token');
    const { uri } = await enrol(admin, 'admin');
    expect(decodeURIComponent(uri)).toContain('otpauth://totp/守望:admin?');
    expect(admin.cookie('session_token')).not.toBe(before);
    expect((await admin.me()).body).toMatchObject({ mustEnrol: false });
    expect((await admin.ask('GET', '/api/v1/cases')).status).toBe(200);
  });

  test('a program’s key is asked for no second factor', async () => {
    expect((await t.ask('GET', '/api/v1/cases', { as: 'evaluator' })).status).toBe(200);
  });
});

describe('an authenticator', () => {
  let uri = '';
  let backupCodes: string[] = [];
  beforeAll(async () => {
    const jar = new Jar(t);
    await jar.signIn('xinhua_supervisor');
    ({ uri, backupCodes } = await enrol(jar, 'xinhua_supervisor'));
  });

  const halfway = async (): Promise<Jar> => {
    const jar = new Jar(t);
    const { body } = await jar.signIn('xinhua_supervisor');
    expect(body).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['totp', 'text', 'backup'] });
    expect((await jar.me()).status).toBe(401);
    return jar;
  };

  test('the password alone opens nothing, its next code does, and the session is a new one', async () => {
    const jar = await halfway();
    // The one that set it up is used.
    const code = totp(uri, Date.now() + STEP_MS);
    expect((await jar.post('/two-factor/verify-totp', { code })).status).toBe(200);
    expect((await jar.me()).body).toMatchObject({ staffId: 'xinhua_supervisor', mustEnrol: false });
    const again = await halfway();
    expect((await again.post('/two-factor/verify-totp', { code })).status).toBe(401);
    expect((await again.me()).status).toBe(401);
  });

  test('a backup code works once, and stands hashed in the database', async () => {
    const [code = ''] = backupCodes;
    const row = await t.api.deps.db.twoFactor.findFirstOrThrow({ where: { user: { username: 'xinhua_supervisor' } } });
    for (const one of backupCodes) expect(row.backupCodes).not.toContain(one);
    const jar = await halfway();
    expect((await jar.post('/two-factor/verify-backup-code', { code })).status).toBe(200);
    expect((await jar.me()).status).toBe(200);
    await t.api.deps.db.usedCode.deleteMany();
    expect((await (await halfway()).post('/two-factor/verify-backup-code', { code })).status).toBe(401);
  });

  test('wrong codes lead to a pause, also with a new challenge each time', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const jar = await halfway();
      statuses.push((await jar.post('/two-factor/verify-totp', { code: wrongCode(uri, n) })).status);
    }
    // The used backup code above was the first wrong one from here.
    expect(statuses).toEqual([...Array(4).fill(401), ...Array(4).fill(429)]);
  });
});

describe('codes by text', () => {
  test('set it up, let in, are good once and in one place, and stand nowhere in clear', async () => {
    const { db } = t.api.deps;
    const jar = new Jar(t);
    await jar.signIn('donghu_supervisor');
    expect((await jar.me()).body).toMatchObject({ mustEnrol: true });
    const sent = await jar.post('/two-factor/send-otp');
    expect(sent.body).toMatchObject({ status: true, phoneTail: '1203' });
    const first = await codeOnItsWay('donghu_supervisor');
    expect(first).toMatch(/^\d{6}$/);
    const kept = JSON.stringify([
      await db.verification.findMany(),
      await db.delivery.findMany({ where: { kind: 'sign_in_code' } }),
      (await db.signInCode.findMany()).map(({ sealed }) => Buffer.from(sealed).toString('latin1')),
    ]);
    expect(kept).not.toContain(first);
    const enrolled = await jar.post('/two-factor/verify-otp', { code: first });
    expect(enrolled.status).toBe(200);
    expect(enrolled.body['backupCodes']).toHaveLength(10);
    expect((await jar.me()).body).toMatchObject({ mustEnrol: false });

    const later = new Jar(t);
    expect((await later.signIn('donghu_supervisor')).body).toMatchObject({ twoFactorMethods: ['text', 'backup'] });
    expect((await later.post('/two-factor/send-otp')).status).toBe(429);
    await db.signInCode.updateMany({ data: { at: new Date(Date.now() - 61_000) } });
    expect((await later.post('/two-factor/send-otp')).status).toBe(200);
    const second = await codeOnItsWay('donghu_supervisor');
    const stranger = new Jar(t);
    await stranger.signIn('donghu_supervisor');
    expect((await stranger.post('/two-factor/verify-otp', { code: second })).status).not.toBe(200);
    await db.usedCode.deleteMany();
    expect((await later.post('/two-factor/verify-otp', { code: second })).status).toBe(200);
    expect((await later.me()).body).toMatchObject({ staffId: 'donghu_supervisor' });

    const backup = new Jar(t);
    await backup.signIn('donghu_supervisor');
    const [code] = enrolled.body['backupCodes'] as unknown as string[];
    expect((await backup.post('/two-factor/verify-backup-code', { code })).status).toBe(200);
  });

  test('an authenticator is added to them, in the session that stays, and ends every other one', async () => {
    const jar = new Jar(t);
    const other = new Jar(t);
    const { db } = t.api.deps;
    await jar.signIn('xinhua_worker2');
    await other.signIn('xinhua_worker2');
    await jar.post('/two-factor/send-otp');
    const code = await codeOnItsWay('xinhua_worker2');
    expect((await jar.post('/two-factor/verify-otp', { code })).status).toBe(200);
    expect((await other.me()).status).toBe(401);
    await enrol(jar, 'xinhua_worker2');
    expect((await jar.ask('GET', '/api/v1/account')).body).toMatchObject({
      secondFactor: { methods: ['totp', 'text'], demanded: true },
    });
    const user = { username: 'xinhua_worker2' };
    expect(await db.twoFactor.findMany({ where: { user } })).toMatchObject([{ verified: true }]);
    expect(await db.session.count({ where: { user } })).toBe(1);
  });

  test('not more than six an hour to one phone', async () => {
    const { db } = t.api.deps;
    const jar = new Jar(t);
    await jar.signIn('donghu_worker1');
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      statuses.push((await jar.post('/two-factor/send-otp')).status);
      await db.signInCode.updateMany({ data: { at: new Date(Date.now() - 61_000) } });
    }
    expect(statuses).toEqual([...Array(6).fill(200), 429, 429]);
  });

  test('are not for a role whose rule knows none', async () => {
    const jar = new Jar(t);
    // Set up above; back to where it was.
    const user = await t.api.deps.db.user.findUniqueOrThrow({ where: { username: 'admin' } });
    await t.api.deps.db.twoFactor.deleteMany({ where: { userId: user.id } });
    await t.api.deps.db.user.update({ where: { id: user.id }, data: { twoFactorEnabled: false } });
    await jar.signIn('admin');
    expect((await jar.post('/two-factor/send-otp')).status).toBe(409);
  });

  test('nobody without a password gets one sent', async () => {
    expect((await new Jar(t).post('/two-factor/send-otp')).status).toBe(401);
  });
});

test('more fields than a sign-in has are refused', async () => {
  const jar = new Jar(t);
  const { status, body } = await jar.post('/sign-in/username', {
    ...{ username: 'duty1', password: password('duty1') },
    ...{ rememberMe: true, callbackURL: 'https://evil.example' },
  });
  expect(status).toBe(422);
  expect((body['errors'] as unknown as { path: string }[]).map((one) => one.path)).toEqual([
    'rememberMe',
    'callbackURL',
  ]);
});

test('what sign-ins leave behind goes, and nothing that is still needed', async () => {
  const { db } = t.api.deps;
  const jar = new Jar(t);
  await jar.signIn('duty2');
  await new Jar(t).signIn('duty2', 'a wrong password');
  const hour = 3_600_000;
  const counts = async () => [
    await db.attempt.count(),
    await db.session.count({ where: { user: { username: 'duty2' } } }),
  ];
  const [attempts = 0, sessions = 0] = await counts();
  expect(attempts).toBeGreaterThan(0);
  await tidySignIns(db, Date.now());
  expect(await counts()).toEqual([attempts, sessions]);
  expect((await jar.me()).status).toBe(200);
  await tidySignIns(db, Date.now() + 8 * 24 * hour);
  expect(await counts()).toEqual([0, 0]);
  expect([await db.usedCode.count(), await db.signInCode.count(), await db.verification.count()]).toEqual([0, 0, 0]);
});
