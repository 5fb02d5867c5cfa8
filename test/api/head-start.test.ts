/** Head starts: sent as soon as written down, once, and only what need not wait. */
import { createDeliver } from '../../activities/deliver';
import { HeadStarts } from '../../activities/head-start';
import { configureLimits } from '../../store/budget';
import { overdue, sendDeps, startDelivering, type CarrierRig, type Field } from './deliver-rig';

let field: Field;
let rig: CarrierRig;
let stop: () => Promise<void>;
let deps: ReturnType<typeof sendDeps>;

beforeAll(async () => {
  ({ field, rig, stop } = await startDelivering());
  deps = sendDeps(field.db, rig);
});
afterAll(() => stop());
afterEach(async () => {
  await rig.control('POST', 'carrier', { mode: 'ok' });
  await configureLimits(field.db, { sms: 'off', voice: 'off' });
});

const rowOf = (key: string) => field.db.delivery.findUniqueOrThrow({ where: { key } });
const texted = async (phone: string | null) =>
  (await rig.messages()).filter((m) => m.to === `+86${phone}` && m.status !== 'rejected');

test('a message goes out without being asked for, and whoever asks learns what became of it', async () => {
  const starts = new HeadStarts(deps);
  const one = await overdue(field.db);
  starts.begin([one.key], Date.now());
  // Begun twice, as by a record activity that is retried: still one text.
  starts.begin([one.key], Date.now());
  expect(await starts.take(one.key)).toEqual({ outcome: 'sent' });
  expect(await starts.take(one.key)).toBeUndefined();
  expect(await createDeliver(deps).deliver({ ...one, at: Date.now() })).toEqual({ outcome: 'sent' });
  expect(await texted(one.person.phone)).toHaveLength(1);
});

test('what would have to wait for a budget is left as it was, for the workflow to decide', async () => {
  await configureLimits(field.db, { sms: '1h:1', voice: 'off' });
  const first = await overdue(field.db);
  const starts = new HeadStarts(deps);
  starts.begin([first.key], Date.now());
  expect(await starts.take(first.key)).toEqual({ outcome: 'sent' });
  const second = await overdue(field.db, { phone: first.person.phone });
  starts.begin([second.key], Date.now());
  expect(await starts.take(second.key)).toBeUndefined();
  expect(await rowOf(second.key)).toMatchObject({ state: 'pending', attempts: 0, heldUntil: null, heldPhone: null });
});

test('a message that was tried before is not begun again', async () => {
  const one = await overdue(field.db);
  await field.db.delivery.update({ where: { key: one.key }, data: { state: 'sending', attempts: 1 } });
  const starts = new HeadStarts(deps);
  starts.begin([one.key], Date.now());
  expect(await starts.take(one.key)).toBeUndefined();
  expect(await texted(one.person.phone)).toEqual([]);
});

test('what the carrier asks to be given later is said to whoever asks, and refused is refused', async () => {
  const starts = new HeadStarts(deps);
  const later = await overdue(field.db);
  await rig.control('POST', 'carrier', { mode: 'error500', only: { to: `+86${later.person.phone}` } });
  starts.begin([later.key], Date.now());
  expect(await starts.take(later.key)).toMatchObject({ again: expect.any(String) });
  const refused = await overdue(field.db);
  const only = { to: `+86${refused.person.phone}` };
  await rig.control('POST', 'carrier', { mode: 'reject', code: 'FailedOperation.PhoneNumberInBlacklist', only });
  starts.begin([refused.key], Date.now());
  expect(await starts.take(refused.key)).toEqual({
    outcome: 'failed',
    code: 'FailedOperation.PhoneNumberInBlacklist',
  });
});

test('another worker that is asked meanwhile waits for the carrier’s records and sends nothing', async () => {
  const one = await overdue(field.db);
  const { sms } = deps.channels;
  let leave = (): void => undefined;
  const way = new Promise<void>((resolve) => (leave = resolve));
  const slow = {
    ...deps.channels,
    sms: { ...sms, send: (...asked: Parameters<typeof sms.send>) => way.then(() => sms.send(...asked)) },
  };
  const starts = new HeadStarts({ ...deps, channels: slow });
  starts.begin([one.key], Date.now());
  const other = createDeliver(deps);
  for (;;) if ((await rowOf(one.key)).state === 'sending') break;
  await expect(other.deliver({ ...one, at: Date.now() })).rejects.toMatchObject({ message: 'RecordsBehind' });
  leave();
  await starts.idle();
  expect(await other.deliver({ ...one, at: Date.now() })).toEqual({ outcome: 'sent' });
  expect(await texted(one.person.phone)).toHaveLength(1);
});

test('a key that no row answers for breaks nothing', async () => {
  const starts = new HeadStarts(deps);
  starts.begin(['no/such/key'], Date.now());
  expect(await starts.take('no/such/key')).toBeUndefined();
});
