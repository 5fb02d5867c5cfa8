/** Contacts: entered, verified by a code that really arrives, and only then told by. */
import { randomUUID } from 'node:crypto';
import { createCourier, type Courier } from '../../../activities/courier';
import { addressesOf, COUNTING, peopleAt } from '../../../store/contacts';
import { rosterWarnings } from '../../../store/roster-warnings';
import { startTestApi, type Json, type Reply, type TestApi } from '../../support/api';
import { sendDeps, startCarrierRig, type CarrierRig } from '../deliver-rig';

const ME = 'xinhua_worker1';
const BOSS = 'xinhua_supervisor';

let t: TestApi;
let carrier: CarrierRig;
let courier: Courier;
beforeAll(async () => {
  t = await startTestApi();
  carrier = await startCarrierRig(t.url, t.config.carrierSecret);
  courier = createCourier(sendDeps(t.api.deps.db, carrier, Buffer.from(t.config.vaultKey, 'base64')));
}, 600_000);
afterAll(async () => {
  await carrier?.stop();
  await t?.close();
});

const db = () => t.api.deps.db;
const send = (method: string, path: string, body?: unknown, as = ME) => t.ask(method, `/api/v1${path}`, { as, body });
const mine = async (as = ME) => (await send('GET', '/contacts', undefined, as)).body['items'] as Json[];
async function toldBy(id: string, channel: 'sms' | 'email' = 'sms'): Promise<string | undefined> {
  const person = await db().staff.findUnique({ where: { id }, select: { contacts: COUNTING } });
  return addressesOf(person?.contacts ?? [])[channel === 'sms' ? 'phone' : 'email'] ?? undefined;
}
const typeOf = ({ body }: Reply) => String(body['type']).replace('urn:shouwang:problem:', '');

/** The code that arrived there last. */
async function codeAt(address: string): Promise<string> {
  await courier.sendWaiting();
  const text = (await carrier.messages()).findLast((one) => one.to === address)?.text ?? '';
  return /验证码(\d{6})/.exec(text)?.[1] ?? '';
}
const otherThan = (code: string): string => (code === '123456' ? '654321' : '123456');

describe('a number of one’s own', () => {
  const NEXT = '138 0000 7701';
  let id: string;
  let before: Json;

  test('is entered in the place of the old one, which counts until the new one is verified', async () => {
    before = (await mine()).find((one) => one['kind'] === 'phone') as Json;
    const made = await send('POST', '/contacts', { kind: 'phone', value: NEXT, label: '新号', replaces: before['id'] });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      value: '+8613800007701',
      verifiedAt: null,
      owner: { kind: 'staff', staffId: ME },
    });
    id = made.body['id'];
    expect(await toldBy(ME)).toBe(t.account(ME).phone);
    expect(await peopleAt(db(), NEXT, true)).toEqual({ staff: [], partners: [], contacts: [] });
    expect(await rosterWarnings(db(), { at: Date.now(), stationId: 'xinhua' })).toEqual([
      { kind: 'unverified', stationId: 'xinhua', staffId: ME },
    ]);
    expect(typeOf(await send('POST', '/contacts', { kind: 'phone', value: NEXT }))).toBe('contact-known');
  });

  test('is verified by the code in the text; a wrong code is counted, and none is stored', async () => {
    expect(typeOf(await send('POST', `/contacts/${id}/verify`, { code: '123456' }))).toBe('contact-code-over');
    const asked = await send('POST', `/contacts/${id}/code`, {});
    expect(asked.status).toBe(200);
    expect((await send('POST', `/contacts/${id}/code`, {})).status).toBe(429);
    const code = await codeAt('+8613800007701');
    expect(code).toMatch(/^\d{6}$/);
    const rows = { contacts: await db().contact.findMany(), sent: await db().delivery.findMany() };
    const stored = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(stored).not.toContain(code);
    const wrong = await send('POST', `/contacts/${id}/verify`, { code: otherThan(code) });
    expect([wrong.status, wrong.body['detail']]).toEqual([422, expect.stringContaining('4 tries left')]);
    expect((await send('POST', `/contacts/${id}/verify`, { code })).status).toBe(200);
    expect(await toldBy(ME)).toBe('+8613800007701');
    expect((await mine()).map((one) => one['id'])).not.toContain(before['id']);
    expect(await rosterWarnings(db(), { at: Date.now(), stationId: 'xinhua' })).toEqual([]);
  });

  test('cannot be taken away by oneself while it is the only one; the first in order counts', async () => {
    expect(typeOf(await send('DELETE', `/contacts/${id}`))).toBe('last-phone');
    const second = await send('POST', '/contacts', { kind: 'phone', value: '13800007702' });
    const other = String(second.body['id']);
    await send('POST', `/contacts/${other}/code`, {});
    expect((await send('POST', `/contacts/${other}/verify`, { code: await codeAt('+8613800007702') })).status).toBe(
      200,
    );
    expect(await toldBy(ME)).toBe('+8613800007701');
    expect((await send('PATCH', `/contacts/${id}`, { order: 9 })).body['order']).toBe(9);
    expect(await toldBy(ME)).toBe('+8613800007702');
    expect((await send('DELETE', `/contacts/${other}`)).status).toBe(200);
    expect(await toldBy(ME)).toBe('+8613800007701');
  });

  test('a code is over after five wrong tries and after ten minutes; a mailbox gets its code by mail', async () => {
    const made = await send('POST', '/contacts', { kind: 'email', value: 'new.box@shouwang.invalid' });
    const path = `/contacts/${String(made.body['id'])}`;
    await send('POST', `${path}/code`, {});
    const code = await codeAt('new.box@shouwang.invalid');
    expect(code).toMatch(/^\d{6}$/);
    const tries = await Promise.all(
      Array.from({ length: 7 }, () => send('POST', `${path}/verify`, { code: otherThan(code) })),
    );
    expect(tries.map((one) => one.status).sort((a, b) => a - b)).toEqual([410, 410, 422, 422, 422, 422, 422]);
    expect((await send('POST', `${path}/verify`, { code })).status).toBe(410);
    const back = (minutes: number) => ({ codeSentAt: new Date(Date.now() - minutes * 60_000), codeTries: 0 });
    await db().contact.update({ where: { id: String(made.body['id']) }, data: back(11) });
    expect((await send('POST', `${path}/verify`, { code })).status).toBe(410);
    await db().contact.update({ where: { id: String(made.body['id']) }, data: back(9) });
    expect((await send('POST', `${path}/verify`, { code })).status).toBe(200);
    expect(await toldBy(ME, 'email')).toBe(t.account(ME).email);
  });

  test('more than five codes a day go to no number, whoever asks', async () => {
    const made = await send('POST', '/contacts', { kind: 'phone', value: '13800007703' });
    const path = `/contacts/${String(made.body['id'])}`;
    const earlier = { codeSentAt: new Date(Date.now() - 120_000) };
    for (let n = 0; n < 5; n += 1) {
      expect((await send('POST', `${path}/code`, {})).status).toBe(200);
      await db().contact.update({ where: { id: String(made.body['id']) }, data: earlier });
    }
    expect((await send('POST', `${path}/code`, {})).status).toBe(429);
  });
});

describe('what is not one’s own', () => {
  test('others’ numbers are the admin’s, duty phones and partners the supervisor’s', async () => {
    const phone = { kind: 'phone', value: '13800007710' };
    expect((await send('POST', '/contacts', { ...phone, staffId: 'xinhua_worker2' }, BOSS)).status).toBe(403);
    expect((await send('POST', '/contacts', { ...phone, staffId: 'xinhua_worker2' }, 'admin')).status).toBe(201);
    expect((await send('POST', '/contacts', { ...phone, dutyPhone: { role: 'worker' } })).status).toBe(403);
    const duty = await send('POST', '/contacts', { ...phone, dutyPhone: { role: 'worker' } }, BOSS);
    expect(duty.body['owner']).toEqual({ kind: 'duty_phone', stationId: 'xinhua', role: 'worker' });
    // A partner that works with every station is the bureau's.
    expect((await send('POST', '/contacts', { ...phone, partnerId: 'police-qinghe' }, BOSS)).status).toBe(403);
    expect((await send('POST', '/contacts', { ...phone, partnerId: 'police-qinghe' }, 'duty1')).status).toBe(201);
    expect((await send('POST', `/contacts/${String(duty.body['id'])}/code`, {}, 'donghu_supervisor')).status).toBe(404);
    expect((await send('DELETE', `/contacts/${randomUUID()}`)).status).toBe(404);
    expect((await mine()).every((one) => one['owner']['staffId'] === ME)).toBe(true);
    expect((await mine(BOSS)).some((one) => one['owner']['kind'] === 'duty_phone')).toBe(true);
  });

  test('all that is wrong is said at once', async () => {
    const wrong = await send('POST', '/contacts', {
      kind: 'phone',
      value: '0999-8012345',
      staffId: ME,
      partnerId: 'x',
    });
    expect((wrong.body['errors'] as Json[]).map((one) => String(one['path'])).sort()).toEqual(['staffId', 'value']);
    const old = await send('POST', '/contacts', { kind: 'phone', value: '13800007711', replaces: randomUUID() });
    expect((old.body['errors'] as Json[]).map((one) => one['path'])).toEqual(['replaces']);
  });
});
