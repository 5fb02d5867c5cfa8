/** Head starts: sent as soon as written down, once, and only what need not wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createDeliver } from '../../activities/deliver';
import { HeadStarts } from '../../activities/head-start';
import { Rush } from '../../activities/rush';
import { configureLimits } from '../../store/budget';
import { eventually } from '../support/system';
import { overdue } from './deliver-rig';
import { onCarrier } from './on-carrier';

const on = onCarrier();
const { rowOf, texted } = on;
afterEach(async () => {
  await on.rig.control('POST', 'carrier', { mode: 'ok' });
  await configureLimits(on.field.db, { sms: 'off', voice: 'off' });
});

const startsOf = (mostHeld = 5) => new HeadStarts(on.deps, mostHeld);
/** For a carrier that is slow: nobody waits long for it. */
const hurried = () => new HeadStarts({ ...on.deps, channels: on.rig.within(2) }, 5);
const text = (key: string) => ({ key, channel: 'sms' });
const now = () => ({ at: Date.now(), risk: 'high' as const });

test('a message goes out without being asked for, and whoever asks learns what became of it', async () => {
  const starts = startsOf();
  const one = await overdue(on.field.db);
  starts.begin([text(one.key)], now());
  // Begun twice, as by a record activity that is retried: still one text.
  starts.begin([text(one.key)], now());
  expect(await starts.take(one.key)).toEqual({ outcome: 'sent' });
  expect(await starts.take(one.key)).toBeUndefined();
  expect(await createDeliver(on.deps).deliver({ ...one, at: Date.now() })).toEqual({ outcome: 'sent' });
  expect(await texted(one.person.phone)).toHaveLength(1);
});

test('what has ended in time is told once, together; what has to be tried again is left to whoever asks', async () => {
  const starts = hurried();
  const [gone, slow] = [await overdue(on.field.db), await overdue(on.field.db)];
  await on.rig.control('POST', 'carrier', { mode: 'slow', only: { to: `+86${slow.person.phone}` } });
  starts.begin([text(gone.key), text(slow.key)], now());
  expect(await starts.settled([slow.key], 0)).toEqual([]);
  const told = await starts.settled([gone.key, slow.key, 'nothing of the kind'], 20_000);
  expect(told).toEqual([{ key: gone.key, outcome: 'sent' }]);
  expect(await starts.take(gone.key)).toBeUndefined();
  expect(await starts.take(slow.key)).toMatchObject({ again: expect.any(String) });
});

test('where too many wait to hear already, nobody else does', async () => {
  const starts = startsOf(0);
  const one = await overdue(on.field.db);
  starts.begin([text(one.key)], now());
  expect(await starts.settled([one.key], 20_000)).toEqual([]);
  expect(await starts.take(one.key)).toEqual({ outcome: 'sent' });
});

test('a mail goes beside a text that the carrier is slow with', async () => {
  const starts = hurried();
  const slow = await overdue(on.field.db);
  await on.rig.control('POST', 'carrier', { mode: 'slow', only: { to: `+86${slow.person.phone}` } });
  const mail = await overdue(on.field.db, {}, ['email']);
  starts.begin([{ key: mail.key, channel: 'email' }, text(slow.key)], now());
  expect(await starts.settled([mail.key], 20_000)).toEqual([{ key: mail.key, outcome: 'sent' }]);
  expect(await starts.take(slow.key)).toMatchObject({ again: expect.any(String) });
});

test('in a rush mails wait, and so does word of what has ended; when it ebbs both come', async () => {
  let clock = 0;
  const rush = new Rush(() => clock);
  for (let n = 0; n < 8; n += 1) rush.note();
  const starts = new HeadStarts(on.deps, 5, rush);
  const [one, mail] = [await overdue(on.field.db), await overdue(on.field.db, {}, ['email'])];
  starts.begin([text(one.key), { key: mail.key, channel: 'email' }], now());
  let told = false;
  const settled = starts.settled([one.key], 60_000).finally(() => (told = true));
  await eventually(
    () => rowOf(one.key),
    ({ state }) => state !== 'pending' && state !== 'sending',
  );
  // Time enough for both, were there nothing to wait for.
  await sleep(600);
  expect(told).toBe(false);
  expect(await rowOf(mail.key)).toMatchObject({ state: 'pending', attempts: 0 });
  clock += 1_000;
  expect(await settled).toEqual([{ key: one.key, outcome: 'sent' }]);
  expect(await starts.take(mail.key)).toEqual({ outcome: 'sent' });
});

test('a rush is waited for no longer than whoever asks can wait', async () => {
  let clock = 0;
  const rush = new Rush(() => clock);
  for (let n = 0; n < 8; n += 1) rush.note();
  const starts = new HeadStarts(on.deps, 5, rush);
  const one = await overdue(on.field.db);
  starts.begin([text(one.key)], now());
  await eventually(
    () => rowOf(one.key),
    ({ state }) => state !== 'pending' && state !== 'sending',
  );
  expect(await starts.settled([one.key], 3_000)).toEqual([{ key: one.key, outcome: 'sent' }]);
  // Whoever still waits for it to ebb would keep the process from ending.
  clock += 1_000;
});

test('what would have to wait for a budget is left as it was, for the workflow to decide', async () => {
  await configureLimits(on.field.db, { sms: '1h:1', voice: 'off' });
  const first = await overdue(on.field.db);
  const starts = startsOf();
  starts.begin([text(first.key)], now());
  expect(await starts.take(first.key)).toEqual({ outcome: 'sent' });
  const second = await overdue(on.field.db, { phone: first.person.phone });
  starts.begin([text(second.key)], now());
  expect(await starts.take(second.key)).toBeUndefined();
  expect(await rowOf(second.key)).toMatchObject({ state: 'pending', attempts: 0, heldUntil: null, heldPhone: null });
});

test('a message that was tried before is not begun again', async () => {
  const one = await overdue(on.field.db);
  await on.field.db.delivery.update({ where: { key: one.key }, data: { state: 'sending', attempts: 1 } });
  const starts = startsOf();
  starts.begin([text(one.key)], now());
  expect(await starts.take(one.key)).toBeUndefined();
  expect(await texted(one.person.phone)).toEqual([]);
});

test('what the carrier asks to be given later is said to whoever asks, and refused is refused', async () => {
  const starts = startsOf();
  const later = await overdue(on.field.db);
  await on.rig.control('POST', 'carrier', { mode: 'error500', only: { to: `+86${later.person.phone}` } });
  starts.begin([text(later.key)], now());
  expect(await starts.take(later.key)).toMatchObject({ again: expect.any(String) });
  const refused = await overdue(on.field.db);
  const only = { to: `+86${refused.person.phone}` };
  await on.rig.control('POST', 'carrier', { mode: 'reject', code: 'FailedOperation.PhoneNumberInBlacklist', only });
  starts.begin([text(refused.key)], now());
  expect(await starts.take(refused.key)).toEqual({
    outcome: 'failed',
    code: 'FailedOperation.PhoneNumberInBlacklist',
  });
});

test('a key that no row answers for breaks nothing', async () => {
  const starts = startsOf();
  starts.begin([text('no/such/key')], now());
  expect(await starts.take('no/such/key')).toBeUndefined();
});

test('texts go before mails, unless they hang; the worst case first; one that still waits is left to whoever asks', async () => {
  const begun: string[] = [];
  let leave = (): void => undefined;
  const way = new Promise<void>((resolve) => (leave = resolve));
  const { sms, email } = on.deps.channels;
  const watched: typeof on.deps.channels = {
    ...on.deps.channels,
    sms: {
      ...sms,
      send: async (message, ...more) => {
        begun.push(message.key);
        await way;
        return sms.send(message, ...more);
      },
    },
    email: {
      ...email,
      send: (message, ...more) => {
        begun.push(message.key);
        return email.send(message, ...more);
      },
    },
  };
  const starts = new HeadStarts({ ...on.deps, channels: watched }, 5);
  const many = await Promise.all(Array.from({ length: 18 }, () => overdue(on.field.db, {}, ['sms', 'email'])));
  const channelOf = (key: string): string => (key.includes('/email/') ? 'email' : 'sms');
  const worst = many[17];
  for (const { made } of many.slice(0, 17)) starts.begin(made, { at: Date.now(), risk: 'medium' });
  starts.begin(worst?.made ?? [], { at: Date.now(), risk: 'critical' });
  await eventually(
    () => Promise.resolve(begun.length),
    (n) => n >= 16,
  );
  // Whoever looks late sees mails behind them already.
  expect(begun.slice(0, 16).map(channelOf)).toEqual(Array.from({ length: 16 }, () => 'sms'));
  // All places are taken: it waits for one, and is called off.
  const waiting = many[16]?.made.find((one) => one.channel === 'sms')?.key ?? '';
  expect(await starts.take(waiting)).toBeUndefined();
  expect((await rowOf(waiting)).state).toBe('pending');
  // Meanwhile the texts hang, and the mails have gone.
  const sent = (channel: string): string[] => begun.filter((key) => channelOf(key) === channel);
  await eventually(
    () => Promise.resolve(sent('email').length),
    (n) => n === 18,
  );
  leave();
  await eventually(
    () => Promise.resolve(sent('sms').length),
    (n) => n === 17,
  );
  expect(sent('sms')[16]).toBe(worst?.made.find((one) => one.channel === 'sms')?.key);
  await starts.idle();
});
