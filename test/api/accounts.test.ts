/** Accounts over the API: made, changed, disabled and reset by administrators; each person sets their own password. */
import { startTestApi, type Reply, type TestApi } from '../support/api';
import { Jar } from '../support/browser-like';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

const as = 'admin';
const PASSWORD = 'kX9-mmQ2-pLz-7';
const post = (path: string, body: unknown = {}, who = as): Promise<Reply> =>
  t.ask('POST', `/api/v1/accounts${path}`, { as: who, body });
const patch = (id: string, body: unknown, who = as): Promise<Reply> =>
  t.ask('PATCH', `/api/v1/accounts/${id}`, { as: who, body });
const make = async (staffId: string, role = 'social_worker', stationId = 'xinhua'): Promise<void> => {
  expect((await post('', { staffId, name: '测试人员', role, stationId })).status).toBe(201);
};
/** The end of a new set-up link. */
async function linkFor(staffId: string): Promise<string> {
  const { status, body } = await post(`/${staffId}/setup-link`);
  expect(status).toBe(201);
  return new URL(String(body['url'])).hash.slice(1);
}
const setup = (what: 'open' | 'finish', body: unknown) => t.ask('POST', `/api/setup/${what}`, { body });
/** Somebody new who has set their password and is signed in. */
async function signedIn(staffId: string, role?: string, stationId?: string): Promise<Jar> {
  await make(staffId, role, stationId);
  expect((await setup('finish', { token: await linkFor(staffId), password: PASSWORD })).status).toBe(200);
  const jar = new Jar(t);
  expect((await jar.signIn(staffId, PASSWORD)).status).toBe(200);
  return jar;
}

describe('a set-up link', () => {
  test('lets its person set a password, once, and sign in', async () => {
    await make('new_worker');
    const token = await linkFor('new_worker');
    expect((await setup('open', { token })).body).toEqual({
      ...{ username: 'new_worker', name: '测试人员', role: 'social_worker' },
    });
    const weak = await setup('finish', { token, password: 'new_worker1' });
    expect(weak.status).toBe(422);
    expect((await setup('finish', { token, password: PASSWORD })).body).toEqual({ username: 'new_worker' });
    expect((await setup('finish', { token, password: PASSWORD })).status).toBe(410);
    expect((await setup('open', { token })).status).toBe(410);
    const jar = new Jar(t);
    await jar.signIn('new_worker', PASSWORD);
    expect((await jar.me()).body).toMatchObject({ staffId: 'new_worker', role: 'social_worker', stationId: 'xinhua' });
  });

  test('two at the same moment use it once', async () => {
    await make('new_twice');
    const token = await linkFor('new_twice');
    const both = await Promise.all([1, 2].map(() => setup('finish', { token, password: PASSWORD })));
    expect(both.map((one) => one.status).sort((a, b) => a - b)).toEqual([200, 410]);
  });

  test('a newer one, three days, or disabling ends it; nothing of it stands in the database', async () => {
    await make('new_late');
    const old = await linkFor('new_late');
    const token = await linkFor('new_late');
    expect((await setup('open', { token: old })).status).toBe(410);
    expect((await setup('open', { token })).status).toBe(200);
    expect(JSON.stringify(await t.api.deps.db.setupLink.findMany())).not.toContain(token);
    await t.api.deps.db.setupLink.updateMany({ where: { staffId: 'new_late' }, data: { expiresAt: new Date() } });
    expect((await setup('open', { token })).status).toBe(410);
    const last = await linkFor('new_late');
    expect((await patch('new_late', { active: false })).status).toBe(200);
    expect((await setup('finish', { token: last, password: PASSWORD })).status).toBe(410);
  });

  test('a repeated request shows the link no second time, and does not keep it', async () => {
    await make('new_again');
    const ask = () =>
      t.ask('POST', '/api/v1/accounts/new_again/setup-link', {
        as,
        body: {},
        headers: { 'idempotency-key': 'link-1' },
      });
    const first = await ask();
    const token = new URL(String(first.body['url'])).hash.slice(1);
    expect((await ask()).body).toMatchObject({ url: null });
    expect(JSON.stringify(await t.api.deps.db.idempotencyKey.findMany())).not.toContain(token);
    expect((await setup('open', { token })).status).toBe(200);
  });

  test('is the way back in for somebody who was locked out', async () => {
    const wrong = async () => (await new Jar(t).signIn('new_worker', 'wrong password')).status;
    for (let n = 0; n < 6; n += 1) await wrong();
    expect((await new Jar(t).signIn('new_worker', PASSWORD)).status).toBe(429);
    const next = 'another-Zq8-word';
    expect((await setup('finish', { token: await linkFor('new_worker'), password: next })).status).toBe(200);
    expect((await new Jar(t).signIn('new_worker', next)).status).toBe(200);
  });
});

describe('changes', () => {
  test('who is disabled is out with the next request, with sessions and keys, and back when enabled', async () => {
    const jar = await signedIn('leaver');
    expect((await patch('leaver', { active: false })).body).toMatchObject({ active: false, sessions: 0 });
    expect((await jar.me()).status).toBe(401);
    expect((await jar.signIn('leaver', PASSWORD)).status).not.toBe(200);
    expect((await patch('donghu_worker2', { active: false })).status).toBe(200);
    expect((await t.ask('GET', '/api/v1/me', { as: 'donghu_worker2' })).status).toBe(401);
    expect((await patch('donghu_worker2', { active: true })).status).toBe(200);
    expect((await t.ask('GET', '/api/v1/me', { as: 'donghu_worker2' })).status).toBe(200);
    expect((await jar.me()).status).toBe(401);
  });

  test('another role or station ends every session: the next one has another id', async () => {
    const jar = await signedIn('riser');
    const before = jar.cookie('session_token');
    expect((await patch('riser', { role: 'supervisor' })).body).toMatchObject({ role: 'supervisor' });
    expect((await jar.me()).status).toBe(401);
    await jar.signIn('riser', PASSWORD);
    expect(jar.cookie('session_token')).not.toBe(before);
    expect((await jar.me()).body).toMatchObject({ role: 'supervisor' });
    await patch('riser', { stationId: 'donghu' });
    expect((await jar.me()).status).toBe(401);
  });

  test('the last administrator stays, and nobody changes their own access', async () => {
    expect((await patch('admin', { active: false })).body).toMatchObject({ type: 'urn:shouwang:problem:own-account' });
    const second = await signedIn('admin_two', 'admin', 'bureau');
    const both = await Promise.all([
      patch('admin_two', { role: 'evaluator' }),
      second.ask('PATCH', '/api/v1/accounts/admin', { active: false }),
    ]);
    // Either may be first; the other one finds that it would be the last, or is no administrator any more.
    expect(both.filter((one) => one.status === 200)).toHaveLength(1);
    if (both[1]?.status === 200) expect((await patch('admin', {}, 'admin')).status).toBe(401);
    await t.api.deps.db.staff.updateMany({ where: { id: { in: ['admin', 'admin_two'] } }, data: { active: true } });
    await t.api.deps.db.user.updateMany({ data: { banned: false } });
    await t.api.deps.db.staff.update({ where: { id: 'admin_two' }, data: { role: 'evaluator' } });
    const jar = await signedIn('admin_three', 'admin', 'bureau');
    await t.api.deps.db.staff.update({ where: { id: 'admin' }, data: { active: false } });
    const last = await t.ask('PATCH', '/api/v1/accounts/admin_three', { as: 'admin', body: { active: false } });
    expect(last.status).toBe(401);
    await t.api.deps.db.staff.update({ where: { id: 'admin' }, data: { active: true } });
    await t.api.deps.db.account.deleteMany({ where: { user: { username: 'admin' } } });
    // He has a key but cannot sign in: she is the last who can.
    const kept = await patch('admin_three', { active: false });
    expect(kept.status).toBe(409);
    expect(kept.body['type']).toBe('urn:shouwang:problem:last-admin');
    expect((await jar.me()).status).toBe(200);
  });

  test('a reset takes the second factor and its sessions away', async () => {
    const jar = await signedIn('loser');
    const user = await t.api.deps.db.user.findUniqueOrThrow({ where: { username: 'loser' } });
    await jar.post('/two-factor/enable', { password: PASSWORD });
    expect(await t.api.deps.db.twoFactor.count({ where: { userId: user.id } })).toBe(1);
    expect((await post('/loser/reset-factor')).status).toBe(200);
    expect(await t.api.deps.db.twoFactor.count({ where: { userId: user.id } })).toBe(0);
    expect((await jar.me()).status).toBe(401);
  });

  test('each stands in the record, without a name, which nobody can change', async () => {
    const { body } = await t.ask('GET', '/api/v1/accounts/journal?limit=200', { as });
    const items = body['items'] as unknown as { action: string; subjectId: string; staffId: string }[];
    for (const action of ['account.create', 'setup-link.make', 'setup-link.use', 'account.change', 'factor.reset'])
      expect(items.map((one) => one.action)).toContain(action);
    expect(items.find((one) => one.action === 'account.disable')).toMatchObject({ staffId: 'admin' });
    expect(JSON.stringify(items)).not.toContain('测试人员');
    await expect(t.api.deps.db.accountEvent.deleteMany()).rejects.toThrow(/permission|append-only|refuse/i);
    await expect(t.api.deps.db.accountEvent.updateMany({ data: { action: 'x' } })).rejects.toThrow(
      /permission|append-only|refuse/i,
    );
  });
});

describe('within the station', () => {
  let jar: Jar;
  beforeAll(async () => {
    jar = await signedIn('donghu_admin', 'admin', 'donghu');
  });
  const ask = (method: string, path: string, body?: unknown) => jar.ask(method, `/api/v1/accounts${path}`, body);

  test('a station’s administrator sees and changes its own people alone; others look unknown', async () => {
    const { body } = await ask('GET', '');
    const stations = (body['items'] as unknown as { stationId: string }[]).map((one) => one.stationId);
    expect(new Set(stations)).toEqual(new Set(['donghu']));
    for (const [method, path, sent] of [
      ['PATCH', '/xinhua_worker1', { active: false }],
      ['POST', '/xinhua_worker1/setup-link', {}],
      ['POST', '/xinhua_worker1/reset-factor', {}],
      ['POST', '/xinhua_worker1/unlock', {}],
      ['GET', '/xinhua_worker1/sessions', undefined],
      ['DELETE', '/xinhua_worker1/sessions', undefined],
    ] as const) {
      const other = await ask(method, path, sent);
      const unknown = await ask(method, path.replace('xinhua_worker1', 'nobody'), sent);
      expect([path, other.status, unknown.status]).toEqual([path, 404, 404]);
      expect(other.body['detail']).toBe(unknown.body['detail']);
    }
  });

  test('gives no role that sees more than the station, and moves nobody out', async () => {
    const body = { staffId: 'too_much', name: '某', stationId: 'donghu' };
    expect((await ask('POST', '', { ...body, role: 'duty_officer' })).status).toBe(403);
    expect((await ask('POST', '', { ...body, role: 'admin' })).status).toBe(403);
    expect((await ask('POST', '', { ...body, role: 'supervisor', stationId: 'xinhua' })).status).toBe(422);
    expect((await ask('POST', '', { ...body, role: 'supervisor' })).status).toBe(201);
    expect((await ask('PATCH', '/too_much', { role: 'admin' })).status).toBe(403);
    expect((await ask('PATCH', '/too_much', { stationId: 'bureau' })).status).toBe(422);
  });

  test('takes no field that is not its own to say', async () => {
    const all = { staffId: 'x_assign', name: '某', role: 'social_worker', stationId: 'donghu' };
    const reply = await ask('POST', '', { ...all, active: true, userId: 'u', bureau: true, password: 'p' });
    expect(reply.status).toBe(422);
    expect((await ask('PATCH', '/donghu_worker1', { userId: 'u', twoFactorEnabled: true })).status).toBe(422);
  });
});

describe('one’s own sessions', () => {
  test('are listed, and ended one by one; another person’s look unknown', async () => {
    const [here, there] = [new Jar(t), new Jar(t)];
    await here.signIn('duty1');
    await there.signIn('duty1');
    const list = async () =>
      (await here.ask('GET', '/api/v1/account/sessions')).body['items'] as unknown as {
        id: string;
        current: boolean;
      }[];
    const before = await list();
    expect(before).toHaveLength(2);
    const other = before.find((one) => !one.current);
    const strange = await new Jar(t).ask('DELETE', `/api/v1/account/sessions/${other?.id}`);
    expect(strange.status).toBe(401);
    const thief = new Jar(t);
    await thief.signIn('duty2');
    expect((await thief.ask('DELETE', `/api/v1/account/sessions/${other?.id}`)).status).toBe(404);
    expect((await here.ask('DELETE', `/api/v1/account/sessions/${other?.id}`)).status).toBe(200);
    expect((await there.me()).status).toBe(401);
    expect(await list()).toMatchObject([{ current: true }]);
  });

  test('an administrator ends them all', async () => {
    const jar = new Jar(t);
    await jar.signIn('evaluator');
    expect((await t.ask('DELETE', '/api/v1/accounts/evaluator/sessions', { as })).body).toEqual({ ended: 1 });
    expect((await jar.me()).status).toBe(401);
  });

  test('end after the role’s idle time, and at the latest after its longest', async () => {
    const { db } = t.api.deps;
    const jar = new Jar(t);
    const hour = 3_600_000;
    const age = (data: { updatedAt?: Date; createdAt?: Date }) =>
      db.session.updateMany({ where: { user: { username: 'xinhua_supervisor' } }, data });
    await jar.signIn('xinhua_supervisor');
    await age({ updatedAt: new Date(Date.now() - 3.9 * hour) });
    expect((await jar.me()).status).toBe(200);
    // That was a use of it.
    await age({ createdAt: new Date(Date.now() - 23 * hour) });
    expect((await jar.me()).status).toBe(200);
    await age({ updatedAt: new Date(Date.now() - 3.9 * hour) });
    const alone = { 'x-idle-seconds': '900' };
    expect((await jar.ask('GET', '/api/v1/me', undefined, alone)).status).toBe(200);
    // A page that nobody touches reads on by itself, and that is no use of it.
    await age({ updatedAt: new Date(Date.now() - 4.1 * hour) });
    expect((await jar.ask('GET', '/api/v1/me', undefined, alone)).status).toBe(401);
    expect(await db.session.count({ where: { user: { username: 'xinhua_supervisor' } } })).toBe(0);
    await jar.signIn('xinhua_supervisor');
    await age({ createdAt: new Date(Date.now() - 24.1 * hour) });
    expect((await jar.me()).status).toBe(401);
  });

  test('a new password ends every other one, and may not be a common one', async () => {
    const [here, there] = [await signedIn('changer'), new Jar(t)];
    await there.signIn('changer', PASSWORD);
    const change = (newPassword: string, currentPassword = PASSWORD) =>
      here.post('/change-password', { currentPassword, newPassword });
    for (const weak of ['short', 'password1234', 'changer-2026', '1qaz2wsx3edc']) {
      const reply = await change(weak);
      expect([weak, reply.status]).toEqual([weak, 422]);
      expect((reply.body['errors'] as unknown as { path: string }[])[0]?.path).toBe('newPassword');
    }
    expect((await change('something-Else-84', 'not the old one')).status).toBe(400);
    expect((await change('something-Else-84')).status).toBe(200);
    expect((await there.me()).status).toBe(401);
    expect((await here.me()).status).toBe(200);
  });
});
