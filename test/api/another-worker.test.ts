/** Another worker has begun the message: it is sent once, however long that one takes, and sent again only where it died. */
import { createDeliver } from '../../activities/deliver';
import { HeadStarts } from '../../activities/head-start';
import { takeUnit } from '../../store/budget';
import { beginAttempt } from '../../store/deliveries';
import { noteTries } from '../../store/tries';
import { eventually } from '../support/system';
import { overdue } from './deliver-rig';
import { onCarrier } from './on-carrier';

const on = onCarrier();
const { rowOf, texted } = on;

const now = () => ({ at: Date.now(), risk: 'high' as const });
/** Begun so long ago, as far as the row says. */
const begunAgo = (key: string, ms: number) =>
  on.field.db.delivery.update({
    where: { key },
    data: { state: 'sending', attempts: 1, triedAt: new Date(Date.now() - ms) },
  });

/** A message is on its way, another worker is asked for it, and then the first one gets through. @param ms that is under way for so long */
async function askedMeanwhile(
  one: Awaited<ReturnType<typeof overdue>>,
  channel: 'sms' | 'voice' | 'email',
  ms = 0,
): Promise<void> {
  const line = on.deps.channels[channel];
  let leave = (): void => undefined;
  const way = new Promise<void>((resolve) => (leave = resolve));
  const send: typeof line.send = (...asked) => way.then(() => line.send(...asked));
  const starts = new HeadStarts({ ...on.deps, channels: { ...on.deps.channels, [channel]: { ...line, send } } }, 5);
  starts.begin([{ key: one.key, channel }], now());
  const other = createDeliver(on.deps);
  for (;;) if ((await rowOf(one.key)).state === 'sending') break;
  if (ms > 0) await begunAgo(one.key, ms);
  await expect(other.deliver({ ...one, at: Date.now() })).rejects.toMatchObject({ message: 'RecordsBehind' });
  const all = { caseId: one.caseId, keys: [one.key], at: Date.now(), until: Date.now() + 60_000 };
  if (ms > 0) expect(await other.deliverAll(all)).toEqual({ ended: [], again: [one.key], held: [] });
  leave();
  await starts.idle();
  expect(await other.deliver({ ...one, at: Date.now() })).toEqual({ outcome: 'sent' });
}

test('another worker that is asked meanwhile waits for the carrier’s records and sends nothing', async () => {
  const one = await overdue(on.field.db);
  await askedMeanwhile(one, 'sms');
  expect(await texted(one.person.phone)).toHaveLength(1);
});

test('another worker that is asked meanwhile sends no second mail either, though a mail server keeps no records', async () => {
  const one = await overdue(on.field.db, {}, ['email']);
  await askedMeanwhile(one, 'email');
  expect((await on.rig.messages()).filter(({ to }) => to === one.person.email)).toHaveLength(1);
});

// The rig's channels wait for 20 seconds: a sending may take twice that.
test.each(['sms', 'email', 'voice'] as const)(
  '%s: who is slow is not taken for lost while the sending may go on, and nothing goes out twice',
  async (channel) => {
    const one = await overdue(on.field.db, {}, [channel]);
    await askedMeanwhile(one, channel, 30_000);
    const to = [one.person.email, `+86${one.person.phone}`];
    expect((await on.rig.messages()).filter((m) => to.includes(m.to))).toHaveLength(1);
  },
);

test.each(['sms', 'email'] as const)(
  '%s: of a worker that died, it is sent when its sending can go on no longer',
  async (channel) => {
    const one = await overdue(on.field.db, {}, [channel]);
    const deliver = () => createDeliver(on.deps).deliver({ ...one, at: Date.now() });
    // Far from the limit: a slow machine adds its own seconds.
    await begunAgo(one.key, 30_000);
    await expect(deliver()).rejects.toMatchObject({ message: 'RecordsBehind', nextRetryDelay: expect.any(Number) });
    await begunAgo(one.key, 42_000);
    expect(await deliver()).toEqual({ outcome: 'sent' });
  },
);

test('what the carrier has taken from a worker that died is not waited for: its records say so after two seconds', async () => {
  const one = await overdue(on.field.db);
  const { sms } = on.deps.channels;
  // It has sent the text, and is never heard of again.
  const send: typeof sms.send = (...asked) => sms.send(...asked).then(() => new Promise(() => undefined));
  new HeadStarts({ ...on.deps, channels: { ...on.deps.channels, sms: { ...sms, send } } }, 5).begin(
    [{ key: one.key, channel: 'sms' }],
    now(),
  );
  await eventually(
    () => texted(one.person.phone),
    (texts) => texts.length > 0,
  );
  await begunAgo(one.key, 3_000);
  expect(await createDeliver(on.deps).deliver({ ...one, at: Date.now() })).toEqual({ outcome: 'sent' });
  expect(await texted(one.person.phone)).toHaveLength(1);
});

test('a mail whose outcome is unknown to the one that sent it is under way no longer: it is sent again after two seconds', async () => {
  const one = await overdue(on.field.db, {}, ['email']);
  await begunAgo(one.key, 2_000);
  const unknown = { provider: 'smtp', at: Date.now() - 2_000, outcome: 'unknown', code: 'ETIMEDOUT', ms: 100 };
  await noteTries(on.field.db, one.key, { n: 1, tried: [unknown] });
  expect(await createDeliver(on.deps).deliver({ ...one, at: Date.now() })).toEqual({ outcome: 'sent' });
});

test('of two workers that have both read a message as new, one sends it', async () => {
  const { key } = await overdue(on.field.db);
  const row = await rowOf(key);
  expect(await beginAttempt(on.field.db, { ...row, vars: {}, provider: 'sms' })).toBe(true);
  expect(await beginAttempt(on.field.db, { ...row, vars: {}, provider: 'sms' })).toBe(false);
  expect(await rowOf(key)).toMatchObject({ state: 'sending', attempts: 1 });
  // Whoever has read what the other one did goes on from there.
  expect(await beginAttempt(on.field.db, { ...(await rowOf(key)), vars: {}, provider: 'sms' })).toBe(true);
});

test('the unit of the one that sends it stays taken, whatever the other one tries', async () => {
  const { key, person } = await overdue(on.field.db);
  const { attempts, priority, personId } = await rowOf(key);
  const phone = `+86${person.phone}`;
  const unit = {
    ...{ key, channel: 'sms' as const, phone, personId, priority, at: Date.now(), attempts, vars: {}, provider: 'sms' },
    ...{ content: 'a', carried: [] },
  };
  expect(await takeUnit(on.field.db, { ...unit, version: null, replaces: false })).toBe('taken');
  expect(await takeUnit(on.field.db, { ...unit, version: 1, replaces: true })).toBe('over');
  expect(await on.field.db.phoneUse.count({ where: { key } })).toBe(1);
});
