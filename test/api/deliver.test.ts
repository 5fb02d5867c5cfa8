import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { createDeliver } from '../../activities/deliver';
import type { DeliverOutput } from '../../domain/messages';
import { findReply } from '../../store/reply-codes';
import { overdue, sendDeps, startDelivering, type CarrierRig, type Field } from './deliver-rig';

let field: Field;
let rig: CarrierRig;
let stop: () => Promise<void>;
let deliver: ReturnType<typeof createDeliver>;

beforeAll(async () => {
  ({ field, rig, stop } = await startDelivering());
  deliver = createDeliver(sendDeps(field.db, rig));
}, 600_000);
afterAll(() => stop?.());
afterEach(() => rig.control('POST', 'carrier', { mode: 'ok' }));

/** No attempt of the rig's takes longer than twice its channels' 20 seconds; then it could have been written down. */
const LONG_OVER_MS = 42_000;
const input = (one: { caseId: string; key: string }) => ({ caseId: one.caseId, key: one.key, at: Date.now() });
const misbehave = async (state: object) => expect((await rig.control('POST', 'carrier', state)).status).toBe(200);
const texted = async (phone: string | null) =>
  (await rig.messages()).filter((m) => m.to === `+86${phone}` && m.status !== 'rejected');
const rowOf = (key: string) => field.db.delivery.findUniqueOrThrow({ where: { key } });

/** As Temporal does: again when the failure says so, waiting what it asks for. */
async function retried(one: { caseId: string; key: string }, tries = 6): Promise<DeliverOutput> {
  for (let n = 1; ; n += 1) {
    try {
      const how = await deliver.deliver(input(one));
      if (how.outcome === 'held') throw new Error('held without limits');
      return how;
    } catch (error) {
      if (n === tries || !(error instanceof ApplicationFailure) || error.nonRetryable) throw error;
      await sleep(Number(error.nextRetryDelay));
    }
  }
}

async function failureOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApplicationFailure)) throw new Error(`no ApplicationFailure but ${String(error)}`);
  return error;
}

test('an overdue text says number, step, lateness and a code, and goes out once', async () => {
  const one = await overdue(field.db);
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
  const [text, ...more] = await texted(one.person.phone);
  expect(more).toEqual([]);
  const code = /回复(\d{4})确认/.exec(text?.text ?? '')?.[1] ?? '';
  expect(text?.text).toBe(`【守望】案件${one.number}的首次接触已逾期35分钟，请尽快处理。知悉后请回复${code}确认。`);
  expect(await findReply(field.db, one.person.phone ?? '', code)).toEqual({
    alertId: one.alertId,
    caseId: one.caseId,
    personId: one.person.id,
  });
  const row = await rowOf(one.key);
  expect(row).toMatchObject({ providerRef: text?.serialNo, attempts: 1 });
  expect(row.vars).toEqual({ number: one.number, step: 'first_contact', late: '35分钟', code });
});

test('a call reads out a text without variables', async () => {
  const one = await overdue(field.db, {}, ['voice']);
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
  const call = (await texted(one.person.phone)).find((m) => m.channel === 'voice');
  expect(call?.text).toContain('知悉请按一');
  expect((await rowOf(one.key)).providerRef).toBe(call?.serialNo);
});

test('the carrier took the text but its answer came too late: its records are asked and no second text goes out', async () => {
  const one = await overdue(field.db);
  await misbehave({ mode: 'slow', only: { to: `+86${one.person.phone}` } });
  const hurried = createDeliver({ ...sendDeps(field.db, rig), channels: rig.within(1) });
  const failure = await failureOf(hurried.deliver(input(one)));
  expect(failure).toMatchObject({ type: 'ProviderUnknown', nonRetryable: false });
  expect(await rowOf(one.key)).toMatchObject({ state: 'sending', attempts: 1 });
  await sleep(Number(failure.nextRetryDelay));
  expect(await retried(one)).toEqual({ outcome: 'sent' });
  const [text, ...more] = await texted(one.person.phone);
  expect(more).toEqual([]);
  expect(await rowOf(one.key)).toMatchObject({ providerRef: text?.serialNo, attempts: 1 });
});

test('a crash after the attempt was written down and before the carrier was called: the text goes out', async () => {
  const one = await overdue(field.db);
  const before = { state: 'sending', triedAt: new Date(Date.now() - LONG_OVER_MS), attempts: 1 };
  await field.db.delivery.update({ where: { key: one.key }, data: before });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
  expect(await texted(one.person.phone)).toHaveLength(1);
});

test('two lost answers to one phone: each message claims its own record', async () => {
  const first = await overdue(field.db);
  const shared = { phone: first.person.phone };
  const second = await overdue(field.db, shared);
  await misbehave({ mode: 'cutoff', only: { to: `+86${shared.phone}` } });
  await Promise.all([first, second].map((one) => failureOf(deliver.deliver(input(one)))));
  await misbehave({ mode: 'ok' });
  // As if both had waited until the carrier's records were up to date.
  const keys = [first.key, second.key];
  await field.db.delivery.updateMany({
    where: { key: { in: keys } },
    data: { triedAt: new Date(Date.now() - 3_000) },
  });
  const ended = await Promise.all([first, second].map((one) => retried(one)));
  expect(ended).toEqual([{ outcome: 'sent' }, { outcome: 'sent' }]);
  const refs = await Promise.all([first, second].map(async (one) => (await rowOf(one.key)).providerRef));
  const sent = await texted(shared.phone);
  expect(sent).toHaveLength(2);
  expect(new Set(refs)).toEqual(new Set(sent.map((m) => m.serialNo)));
});

test.each([
  ['down', 'ProviderUnknown'],
  ['error500', 'ProviderUnknown'],
  ['garbage', 'ProviderUnknown'],
])('%s: retried under the same key until the carrier is back, one text in the end', async (mode, type) => {
  const one = await overdue(field.db);
  await misbehave({ mode });
  expect((await failureOf(deliver.deliver(input(one)))).type).toBe(type);
  await misbehave({ mode: 'ok' });
  expect(await retried(one)).toEqual({ outcome: 'sent' });
  expect(await texted(one.person.phone)).toHaveLength(1);
});

test.each([
  'FailedOperation.PhoneNumberInBlacklist',
  'FailedOperation.InsufficientBalanceInSmsPackage',
  'LimitExceeded.PhoneNumberDailyLimit',
  'UnauthorizedOperation.SmsSdkAppIdVerifyFail',
])('%s fails at once, so that the next channel can do', async (code) => {
  const one = await overdue(field.db);
  await misbehave({ mode: 'reject', code, only: { to: `+86${one.person.phone}` } });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'failed', code });
  await misbehave({ mode: 'ok' });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'failed', code });
  expect(await texted(one.person.phone)).toEqual([]);
});

test('a busy carrier says when to come back', async () => {
  const one = await overdue(field.db);
  const code = 'LimitExceeded.PhoneNumberThirtySecondLimit';
  await misbehave({ mode: 'reject', code, only: { to: `+86${one.person.phone}` } });
  const failure = await failureOf(deliver.deliver(input(one)));
  expect(failure).toMatchObject({ type: 'ProviderBusy', message: code, nextRetryDelay: 31_000 });
  expect(await rowOf(one.key)).toMatchObject({ state: 'pending', attempts: 1 });
});

test.each([
  ['SMTP450', 'ProviderBusy'],
  ['SMTP550', undefined],
])('mail: %s', async (code, type) => {
  const one = await overdue(field.db, {}, ['email']);
  await misbehave({ mode: 'reject', code, only: { channel: 'email' } });
  if (type === undefined) {
    expect(await deliver.deliver(input(one))).toEqual({ outcome: 'failed', code });
    return;
  }
  expect(await failureOf(deliver.deliver(input(one)))).toMatchObject({ type, message: code });
  await misbehave({ mode: 'ok' });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
});

test('mail: a server that is away is tried again, and a line break in an address is refused', async () => {
  const one = await overdue(field.db, {}, ['email']);
  await misbehave({ mode: 'down' });
  expect((await failureOf(deliver.deliver(input(one)))).type).toMatch(/^Provider(Busy|Unknown)$/);
  await misbehave({ mode: 'ok' });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
  const bad = await overdue(field.db, { email: 'a@shouwang.invalid\r\nBcc: b@shouwang.invalid' }, ['email']);
  expect(await deliver.deliver(input(bad))).toEqual({ outcome: 'failed', code: 'HeaderInjection' });
});

test('giving up fails what is open and leaves alone what was sent', async () => {
  const open = await overdue(field.db);
  expect(await deliver.giveUp({ ...open, code: 'ProviderBusy' })).toEqual({ outcome: 'failed', code: 'ProviderBusy' });
  expect(await deliver.deliver(input(open))).toEqual({ outcome: 'failed', code: 'ProviderBusy' });
  const sent = await overdue(field.db);
  await deliver.deliver(input(sent));
  expect(await deliver.giveUp({ ...sent, code: 'ProviderBusy' })).toEqual({ outcome: 'sent' });
});

test('a key that nobody made is a failure that is not retried', async () => {
  const failure = await failureOf(deliver.deliver({ caseId: 'x', key: 'nobody', at: 0 }));
  expect(failure).toMatchObject({ type: 'DeliveryUnknown', nonRetryable: true });
  // The case is not held up by it: its workflow hears that it has failed.
  const given = { caseId: 'x', key: 'nobody', code: 'DeliveryUnknown' };
  expect(await deliver.giveUp(given)).toEqual({ outcome: 'failed', code: 'DeliveryUnknown' });
});
