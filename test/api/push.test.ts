/** Web push: consent, what it says, once a telling, gone devices, and that it never stands in the ladder's way. */
import { isPushService, pushWords } from '../../domain/push';
import { eventually, startSystem, type System } from '../support/system';
import { type Device, PushService, vapidClaims } from '../support/push-service';

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
let system: System;
let service: PushService;

beforeAll(async () => {
  [system, service] = await Promise.all([startSystem(), PushService.start()]);
}, 900_000);
afterAll(async () => {
  await system?.close();
  await service?.close();
});

interface Devices {
  publicKey: string | null;
  items: { id: string; label: string; sentAt: string | null }[];
}
const devicesOf = async (as: string): Promise<Devices> => (await system.ask<Devices>('GET', '/api/v1/push', as)).body;
const add = (device: Device, as: string, label = 'Chrome · Android') =>
  system.ask<{ id: string }>('POST', '/api/v1/push', as, { ...device.subscription, label });
const at = (device: Device) => service.arrivals.filter((one) => one.device === device.id);

async function lateCase(): Promise<{ id: string; number: string }> {
  const made = await system.report(WORKER);
  const { staffId } = system.account(WORKER);
  await system.ask('POST', `/api/v1/cases/${made.id}/assign`, SUPERVISOR, { staffId });
  await system.forward(made.id, 70);
  return made;
}

test('a device that asked is told number, step and lateness, sealed for it alone and signed by the station', async () => {
  const device = service.device();
  expect((await add(device, WORKER)).status).toBe(201);
  const { id, number } = await lateCase();
  await eventually(
    async () => at(device),
    (found) => found.some(({ payload }) => JSON.stringify(payload).includes('已逾期')),
  );
  // That it was sent stands there once the service has answered.
  const { publicKey, items } = await eventually(
    () => devicesOf(WORKER),
    ({ items: [one] }) => one?.sentAt !== null,
  );
  for (const { headers, payload, sealed } of at(device)) {
    const { key, claims } = vapidClaims(headers.authorization);
    expect([key, claims['aud']]).toEqual([publicKey, service.url]);
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
    expect(Object.keys(payload as object).sort()).toEqual(['body', 'path', 'tag', 'title']);
    expect(payload).toMatchObject({ title: `案件${number}`, path: `/cases/${id}` });
    // Neither the child nor anything of the story, and nothing at all in the clear.
    expect(JSON.stringify(payload)).not.toMatch(/测试儿童|无人照料|1380000/);
    expect(sealed.toString('latin1')).not.toContain(number);
  }
  // A text and a mail of one telling make one push.
  const tellings = at(device).map(({ payload }) => JSON.stringify(payload));
  expect(new Set(tellings).size).toBe(tellings.length);
  expect(items).toMatchObject([{ label: 'Chrome · Android' }]);
  expect(items[0]?.sentAt).not.toBeNull();
  // The texts went out as ever.
  expect((await system.told(id)).some(({ channel }) => channel === 'sms')).toBe(true);
});

test('switched off, nothing comes any more; nobody else’s device can be switched off', async () => {
  const device = service.device();
  const { id } = (await add(device, WORKER)).body;
  expect((await system.ask('POST', `/api/v1/push/${id}/remove`, SUPERVISOR)).status).toBe(404);
  expect((await system.ask('POST', `/api/v1/push/${id}/remove`, WORKER)).status).toBe(200);
  // Another one of the same person hears of it, so that it was pushed.
  const other = service.device();
  await add(other, WORKER, 'other');
  const { number } = await lateCase();
  await eventually(
    async () => at(other).map(({ payload }) => JSON.stringify(payload)),
    (heard) => heard.some((one) => one.includes(number) && one.includes('已逾期')),
  );
  expect(at(device)).toEqual([]);
});

test('a busy service is asked again; a device that is gone is forgotten', async () => {
  const [busy, gone] = [service.device(), service.device()];
  busy.answers = [503];
  gone.answers = [410];
  await add(busy, WORKER, 'busy');
  await add(gone, WORKER, 'gone');
  await lateCase();
  await eventually(
    async () => at(busy).length,
    (count) => count > 0,
  );
  await eventually(
    async () => (await devicesOf(WORKER)).items.map(({ label }) => label),
    (labels) => !labels.includes('gone') && labels.includes('busy'),
  );
});

test('the phone that changes hands is told what its new owner is told', async () => {
  const device = service.device();
  await add(device, WORKER, 'shared');
  await add(device, SUPERVISOR, 'shared');
  expect((await devicesOf(WORKER)).items.map(({ label }) => label)).not.toContain('shared');
  expect((await devicesOf(SUPERVISOR)).items.map(({ label }) => label)).toContain('shared');
});

test('an address that is of no push service is refused, so that nobody has us call elsewhere', async () => {
  const { keys } = service.device().subscription;
  for (const endpoint of ['http://10.0.0.1/push', 'https://evil.example/push', 'http://localhost/push']) {
    const reply = await system.ask('POST', '/api/v1/push', WORKER, { endpoint, keys, label: 'x' });
    expect([endpoint, reply.status]).toEqual([endpoint, 422]);
  }
  expect(isPushService('https://fcm.googleapis.com/fcm/send/abc')).toBe(true);
  expect(isPushService('https://wns2-by3p.notify.windows.com/w/?token=x')).toBe(true);
  expect(isPushService('https://fcm.googleapis.com.evil.example/')).toBe(false);
  expect(isPushService('https://user:pass@fcm.googleapis.com/')).toBe(false);
  expect(isPushService('https://push.example.cn/x', ['push.example.cn'])).toBe(true);
  expect((await system.ask('GET', '/api/v1/push', 'evaluator')).status).toBe(403);
});

test('a drill says so', () => {
  const about = { caseId: 'c', number: 'A0001', stepId: 's', step: '首次接触', left: '30分钟', drill: true };
  expect(pushWords(about)).toMatchObject({ title: '【演练】案件A0001', body: '首次接触还剩30分钟' });
});
