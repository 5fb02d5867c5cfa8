/** Who a tell reaches: persons by their verified numbers, shared numbers once, and the duty phone as well. */
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { createRecord } from '../../../activities/record';
import { createDeliver } from '../../../activities/deliver';
import { loadPolicies } from '../../../store/policies';
import { findReply } from '../../../store/reply-codes';
import { deliveryOf } from '../../../store/receipts';
import type { Tell } from '../../../domain/alert';
import { hire, lateCase, overdueTell, POLICIES, reachBy, sendDeps, startDelivering } from '../deliver-rig';
import type { CarrierRig, Field } from '../deliver-rig';

const DUTY_PHONE = '+8613900000001';
const ROLE = { role: 'worker' } as const;

let field: Field;
let rig: CarrierRig;
let stop: () => Promise<void>;
let record: ReturnType<typeof createRecord>['record'];
let deliver: ReturnType<typeof createDeliver>['deliver'];

beforeAll(async () => {
  ({ field, rig, stop } = await startDelivering());
  const deps = { ...sendDeps(field.db, rig), policies: loadPolicies(POLICIES) };
  ({ record } = createRecord(deps));
  ({ deliver } = createDeliver(deps));
}, 600_000);
afterAll(() => stop?.());
afterEach(async () => {
  await field.db.rotation.deleteMany();
  await field.db.contact.deleteMany({ where: { dutyRole: { not: null } } });
});

async function onDuty(...members: string[]): Promise<void> {
  const common = { stationId: 'east', role: 'worker', name: '固定值班', shiftDays: 7, startsAt: new Date(0) };
  await field.db.rotation.createMany({ data: members.map((one) => ({ ...common, members: [one] })) });
}
const dutyPhone = (verified = true) =>
  field.db.contact.create({
    data: {
      ...{ stationId: 'east', dutyRole: 'worker', kind: 'phone', value: DUTY_PHONE },
      verifiedAt: verified ? new Date() : null,
    },
  });

async function tell(
  late: Awaited<ReturnType<typeof lateCase>>,
  to: Tell['to'] = ROLE,
  more: Tell[] = [],
  assigneeId?: string,
  at = Date.now(),
) {
  const { told } = await record({
    caseId: late.caseId,
    stationId: 'east',
    at,
    events: [],
    projection: {
      ...{ rev: 2, policyVersion: 'test', status: 'open', risk: 'high', overdue: true },
      ...{ triggers: [], steps: [], alerts: [], referrals: [], ...(assigneeId !== undefined && { assigneeId }) },
    },
    tells: [overdueTell(late.alertId, to), ...more],
  });
  return told;
}
const keysOf = (told: Awaited<ReturnType<typeof tell>>) => told.flatMap((one) => one.deliveries.map(({ key }) => key));
const shortOf = (late: { alertId: string }, told: Awaited<ReturnType<typeof tell>>) =>
  keysOf(told).map((key) => key.replace(`${late.alertId}/1/`, ''));

test('people on duty who share a number get one text and their own mails', async () => {
  const [a, b] = [await hire(field.db), await hire(field.db)];
  await reachBy(field.db, { staffId: b.id }, { phone: a.phone, email: b.email });
  await onDuty(a.id, b.id);
  const late = await lateCase(field.db);
  expect(shortOf(late, await tell(late))).toEqual([`0/sms/${a.id}`, `0/email/${a.id}`, `0/email/${b.id}`]);
});

test('somebody told by the number of another rung counts as told', async () => {
  const [a, b] = [await hire(field.db), await hire(field.db)];
  await reachBy(field.db, { staffId: b.id }, { phone: a.phone });
  const late = await lateCase(field.db);
  const [first, second] = await tell(late, { staffId: a.id }, [overdueTell(late.alertId, { staffId: b.id }, 1)]);
  expect(first?.deliveries).toHaveLength(2);
  expect(second).toEqual({ tellId: `${late.alertId}/1/1`, deliveries: [] });
});

test('a number is used up only by a tell that texts it', async () => {
  const [a, b] = [await hire(field.db), await hire(field.db)];
  await reachBy(field.db, { staffId: b.id }, { phone: a.phone });
  const late = await lateCase(field.db);
  const [mailed, texted] = [
    { ...overdueTell(late.alertId, { staffId: a.id }), id: `${late.alertId}/1/0`, channels: ['email' as const] },
    overdueTell(late.alertId, { staffId: b.id }, 1),
  ];
  const [, , second] = await tell(await lateCase(field.db), { staffId: a.id }, [mailed, texted]);
  expect(second?.deliveries.map((one) => one.channel)).toEqual(['sms']);
});

test('the duty phone rings as well, and answers for who is on duty', async () => {
  const person = await hire(field.db);
  await onDuty(person.id);
  const phone = await dutyPhone();
  const late = await lateCase(field.db);
  const told = await tell(late);
  expect(shortOf(late, told)).toEqual([`0/sms/${person.id}`, `0/email/${person.id}`, `0/sms/${phone.id}`]);
  const key = keysOf(told).at(-1) ?? '';
  expect(await deliver({ caseId: late.caseId, key, at: Date.now() })).toEqual({ outcome: 'sent' });
  const text = (await rig.messages()).find((one) => one.to === DUTY_PHONE)?.text ?? '';
  const code = /回复(\d{4})确认/.exec(text)?.[1] ?? '';
  expect(await findReply(field.db, DUTY_PHONE, code)).toMatchObject({ alertId: late.alertId, personId: person.id });
  // While nobody is on duty the phone itself has answered: an acknowledgement is never lost.
  await field.db.rotation.deleteMany();
  expect(await findReply(field.db, DUTY_PHONE, code)).toMatchObject({ personId: phone.id });
  await field.db.contact.update({ where: { id: phone.id }, data: { removedAt: new Date() } });
  expect(await findReply(field.db, DUTY_PHONE, code)).toBeUndefined();
});

test('the duty phone is told where nobody is on duty, and once where it is somebody’s own', async () => {
  const phone = await dutyPhone();
  const late = await lateCase(field.db);
  expect(shortOf(late, await tell(late))).toEqual([`0/sms/${phone.id}`]);
  const person = await hire(field.db, { phone: DUTY_PHONE.replace('+86', ''), email: null });
  await onDuty(person.id);
  const next = await lateCase(field.db);
  expect(shortOf(next, await tell(next))).toEqual([`0/sms/${person.id}`]);
});

test('a number that is not verified, or was taken away, is not told; a receipt finds its message all the same', async () => {
  const person = await hire(field.db);
  await onDuty(person.id);
  await field.db.contact.updateMany({ where: { staffId: person.id }, data: { verifiedAt: null } });
  await dutyPhone(false);
  const late = await lateCase(field.db);
  expect(await tell(late)).toEqual([{ tellId: `${late.alertId}/1/0`, deliveries: [], empty: 'no_contact' }]);
  await field.db.contact.updateMany({ where: { staffId: person.id }, data: { verifiedAt: new Date() } });
  const again = await lateCase(field.db);
  const key = keysOf(await tell(again))[0] ?? '';
  await field.db.delivery.update({ where: { key }, data: { state: 'sending' } });
  await field.db.contact.updateMany({ where: { staffId: person.id }, data: { removedAt: new Date() } });
  const receipt = { channel: 'sms', ref: 'unknown', phone: person.phone ?? '' } as const;
  expect(await deliveryOf(field.db, receipt)).toMatchObject({ key });
});

test('whoever is on leave is not told, and who has left neither', async () => {
  const [a, b] = [await hire(field.db), await hire(field.db)];
  const common = { stationId: 'east', role: 'worker', name: '周轮值', shiftDays: 7, startsAt: new Date(0) };
  await field.db.rotation.create({ data: { ...common, members: [a.id, b.id] } });
  const away = { fromAt: new Date(Date.now() - 1_000), untilAt: new Date(Date.now() + 3_600_000) };
  await field.db.leave.create({ data: { staffId: a.id, ...away } });
  const late = await lateCase(field.db);
  expect(shortOf(late, await tell(late))).toEqual([`0/sms/${b.id}`, `0/email/${b.id}`]);
  await field.db.staff.update({ where: { id: b.id }, data: { active: false } });
  const next = await lateCase(field.db);
  expect((await tell(next))[0]?.empty).toBe('nobody_on_duty');
});

test('while an assignee is on leave the worker on duty is told; without one the assignee all the same', async () => {
  const [mine, other] = [await hire(field.db, { email: null }), await hire(field.db, { email: null })];
  const told = async (late: Awaited<ReturnType<typeof lateCase>>) => shortOf(late, await tell(late, ROLE, [], mine.id));
  await onDuty(other.id);
  expect(await told(await lateCase(field.db))).toEqual([`0/sms/${mine.id}`]);
  const away = { fromAt: new Date(Date.now() - 1_000), untilAt: new Date(Date.now() + 3_600_000) };
  await field.db.leave.create({ data: { staffId: mine.id, ...away } });
  expect(await told(await lateCase(field.db))).toEqual([`0/sms/${other.id}`]);
  await field.db.rotation.deleteMany();
  expect(await told(await lateCase(field.db))).toEqual([`0/sms/${mine.id}`]);
});

test('a further channel that is recorded again after a crash names the same messages, and nobody else’s', async () => {
  const [a, b] = [await hire(field.db), await hire(field.db)];
  await onDuty(a.id, b.id);
  const late = await lateCase(field.db);
  await tell(late);
  // The one’s text arrived; the other’s is not heard of.
  await field.db.delivery.updateMany({
    where: { alertId: late.alertId, personId: a.id },
    data: { state: 'delivered' },
  });
  const at = Date.now() + 120_000;
  const further: Tell = { ...overdueTell(late.alertId, ROLE), channels: ['voice'], unheard: { why: 'silent' } };
  const input: Parameters<typeof record>[0] = {
    ...{ caseId: late.caseId, stationId: 'east', at, events: [], tells: [further] },
    projection: {
      ...{ rev: 2, policyVersion: 'test', status: 'open', risk: 'high', overdue: true },
      ...{ triggers: [], steps: [], alerts: [], referrals: [] },
    },
  };
  const again = () => record(input);
  const first = await again();
  expect(shortOf(late, first.told)).toEqual([`0/voice/${b.id}`]);
  // The worker died before it could answer; the call may have gone out meanwhile, and been taken.
  expect(await again()).toEqual(first);
  await field.db.delivery.updateMany({ where: { key: { in: keysOf(first.told) } }, data: { state: 'delivered' } });
  expect(await again()).toEqual(first);
  // A later moment is another asking: nobody is called twice.
  const { told } = await record({ ...input, at: at + 1 });
  expect(keysOf(told)).toEqual([]);
});

describe('a rung that became due while the database was away over a change of shifts', () => {
  const HOUR = 3_600_000;
  /** Who was on duty when it became due, two hours ago, and who has been for one hour now. */
  async function changedOver() {
    const [before, now] = [await hire(field.db, { email: null }), await hire(field.db, { email: null })];
    const common = { stationId: 'east', role: 'worker', shiftDays: 7, startsAt: new Date(0) };
    const changed = new Date(Date.now() - HOUR);
    await field.db.rotation.create({ data: { ...common, name: '白班', members: [before.id], endsAt: changed } });
    await field.db.rotation.create({ data: { ...common, name: '夜班', members: [now.id], startsAt: changed } });
    return { before, now };
  }
  /** An attempt at what was asked for two hours ago. @param againAt when the server asked for this attempt */
  const attempted = <T>(againAt: number, work: () => Promise<T>): Promise<T> => {
    const info = { scheduledTimestampMs: Date.now() - 2 * HOUR, currentAttemptScheduledTimestampMs: againAt };
    const context = { info, heartbeat: () => undefined, cancellationSignal: new AbortController().signal };
    return asyncLocalStorage.run(context as unknown as Context, work);
  };
  const due = (late: Awaited<ReturnType<typeof lateCase>>) => tell(late, ROLE, [], undefined, Date.now() - 2 * HOUR);

  test.each([
    ['was tried all the while', () => Date.now()],
    ['waited for a worker', () => Date.now() - 2 * HOUR],
  ])('and %s is told to who is on duty now', async (_how, againAt) => {
    const { before, now } = await changedOver();
    const late = await lateCase(field.db);
    expect(shortOf(late, await attempted(againAt(), () => due(late)))).toEqual([`0/sms/${now.id}`]);
    // While all is well the moment that was meant counts.
    const next = await lateCase(field.db);
    expect(shortOf(next, await due(next))).toEqual([`0/sms/${before.id}`]);
  });

  test('and was written down before, without the case having heard of it: both are told', async () => {
    const { before, now } = await changedOver();
    const late = await lateCase(field.db);
    await due(late);
    const told = await attempted(Date.now(), () => due(late));
    expect(shortOf(late, told)).toEqual([`0/sms/${before.id}`, `0/sms/${now.id}`]);
  });
});
