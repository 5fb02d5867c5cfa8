import { randomUUID } from 'node:crypto';
import { createCourier } from '../../activities/courier';
import { createDeliver } from '../../activities/deliver';
import { createRecord } from '../../activities/record';
import type { RecordInput } from '../../domain/messages';
import type { Channel } from '../../domain/channels';
import type { RungRole } from '../../domain/model';
import { dingtalkSecretOf } from '../../sandbox/carrier/robots';
import { loadPolicies } from '../../store/policies';
import { startTestApi, type TestApi } from '../support/api';
import { POLICIES, lateCase, overdueTell, sendDeps, startCarrierRig, type CarrierRig } from './deliver-rig';

const TOKEN = 'a'.repeat(64);
const SECRET = dingtalkSecretOf(TOKEN);

let t: TestApi;
let rig: CarrierRig;
let deps: ReturnType<typeof sendDeps>;
let deliver: ReturnType<typeof createDeliver>;
let record: ReturnType<typeof createRecord>['record'];

beforeAll(async () => {
  t = await startTestApi();
  rig = await startCarrierRig(t.url, t.config.carrierSecret);
  deps = sendDeps(t.api.deps.db, rig, Buffer.from(t.config.vaultKey, 'base64'));
  deliver = createDeliver(deps);
  record = createRecord({ ...deps, policies: loadPolicies(POLICIES) }).record;
}, 600_000);
afterAll(async () => {
  await rig?.stop();
  await t?.close();
});
afterEach(async () => {
  await rig.control('POST', 'carrier', { mode: 'ok', limits: 'off' });
  for (const { id } of (await t.ask('GET', '/api/v1/robots', { as: 'admin' })).body['items'] as { id: string }[]) {
    await t.ask('DELETE', `/api/v1/robots/${id}`, { as: 'admin' });
  }
});

const enter = async (robot: object): Promise<string> => {
  const { status, body } = await t.ask('POST', '/api/v1/robots', { as: 'admin', body: robot });
  expect(status).toBe(201);
  return body['id'];
};
const wecom = (stationId = 'xinhua') => ({ stationId, kind: 'wecom', name: '值守群', key: randomUUID() });
const dingtalk = (secret?: string) => ({ stationId: 'bureau', kind: 'dingtalk', name: '值班群', key: TOKEN, secret });
const posts = async (to: string) => (await rig.messages()).filter((m) => m.to === to.slice(0, 8));

/** What the record activity makes of a rung of a late case of the xinhua station. */
async function rung(role: RungRole, channels: Channel[]) {
  const { db } = deps;
  if (!(await db.station.findUnique({ where: { id: 'east' } }))) {
    await db.station.create({ data: { id: 'east', name: '城东站' } });
  }
  const { caseId, alertId, number } = await lateCase(db);
  const tell = { ...overdueTell(alertId, { role }), channels };
  const projection: RecordInput['projection'] = {
    ...{ rev: 2, policyVersion: 'test', status: 'open', risk: 'high', triggers: [], overdue: true },
    ...{ steps: [], alerts: [], referrals: [] },
  };
  const input = { caseId, stationId: 'xinhua', at: Date.now(), events: [], projection, tells: [tell] };
  const { told } = await record(input);
  return { caseId, alertId, number, told: told[0] };
}

const sendOut = (caseId: string, key: string, by = deliver) => by.deliver({ caseId, key, at: Date.now() });

test('a group hears of a late step beside the people, without a code, a link or a name', async () => {
  const robot = wecom();
  const id = await enter(robot);
  const { caseId, number, told } = await rung('supervisor', ['sms', 'wecom']);
  expect(told?.deliveries.map((one) => one.channel)).toEqual(['sms']);
  expect(told?.groups?.map((one) => one.key)).toEqual([`${told?.tellId}/wecom/${id}`]);
  expect(await sendOut(caseId, told?.groups?.[0]?.key ?? '')).toEqual({ outcome: 'sent' });
  expect((await posts(robot.key)).map((m) => m.text)).toEqual([
    `守望提醒：案件${number}的首次接触已逾期35分钟，请经办人尽快处理，并在本人收到的短信、邮件或系统中确认。`,
  ]);
});

test("the duty officer's rung is heard by the bureau's group, signed as DingTalk asks for it", async () => {
  const id = await enter(dingtalk(SECRET));
  const { caseId, told } = await rung('duty_officer', ['dingtalk']);
  expect(told?.deliveries.map((one) => one.key)).toEqual([`${told?.tellId}/dingtalk/${id}`]);
  expect(await sendOut(caseId, told?.deliveries[0]?.key ?? '')).toEqual({ outcome: 'sent' });
  expect(await posts(TOKEN)).toHaveLength(1);
});

test('a wrong secret is refused for good, and administrators are told that the robot needs mending', async () => {
  const id = await enter(dingtalk(`${SECRET.slice(0, -1)}x`));
  const { caseId, told } = await rung('duty_officer', ['dingtalk']);
  const key = told?.deliveries[0]?.key ?? '';
  expect(await sendOut(caseId, key)).toEqual({ outcome: 'failed', code: 'DingTalk310000' });
  const { body } = await t.ask('GET', '/api/v1/system/faults', { as: 'duty1' });
  expect(body['items']).toMatchObject([
    { provider: 'dingtalk', code: 'DingTalk310000', kind: 'robot_rule', subject: id },
  ]);
  await createCourier(deps).sendWaiting();
  const told2 = (await rig.messages()).filter((m) => m.to === t.account('admin').email);
  expect(told2.map((m) => m.subject)).toEqual(['消息通道需要处理：机器人受限']);
});

test('no robot where only robots should tell: the rung is empty', async () => {
  const { told } = await rung('worker', ['wecom', 'dingtalk']);
  expect(told).toMatchObject({ deliveries: [], empty: 'no_contact' });
});

test('nobody on duty: the group hears of it, and the rung is empty all the same', async () => {
  const robot = wecom();
  await enter(robot);
  const rotation = { stationId: 'xinhua', role: 'supervisor' };
  await deps.db.rotation.updateMany({ where: rotation, data: { endsAt: new Date(0) } });
  const { caseId, told } = await rung('supervisor', ['sms', 'wecom']);
  await deps.db.rotation.updateMany({ where: rotation, data: { endsAt: null } });
  expect(told).toMatchObject({ deliveries: [], empty: 'nobody_on_duty' });
  expect(await sendOut(caseId, told?.groups?.[0]?.key ?? '')).toEqual({ outcome: 'sent' });
});

test('the twenty-first message of a minute is put off', async () => {
  const robot = wecom();
  await enter(robot);
  await rig.control('POST', 'carrier', { limits: 'default' });
  for (let n = 0; n < 20; n += 1) {
    const { status } = await fetch(`http://127.0.0.1:${rig.carrier.port}/cgi-bin/webhook/send?key=${robot.key}`, {
      method: 'POST',
      body: JSON.stringify({ msgtype: 'text', text: { content: '守望' } }),
    });
    expect(status).toBe(200);
  }
  const { caseId, told } = await rung('worker', ['wecom']);
  await expect(sendOut(caseId, told?.deliveries[0]?.key ?? '')).rejects.toMatchObject({
    type: 'ProviderBusy',
    message: 'WeCom45009',
  });
});

test.each(['down', 'error500', 'garbage', 'cutoff', 'hang-before'])(
  '%s: posted again until it is there',
  async (mode) => {
    const robot = wecom();
    await enter(robot);
    const { caseId, told } = await rung('worker', ['wecom']);
    const key = told?.deliveries[0]?.key ?? '';
    await rig.control('POST', 'carrier', { mode, only: { channel: 'wecom' } });
    const by = mode === 'hang-before' ? createDeliver({ ...deps, channels: rig.within(1) }) : deliver;
    await expect(sendOut(caseId, key, by)).rejects.toMatchObject({ type: 'ProviderUnknown' });
    await rig.control('POST', 'carrier', { mode: 'ok' });
    // Two seconds later: until then another worker might still be about to say that it has posted it.
    await t.api.deps.db.delivery.update({ where: { key }, data: { triedAt: new Date(Date.now() - 2_000) } });
    expect(await sendOut(caseId, key)).toEqual({ outcome: 'sent' });
  },
);

test('a robot is entered once under one key, listed without its key, tried, and retired with its key destroyed', async () => {
  const robot = wecom();
  const headers = { 'idempotency-key': randomUUID() };
  const first = await t.ask('POST', '/api/v1/robots', { as: 'admin', body: robot, headers });
  const again = await t.ask('POST', '/api/v1/robots', { as: 'admin', body: robot, headers });
  expect(again.body).toEqual(first.body);
  const listed = await t.ask('GET', '/api/v1/robots', { as: 'admin' });
  expect(listed.body['items']).toEqual([first.body]);
  expect(JSON.stringify(listed.body)).not.toContain(robot.key);
  const id = first.body['id'] as string;

  const courier = createCourier(deps).start();
  const tried = await t.ask('POST', `/api/v1/robots/${id}/test`, { as: 'admin', body: {} });
  await courier.stop();
  expect([tried.status, tried.body]).toEqual([200, { state: 'sent', code: null }]);
  expect((await posts(robot.key)).map((m) => m.text)).toEqual([
    '守望提醒：这是一条测试消息，本群机器人已接入，今后会在这里提示临近时限和逾期的步骤。',
  ]);

  const { caseId, told } = await rung('worker', ['wecom']);
  expect((await t.ask('DELETE', `/api/v1/robots/${id}`, { as: 'admin' })).status).toBe(200);
  expect((await t.ask('DELETE', `/api/v1/robots/${id}`, { as: 'admin' })).status).toBe(404);
  const row = await deps.db.robot.findUniqueOrThrow({ where: { id } });
  expect(row.sealed).toHaveLength(0);
  expect(await sendOut(caseId, told?.deliveries[0]?.key ?? '')).toEqual({ outcome: 'failed', code: 'NoContact' });
});

test('everything wrong with a robot is named; an address is never taken', async () => {
  const bad = { ...wecom('nowhere'), key: 'https://127.0.0.1/hook?key=1', secret: SECRET, url: 'http://10.0.0.1' };
  const { status, body } = await t.ask('POST', '/api/v1/robots', { as: 'admin', body: bad });
  expect(status).toBe(422);
  const paths = (body['errors'] as unknown as { path: string }[]).map((one) => one.path);
  expect(paths).toEqual(expect.arrayContaining(['key', 'url']));
  const other = await t.ask('POST', '/api/v1/robots', { as: 'admin', body: wecom('nowhere') });
  expect(other.body['errors']).toEqual([{ path: 'stationId', message: 'there is no such station' }]);
  expect((await t.ask('POST', '/api/v1/robots', { as: 'xinhua_supervisor', body: wecom() })).status).toBe(403);
});
