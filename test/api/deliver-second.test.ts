import { ApplicationFailure } from '@temporalio/common';
import { createCourier } from '../../activities/courier';
import { createDeliver } from '../../activities/deliver';
import type { SendDeps } from '../../activities/deps';
import { openFaults } from '../../store/faults';
import { hire, overdue, sendDeps, startDeliveringTwice, type CarrierRig, type Delivering } from './deliver-rig';

let town: Delivering;
let deps: SendDeps;
let deliver: ReturnType<typeof createDeliver>;

beforeAll(async () => {
  town = await startDeliveringTwice();
  deps = sendDeps(town.field.db, town.rig);
  deliver = createDeliver(deps);
}, 600_000);
afterAll(() => town?.stop());
afterEach(async () => {
  await Promise.all([town.rig, town.second].map((rig) => rig.control('POST', 'carrier', { mode: 'ok' })));
});

const input = (one: { caseId: string; key: string }) => ({ caseId: one.caseId, key: one.key, at: Date.now() });
const all = (...made: { caseId: string; key: string }[]) =>
  Promise.allSettled(made.map((one) => deliver.deliver(input(one))));
/** For a provider that hangs: nobody waits longer than so many seconds for it. */
const within = (seconds: number) => createDeliver({ ...deps, channels: town.rig.within(seconds) });
const misbehave = async (rig: CarrierRig, state: object) =>
  expect((await rig.control('POST', 'carrier', state)).status).toBe(200);
const got = async (rig: CarrierRig, to: string) =>
  (await rig.messages()).filter((m) => m.to === to && m.status !== 'rejected');
const phoneOf = (one: { person: { phone: string | null } }) => `+86${one.person.phone}`;
const rowOf = (key: string) => town.field.db.delivery.findUniqueOrThrow({ where: { key } });
const triesOf = async (key: string) =>
  (await town.field.db.deliveryAttempt.findMany({ where: { key }, orderBy: { id: 'asc' } })).map((one) =>
    [one.n, one.provider, one.outcome, one.code].filter((part) => part !== null).join(' '),
  );

async function failureOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApplicationFailure)) throw new Error(`no ApplicationFailure but ${String(error)}`);
  return error;
}

test('no balance: the second takes the text in the same attempt, and administrators are told once what to mend', async () => {
  const { db } = town.field;
  const admin = await hire(db, { phone: '13800009901', email: 'admin@shouwang.invalid' });
  await db.staff.update({ where: { id: admin.id }, data: { role: 'admin' } });
  const code = 'FailedOperation.InsufficientBalanceInSmsPackage';
  await misbehave(town.rig, { mode: 'reject', code, only: { channel: 'sms' } });
  const [one, two] = [await overdue(db), await overdue(db)];
  expect((await all(one, two)).map((ended) => ended.status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await got(town.second, phoneOf(one))).toHaveLength(1);
  expect(await triesOf(one.key)).toEqual([`1 sms refused ${code}`, '1 sms2 sent']);
  expect(await rowOf(one.key)).toMatchObject({ state: 'sent', provider: 'sms2', attempts: 1 });
  expect(await openFaults(db)).toMatchObject([{ provider: 'sms', code, subject: '', kind: 'balance', count: 2 }]);

  await createCourier(deps).sendWaiting();
  const mails = (await town.rig.messages()).filter((m) => m.to === admin.email);
  expect(mails.map((m) => m.subject)).toEqual(['消息通道需要处理：套餐余量不足']);
  expect(mails[0]?.text).toContain(code);
  expect((await got(town.second, '+8613800009901')).map((m) => m.text)).toEqual([
    '【守望】消息通道出现故障：套餐余量不足。部分提醒可能无法送达，请登录系统查看处理办法。',
  ]);

  await misbehave(town.rig, { mode: 'ok' });
  await deliver.deliver(input(await overdue(db)));
  expect(await openFaults(db)).toEqual([]);
});

test('a blacklisted number is not written to by a side door; its fault is about that person alone', async () => {
  const { db } = town.field;
  const one = await overdue(db);
  const code = 'FailedOperation.PhoneNumberInBlacklist';
  await misbehave(town.rig, { mode: 'reject', code, only: { to: phoneOf(one) } });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'failed', code });
  expect(await got(town.second, phoneOf(one))).toEqual([]);
  await deliver.deliver(input(await overdue(db)));
  expect(await openFaults(db)).toMatchObject([{ code, subject: one.person.id, kind: 'blacklist' }]);
});

test.each(['error500', 'garbage', 'hang-before'])(
  '%s: its records are asked, and where they cannot be for ten seconds, the second sends',
  async (mode) => {
    const { db } = town.field;
    const one = await overdue(db);
    await misbehave(town.rig, { mode, only: { to: phoneOf(one) } });
    const { deliver: send } = mode === 'hang-before' ? within(1) : deliver;
    expect((await failureOf(send(input(one)))).type).toBe('ProviderUnknown');
    const begun = async (secondsAgo: number) =>
      db.delivery.update({ where: { key: one.key }, data: { triedAt: new Date(Date.now() - secondsAgo * 1_000) } });
    await begun(5);
    expect(await failureOf(send(input(one)))).toMatchObject({ message: 'RecordsUnsure' });
    expect(await got(town.second, phoneOf(one))).toEqual([]);
    await begun(11);
    expect(await send(input(one))).toEqual({ outcome: 'sent' });
    expect(await got(town.second, phoneOf(one))).toHaveLength(1);
    expect(await rowOf(one.key)).toMatchObject({ state: 'sent', provider: 'sms2', attempts: 2 });
    const tries = await triesOf(one.key);
    expect(tries.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '1 sms unknown',
      '1 sms unsure',
      '1 sms unsure',
      '2 sms2 sent',
    ]);
  },
);

test('the records of whoever was handed the message are asked', async () => {
  const { db } = town.field;
  const one = await overdue(db);
  await misbehave(town.second, { mode: 'cutoff', only: { to: phoneOf(one) } });
  await misbehave(town.rig, {
    mode: 'reject',
    code: 'UnauthorizedOperation.ServiceSuspendDueToArrears',
    only: { to: phoneOf(one) },
  });
  expect((await failureOf(deliver.deliver(input(one)))).type).toBe('ProviderUnknown');
  expect(await rowOf(one.key)).toMatchObject({ state: 'sending', provider: 'sms2' });
  await misbehave(town.rig, { mode: 'ok' });
  await db.delivery.update({ where: { key: one.key }, data: { triedAt: new Date(Date.now() - 3_000) } });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
  const [taken, ...more] = await got(town.second, phoneOf(one));
  expect(more).toEqual([]);
  expect(await rowOf(one.key)).toMatchObject({ providerRef: taken?.serialNo, attempts: 1 });
  expect((await triesOf(one.key)).at(-1)).toBe('1 sms2 found');
});

test.each([
  ['down', { outcome: 'sent' }],
  ['reject', { outcome: 'sent' }],
])('mail, %s: the second server takes it at once', async (mode, ended) => {
  const one = await overdue(town.field.db, {}, ['email']);
  await misbehave(town.rig, { mode, ...(mode === 'reject' && { code: 'SMTP450' }) });
  expect(await deliver.deliver(input(one))).toEqual(ended);
  expect(await got(town.second, one.person.email ?? '')).toHaveLength(1);
  expect(await rowOf(one.key)).toMatchObject({ provider: 'smtp2' });
});

test('a provider that hangs on one message holds up nobody else', async () => {
  const { db } = town.field;
  const [stuck, ...others] = [await overdue(db), await overdue(db), await overdue(db)];
  for (const rig of [town.rig, town.second])
    await misbehave(rig, { mode: 'hang-before', only: { to: phoneOf(stuck) } });
  const made = [stuck, ...others];
  const { deliver: send } = within(4);
  const how = await Promise.allSettled(made.map((one) => send(input(one))));
  expect(how.map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  const keys = made.map((one) => one.key);
  const ended = await db.deliveryAttempt.findMany({ where: { key: { in: keys } }, orderBy: { id: 'asc' } });
  expect(ended.map((one) => one.outcome)).toEqual(['sent', 'sent', 'unknown']);
});

test('what was tried cannot be changed afterwards', async () => {
  await expect(town.field.db.deliveryAttempt.updateMany({ data: { outcome: 'sent' } })).rejects.toThrow(/append-only/);
  await expect(town.field.db.deliveryAttempt.deleteMany()).rejects.toThrow(/append-only/);
});
