/** What the audit asks PostgreSQL, and the queue of messages that belong to no case. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createCourier } from '../../activities/courier';
import { GRACE_MS } from '../../domain/audit';
import { faultOf } from '../../domain/faults';
import { addFindings } from '../../store/access-log';
import { alertsAtRest, deliveriesAtRest, lateSteps, unstarted, walkCases } from '../../store/audit';
import { noteFault } from '../../store/faults';
import { makeUnknownText } from '../../store/help-texts';
import { endNotice, holdNotice, makeNotice, takeNotices, type NewNotice } from '../../store/notices';
import { hire, lateCase, sendDeps, startDelivering, type CarrierRig, type Field } from './deliver-rig';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let field: Field;
let rig: CarrierRig;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ field, rig, stop } = await startDelivering());
}, 600_000);
afterAll(() => stop?.());

const at = Date.now();
const ago = (ms: number) => new Date(at - ms);

/** A case whose first contact was due so long ago, on its own clock; its alert is resolved unless it stands. */
async function dueCase(lateMs: number, over: { aheadMs?: number; drill?: boolean; status?: string } = {}) {
  const { caseId, alertId } = await lateCase(field.db);
  const { aheadMs = 0, drill = false, status = 'open' } = over;
  const dueAt = new Date(at + aheadMs - lateMs);
  const data = { clockAheadMs: BigInt(aheadMs), drill, status, reportedAt: ago(30 * 365 * DAY), nextDueAt: dueAt };
  await field.db.caseRow.update({ where: { id: caseId }, data });
  await field.db.alertRow.update({ where: { id: alertId }, data: { state: 'resolved', openedAt: dueAt } });
  const step = { caseId, id: 'first_contact', kind: 'first_contact', state: 'overdue', binds: 'station', ord: 0 };
  await field.db.stepRow.create({ data: { ...step, startAt: ago(0), dueAt, basis: {}, extendable: true } });
  return { caseId, alertId };
}

const late = async () => (await lateSteps(field.db, at)).map((one) => one.caseId);

test('late steps are found whatever their age and their case’s clock; a drill that is over is nobody’s business', async () => {
  const [old, ahead, closed] = [
    await dueCase(20 * 365 * DAY),
    await dueCase(3 * MINUTE, { aheadMs: 400 * DAY }),
    await dueCase(DAY, { status: 'closed' }),
  ];
  const fine = [
    await dueCase(GRACE_MS / 2),
    await dueCase(-DAY),
    await dueCase(-DAY, { aheadMs: 400 * DAY }),
    await dueCase(DAY, { status: 'closed', drill: true }),
  ];
  const found = await late();
  expect([old, ahead, closed].filter((one) => !found.includes(one.caseId))).toEqual([]);
  expect(fine.filter((one) => found.includes(one.caseId))).toEqual([]);
  await field.db.alertRow.update({ where: { id: old.alertId }, data: { state: 'acknowledged' } });
  expect(await late()).not.toContain(old.caseId);
});

test('alerts that stand still or were told to nobody, and whether the case knows', async () => {
  const [still, untold, empty, answered] = [
    await dueCase(DAY),
    await dueCase(DAY),
    await dueCase(DAY),
    await dueCase(DAY, { aheadMs: 40 * DAY }),
  ];
  const set = (alertId: string, data: object) => field.db.alertRow.update({ where: { id: alertId }, data });
  await set(still.alertId, { state: 'acknowledged', nextAt: ago(3 * MINUTE) });
  for (const one of [untold, empty]) await set(one.alertId, { state: 'open', nextAt: ago(-MINUTE) });
  await set(answered.alertId, { state: 'acknowledged', nextAt: new Date(at + 40 * DAY + MINUTE) });
  const bytes = new Uint8Array(32);
  const actor = { actorKind: 'system', actorId: 'shouwang', prevHash: bytes, hash: bytes };
  const skipped = { kind: 'rung_skipped', data: { alertId: empty.alertId } };
  await field.db.event.create({ data: { caseId: empty.caseId, seq: 1, at: ago(0), ...actor, ...skipped } });
  const found = new Map((await alertsAtRest(field.db, at)).map((one) => [one.alertId, one]));
  expect(found.get(still.alertId)).toMatchObject({ state: 'acknowledged', tried: true });
  expect(found.get(untold.alertId)).toMatchObject({ tried: false, skipped: false });
  expect(found.get(empty.alertId)).toMatchObject({ tried: false, skipped: true });
  expect(found.has(answered.alertId)).toBe(false);
});

test('cases that never began, messages at rest, and every case that time has to do with', async () => {
  const [waiting, stuck, over] = [await dueCase(DAY), await dueCase(DAY), await dueCase(DAY, { status: 'closed' })];
  await field.db.caseRow.update({ where: { id: waiting.caseId }, data: { workflow: 'pending' } });
  await field.db.caseRow.update({ where: { id: over.caseId }, data: { nextDueAt: null } });
  const row = { kind: 'overdue', channel: 'sms', personKind: 'staff', personId: 'p', vars: {}, at: ago(0) };
  const delivery = (key: string, more: object) =>
    field.db.delivery.create({ data: { key, caseId: stuck.caseId, createdAt: ago(DAY), ...row, ...more } });
  await delivery('rest', {});
  await delivery('rest-sending', { state: 'sending', triedAt: ago(6 * MINUTE) });
  await delivery('busy', { state: 'sending', triedAt: ago(MINUTE) });
  await delivery('ended', { state: 'failed' });
  await delivery('new', { createdAt: ago(MINUTE) });
  expect((await unstarted(field.db, at)).map((one) => one.caseId)).toEqual([waiting.caseId]);
  expect((await deliveriesAtRest(field.db, at)).map((one) => one.key).sort()).toEqual(['rest', 'rest-sending']);
  const started: string[] = [];
  await walkCases(field.db, (page) => {
    started.push(...page.started.map((one) => one.caseId));
    return Promise.resolve();
  });
  expect(started).toContain(stuck.caseId);
  expect(started).not.toContain(over.caseId);
  expect(started).not.toContain(waiting.caseId);
});

describe('a message that belongs to no case', () => {
  const notice: NewNotice = {
    name: 'digest/2026-11-24',
    kind: 'digest',
    channels: ['sms', 'email'],
    vars: { overdue: '1', today: '2', week: '3', list: '已逾期（1项）' },
    at,
    withinMs: 10 * MINUTE,
  };
  const to = async () => ({ ...(await hire(field.db)), kind: 'staff' as const });

  test('goes out once by each channel, however often it is made', async () => {
    const person = await to();
    const courier = createCourier(sendDeps(field.db, rig));
    for (const _ of [1, 2]) {
      await makeNotice(field.db, person, notice);
      await courier.sendWaiting();
    }
    const own = (await rig.messages()).filter((one) => [`+86${person.phone}`, person.email].includes(one.to));
    expect(own.map((one) => one.channel).sort()).toEqual(['email', 'sms']);
    expect(own.find((one) => one.channel === 'sms')?.text).toContain('逾期1项，今天到期2项，本周内到期3项');
    expect(await field.db.notice.count()).toBe(0);
  });

  test('is taken by one courier at a time, held while the carrier asks for patience, and dropped when of no use', async () => {
    const person = await to();
    await makeNotice(field.db, person, { ...notice, channels: ['sms'] });
    const taken = (await Promise.all([takeNotices(field.db), takeNotices(field.db)])).flat();
    expect(taken.map((one) => one.late)).toEqual([false]);
    const key = taken[0]?.key ?? '';
    await holdNotice(field.db, key, DAY);
    expect(await takeNotices(field.db)).toEqual([]);
    const pauseMs = async () =>
      ((await field.db.notice.findUniqueOrThrow({ where: { key } })).heldUntil?.getTime() ?? 0) - Date.now();
    await holdNotice(field.db, key, 3_000);
    expect(await pauseMs()).toBeLessThan(MINUTE);
    // What has waited for an hour is not tried every three seconds any more.
    await field.db.delivery.update({ where: { key }, data: { createdAt: new Date(Date.now() - 60 * MINUTE) } });
    await holdNotice(field.db, key, 3_000);
    expect(await pauseMs()).toBeGreaterThan(4 * MINUTE);
    const past = { heldUntil: null, deliverBy: ago(MINUTE) };
    await field.db.notice.update({ where: { key }, data: past });
    await createCourier(sendDeps(field.db, rig)).sendWaiting();
    expect(await field.db.delivery.findUnique({ where: { key } })).toMatchObject({ state: 'failed', code: 'TooLate' });
    expect(await field.db.notice.count()).toBe(0);
    await endNotice(field.db, key);
  });

  describe('whose answer never came', () => {
    const ended = { in: ['sent', 'delivered'] };
    type Key = { startsWith: string };
    /** The courier works until nothing waits. */
    async function untilEnded(key: Key): Promise<void> {
      const courier = createCourier(sendDeps(field.db, rig));
      for (const end = Date.now() + 30_000; Date.now() < end; await sleep(200)) {
        await courier.sendWaiting();
        if ((await field.db.delivery.count({ where: { key, NOT: { state: ended } } })) === 0) break;
      }
      expect(await field.db.delivery.findMany({ where: { key, NOT: { state: ended } } })).toEqual([]);
      expect(await field.db.notice.count()).toBe(0);
    }
    /** The carrier takes the text, and its answer breaks off. */
    async function cutOff(key: Key): Promise<void> {
      await rig.control('POST', 'carrier', { mode: 'cutoff', only: { channel: 'sms' } });
      await createCourier(sendDeps(field.db, rig)).sendWaiting();
      expect(await field.db.delivery.count({ where: { key, state: 'sending' } })).toBe(1);
      await rig.control('POST', 'carrier', { mode: 'ok' });
    }
    const got = async (to: string | null) =>
      (await rig.messages()).filter((one) => [`+86${to}`, to].includes(one.to) && one.status !== 'rejected');

    test('word of odd looks: a mail whose worker died in the middle of it goes out', async () => {
      const officer = await to();
      await field.db.staff.update({ where: { id: officer.id }, data: { role: 'duty_officer' } });
      const pattern = { kind: 'many_refusals', who: 'somebody', count: 10, since: at } as const;
      const [made] = await addFindings(field.db, [pattern], at);
      const where = { kind: 'access_odd', key: { contains: made?.id ?? 'none' }, personId: officer.id };
      const data = { state: 'sending', attempts: 1, provider: 'smtp', triedAt: ago(5 * MINUTE) };
      expect(await field.db.delivery.updateMany({ where, data })).toEqual({ count: 1 });
      await untilEnded({ startsWith: `notice/access_odd/${made?.id}/` });
      expect((await got(officer.email)).length).toBe(1);
    });

    test('word of a fault: the text that the carrier has is not sent again, and one that waits says it once', async () => {
      const admin = await to();
      await field.db.staff.update({ where: { id: admin.id }, data: { role: 'admin' } });
      const code = 'FailedOperation.InsufficientBalanceInSmsPackage';
      const fault = faultOf(code);
      if (!fault) throw new Error('no fault');
      const seen = { provider: 'sms2', code, subject: '', fault };
      expect(await noteFault(field.db, seen)).toBe(true);
      await field.db.deliveryFault.updateMany({ data: { toldAt: ago(2 * 60 * MINUTE) } });
      expect(await noteFault(field.db, seen)).toBe(true);
      const key = { startsWith: `notice/fault/sms2/${code}/` };
      expect(await field.db.delivery.count({ where: { key } })).toBe(2);
      await cutOff(key);
      await untilEnded(key);
      expect((await got(admin.phone)).length).toBe(1);
      expect((await got(admin.email)).length).toBe(1);
    });

    test('help for a reply: the text is asked for, and comes once', async () => {
      const person = await to();
      const key = await makeUnknownText(field.db, person.phone ?? '', '2026-11-24');
      await cutOff({ startsWith: key ?? 'none' });
      await untilEnded({ startsWith: key ?? 'none' });
      expect((await got(person.phone)).length).toBe(1);
    });

    test('help for a reply that comes too late is not sent any more', async () => {
      const person = await to();
      const key = (await makeUnknownText(field.db, person.phone ?? '', '2026-11-25')) ?? '';
      await field.db.delivery.update({ where: { key }, data: { createdAt: ago(11 * MINUTE) } });
      await createCourier(sendDeps(field.db, rig)).sendWaiting();
      expect(await field.db.delivery.findUnique({ where: { key } })).toMatchObject({
        state: 'failed',
        code: 'TooLate',
      });
      expect(await got(person.phone)).toEqual([]);
    });
  });
});
