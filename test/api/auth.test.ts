import { cookiesOf, startTestApi, type TestApi } from '../support/api';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

const signIn = (username: string, password: string, headers: Record<string, string> = {}) =>
  t.ask('POST', '/api/auth/sign-in/username', { body: { username, password }, headers });

async function session(username: string): Promise<string> {
  const reply = await signIn(username, t.account(username).password);
  expect(reply.status).toBe(200);
  return cookiesOf(reply);
}
const me = (headers: Record<string, string>) => t.ask('GET', '/api/v1/me', { headers });

describe('who is asking', () => {
  test('a token says who it is, with role and permissions', async () => {
    const reply = await t.ask('GET', '/api/v1/me', { as: 'xinhua_worker1' });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ staffId: 'xinhua_worker1', role: 'social_worker', stationId: 'xinhua' });
    expect(reply.body['permissions']).toContain('case:read-child');
  });

  test.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['an unknown token', { authorization: `Bearer sw_${'x'.repeat(60)}` }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a forged cookie', { cookie: 'shouwang.session_token=forged.forged' }],
  ])('%s is 401 as a problem', async (_what, headers) => {
    const reply = await me(headers);
    expect(reply.status).toBe(401);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    expect(reply.body).toMatchObject({ status: 401, title: 'Not signed in' });
  });

  test('a key serves more than its plugin would allow by default', async () => {
    for (let n = 0; n < 15; n += 1) {
      expect((await t.ask('GET', '/api/v1/me', { as: 'duty1' })).status).toBe(200);
    }
  });
});

describe('signing in', () => {
  test('gives a session cookie and no token', async () => {
    const reply = await signIn('xinhua_worker1', t.account('xinhua_worker1').password);
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.body)).not.toMatch(/"token"/);
    const line = reply.headers.getSetCookie().find((one) => one.includes('session_token')) ?? '';
    expect(line).toMatch(/HttpOnly/i);
    expect(line).toMatch(/SameSite=Strict/i);
    expect((await me({ cookie: cookiesOf(reply) })).body).toMatchObject({ staffId: 'xinhua_worker1' });
  });

  test('the session reads without a token in it', async () => {
    const cookie = await session('xinhua_worker2');
    const reply = await t.ask('GET', '/api/auth/get-session', { headers: { cookie } });
    expect(reply.body['user']).toMatchObject({ username: 'xinhua_worker2' });
    expect(JSON.stringify(reply.body)).not.toMatch(/"token"/);
  });

  test('makes a new session each time; signing out ends the old one', async () => {
    const first = await session('donghu_worker1');
    const second = await session('donghu_worker1');
    expect(second).not.toBe(first);
    const out = await t.ask('POST', '/api/auth/sign-out', { body: {}, headers: { cookie: first, origin: t.url } });
    expect(out.status).toBe(200);
    expect((await me({ cookie: first })).status).toBe(401);
    expect((await me({ cookie: second })).status).toBe(200);
  });

  test('an unknown name and a wrong password look alike', async () => {
    const unknown = await signIn('nobody_at_all', 'wrong password');
    const wrong = await signIn('donghu_worker2', 'wrong password');
    expect([unknown.status, wrong.status]).toEqual([401, 401]);
    expect(unknown.body['detail']).toBe(wrong.body['detail']);
  });

  test('each try is on the record, right or wrong, and a name that nobody has is not kept', async () => {
    const lines = () =>
      t.api.deps.db.accessLog.findMany({ where: { action: 'sign-in' }, orderBy: { id: 'desc' }, take: 3 });
    await signIn('evaluator', 'wrong password');
    await signIn('evaluator', t.account('evaluator').password);
    await signIn('my-secret-password', 'x');
    expect(await lines()).toMatchObject([
      { allowed: false, staffId: null, address: expect.any(String) },
      { allowed: true, staffId: 'evaluator' },
      { allowed: false, staffId: 'evaluator' },
    ]);
    expect(JSON.stringify((await lines()).map((line) => ({ ...line, id: 0 })))).not.toContain('my-secret');
  });

  test('a body without fields names them, broken JSON is 400, a form 415', async () => {
    expect((await t.ask('POST', '/api/auth/sign-in/username', { body: {} })).status).toBe(422);
    const json = { 'content-type': 'application/json' };
    expect((await t.ask('POST', '/api/auth/sign-in/username', { raw: '{', headers: json })).status).toBe(400);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await t.ask('POST', '/api/auth/sign-in/username', { raw: 'a=b', headers: form })).status).toBe(415);
  });

  test.each([
    '/sign-up/email',
    '/admin/set-role',
    '/admin/ban-user',
    '/admin/impersonate-user',
    '/update-user',
    '/is-username-available',
  ])('%s is not open', async (path) => {
    const cookie = await session('admin');
    const reply = await t.ask('POST', `/api/auth${path}`, { body: {}, headers: { cookie, origin: t.url } });
    expect(reply.status).toBe(404);
  });

  test('wrong passwords lead to a pause for that account and address, even when they come all at once', async () => {
    const tries = await Promise.all(Array.from({ length: 30 }, () => signIn('donghu_supervisor', 'wrong password')));
    const statuses = tries.map((one) => one.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(25);
    const right = await signIn('donghu_supervisor', t.account('donghu_supervisor').password);
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    // Others at the same address, and the victim's token, go on.
    expect((await signIn('xinhua_worker1', t.account('xinhua_worker1').password)).status).toBe(200);
    expect((await t.ask('GET', '/api/v1/me', { as: 'donghu_supervisor' })).status).toBe(200);
  });

  test('a forged X-Forwarded-For does not lift the pause', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-real-client-ip': '203.0.113.7' };
    const reply = await signIn('donghu_supervisor', t.account('donghu_supervisor').password, headers);
    expect(reply.status).toBe(429);
  });
});

describe('writes with a cookie', () => {
  const write = async (headers: Record<string, string>) => {
    const cookie = await session('xinhua_worker1');
    return t.ask('POST', '/api/v1/nowhere', { body: {}, headers: { cookie, ...headers } });
  };

  test.each<[string, Record<string, string>]>([
    ['without an Origin', {}],
    ['from elsewhere', { origin: 'https://evil.example' }],
    ['from nowhere', { origin: 'null' }],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
  ])('%s are 403', async (_what, headers) => {
    expect((await write(headers)).status).toBe(403);
  });

  test('from our own page pass', async () => {
    expect((await write({ origin: t.url })).status).toBe(404);
  });

  test('with a token need no Origin', async () => {
    expect((await t.ask('POST', '/api/v1/nowhere', { as: 'xinhua_worker1', body: {} })).status).toBe(404);
  });
});

describe('who may no longer', () => {
  test('who left the staff, and who has a revoked key, is 401', async () => {
    const { db } = t.api.deps;
    await db.staff.update({ where: { id: 'duty2' }, data: { active: false } });
    expect((await t.ask('GET', '/api/v1/me', { as: 'duty2' })).status).toBe(401);
    const user = await db.user.findUniqueOrThrow({ where: { username: 'evaluator' } });
    await db.apikey.updateMany({ where: { referenceId: user.id }, data: { enabled: false } });
    expect((await t.ask('GET', '/api/v1/me', { as: 'evaluator' })).status).toBe(401);
  });
});
