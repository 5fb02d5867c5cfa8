/** Budgets of phones: what is held, what is kept for the worst, and what goes out as one text. */
import type { Line, Sending } from '../../activities/channels/channel';
import { createDeliver } from '../../activities/deliver';
import { findReply } from '../../store/reply-codes';
import { createCourier } from '../../activities/courier';
import { makeUnknownText } from '../../store/help-texts';
import { eventually } from '../support/system';
import { withinOneDay } from '../support/day';
import { startBudgetRig, type BudgetRig } from './budget-rig';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Noon in Beijing, so that no day ends in the middle. */
const NOON = Date.parse('2026-03-02T12:00:00+08:00');
const SENT = { outcome: 'sent' };
const SPENT = { outcome: 'failed', code: 'BudgetSpent' };

let b: BudgetRig;
beforeAll(async () => {
  b = await startBudgetRig();
}, 600_000);
afterAll(() => b?.stop());
afterEach(() => b.rig.control('POST', 'carrier', { mode: 'ok' }));

const held = (ms: number) => ({ outcome: 'held', ms });

describe('waiting for a budget', () => {
  test('the second text within 30 s is told how long to wait, exactly, and then goes out', async () => {
    await b.limits('30s:1');
    const person = await b.hire();
    const [first, second] = [await b.late(person), await b.late(person)];
    expect(await b.try(first, NOON)).toEqual(SENT);
    expect(await b.try(second, NOON + 10 * SECOND)).toEqual(held(20 * SECOND));
    expect(await b.row(second)).toMatchObject({
      state: 'pending',
      attempts: 0,
      heldUntil: new Date(NOON + 30 * SECOND),
    });
    expect(await b.try(second, NOON + 30 * SECOND - 1)).toEqual(held(1));
    expect(await b.try(second, NOON + 30 * SECOND)).toEqual(SENT);
    expect(await b.texts(person)).toHaveLength(2);
  });

  test('a text that is still on its way to the carrier counts as of now, whenever its unit was taken', async () => {
    await b.limits('30s:1');
    const person = await b.hire();
    const { sms } = b.deps.channels;
    let leave = (): void => undefined;
    const way = new Promise<void>((resolve) => (leave = resolve));
    const slow: Line = { ...sms, send: (...asked) => way.then(() => sms.send(...asked)) };
    const deliver = createDeliver({ ...b.deps, channels: { ...b.deps.channels, sms: slow } });
    const first = await b.late(person);
    const underWay = deliver.deliver({ ...first, at: NOON });
    await eventually(
      () => b.row(first),
      ({ state }) => state === 'sending',
    );
    const second = await b.late(person);
    expect(await b.try(second, NOON + 30 * SECOND)).toEqual(held(30 * SECOND));
    leave();
    expect(await underWay).toEqual(SENT);
    expect(await b.try(second, NOON + 30 * SECOND)).toEqual(SENT);
  });

  test('a wait that is too long counts as spent, so that the next channel or rung is told at once', async () => {
    await b.limits('1h:1');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    const second = await b.late(person);
    expect(await b.try(second, NOON + MINUTE, NOON + 2 * MINUTE)).toEqual(SPENT);
    expect(await b.try(second, NOON + 2 * HOUR)).toEqual(SPENT);
    expect(await b.texts(person)).toHaveLength(1);
  });

  test("the carrier's refusal and its request to come back later cost nothing of the budget", async () => {
    await b.limits('1h:1');
    const person = await b.hire();
    const only = { to: `+86${person.phone}` };
    await b.rig.control('POST', 'carrier', { mode: 'reject', code: 'FailedOperation.PhoneNumberInBlacklist', only });
    const first = await b.late(person);
    expect(await b.try(first, NOON)).toEqual({ outcome: 'failed', code: 'FailedOperation.PhoneNumberInBlacklist' });
    await b.rig.control('POST', 'carrier', { mode: 'ok' });
    expect(await b.try(await b.late(person), NOON + SECOND)).toEqual(SENT);
    expect(await b.db.phoneUse.count({ where: { phone: `+86${person.phone}` } })).toBe(1);
  });

  test('a phone has one budget for texts and another for calls, and mails have none', async () => {
    await b.limits('1h:1', '30s:1');
    const person = await b.hire();
    const text = await b.late(person);
    const call = await b.late(person);
    const mail = await b.late(person);
    await b.db.delivery.update({ where: { key: call.key }, data: { channel: 'voice' } });
    await b.db.delivery.update({ where: { key: mail.key }, data: { channel: 'email' } });
    expect(await b.try(text, NOON)).toEqual(SENT);
    expect(await b.try(call, NOON)).toEqual(SENT);
    expect(await b.try(mail, NOON)).toEqual(SENT);
    const again = await b.late(person);
    await b.db.delivery.update({ where: { key: again.key }, data: { channel: 'voice' } });
    expect(await b.try(again, NOON)).toEqual(held(30 * SECOND));
  });

  test('limits switched off let everything through', async () => {
    await b.limits('off');
    const person = await b.hire();
    for (let n = 0; n < 4; n += 1) expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    expect(await b.texts(person)).toHaveLength(4);
    expect(await b.db.phoneUse.count({ where: { phone: `+86${person.phone}` } })).toBe(0);
  });
});

describe('spent on the worst first', () => {
  test('the last text of the day is kept for a critical case', async () => {
    await b.limits('day:2');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON, NOON + MINUTE)).toEqual(SENT);
    expect(await b.try(await b.late(person), NOON + HOUR, NOON + HOUR + MINUTE)).toEqual(SPENT);
    const critical = await b.late(person, { risk: 'critical' });
    expect(await b.try(critical, NOON + 2 * HOUR, NOON + 2 * HOUR + MINUTE)).toEqual(SENT);
    const another = await b.late(person, { risk: 'critical' });
    expect(await b.try(another, NOON + 3 * HOUR, NOON + 3 * HOUR + MINUTE)).toEqual(SPENT);
    const tomorrow = NOON + 24 * HOUR;
    expect(await b.try(await b.late(person), tomorrow, tomorrow + MINUTE)).toEqual(SENT);
  });

  test('a text that only informs waits while half of the day is gone', async () => {
    await withinOneDay();
    await b.limits('day:4');
    const person = await b.hire();
    const now = Date.now();
    for (let n = 0; n < 2; n += 1) expect(await b.try(await b.late(person), now)).toEqual(SENT);
    await makeUnknownText(b.db, person.phone ?? '', '2026-03-02');
    await createCourier(b.deps).sendWaiting();
    expect(await b.texts(person)).toHaveLength(2);
    expect(await b.db.delivery.findFirst({ where: { personId: person.id, kind: 'unknown_code' } })).toMatchObject({
      state: 'pending',
    });
  });

  test('two messages of one moment: the lesser gives way, and goes in the text of the worse', async () => {
    await b.limits('1h:1');
    const person = await b.hire();
    const lesser = await b.late(person, { risk: 'low' });
    const worse = await b.late(person, { risk: 'critical' });
    expect(await b.try(lesser, NOON, NOON + MINUTE)).toEqual(held(SECOND));
    expect(await b.try(worse, NOON, NOON + MINUTE)).toEqual(SENT);
    expect(await b.try(lesser, NOON + SECOND, NOON + MINUTE)).toEqual(SENT);
    const [text, ...more] = await b.texts(person);
    expect(more).toEqual([]);
    expect(text?.text).toContain(`案件${worse.number}的首次接触已逾期35分钟，另有1件待办`);
  });
});

describe('one text for all that waits', () => {
  test('names the worst, counts the rest, and its code acknowledges the named one alone', async () => {
    await b.limits('30s:1');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    const waiting = [
      await b.late(person, { risk: 'high', dueAgoMs: 2 * HOUR }),
      await b.late(person, { risk: 'critical', dueAgoMs: 5 * MINUTE }),
      await b.late(person, { risk: 'critical', dueAgoMs: 10 * MINUTE }),
      await b.late(person, { risk: 'low', dueAgoMs: 9 * HOUR }),
    ] as const;
    for (const one of waiting) expect(await b.try(one, NOON + SECOND)).toMatchObject({ outcome: 'held' });
    const [carrying, , worst] = waiting;
    expect(await b.try(carrying, NOON + 30 * SECOND)).toEqual(SENT);
    for (const one of waiting) expect(await b.try(one, NOON + 31 * SECOND)).toEqual(SENT);
    const [, text, ...more] = await b.texts(person);
    expect(more).toEqual([]);
    const code = /回复(\d{4})确认/.exec(text?.text ?? '')?.[1] ?? '';
    expect(text?.text).toBe(
      `【守望】案件${worst.number}的首次接触已逾期35分钟，另有3件待办，请登录查看并尽快处理。知悉本件请回复${code}确认。`,
    );
    expect(await findReply(b.db, person.phone ?? '', code)).toMatchObject({ alertId: worst.alertId });
    const rows = await Promise.all(waiting.map((one) => b.row(one)));
    expect(new Set(rows.map((row) => row.providerRef))).toEqual(new Set([text?.serialNo]));
    expect(rows.map((row) => row.bundledIn)).toEqual([null, carrying.key, carrying.key, carrying.key]);
  });

  test('what was done meanwhile is neither named nor counted', async () => {
    await b.limits('30s:1');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    const [carrying, done, resolved] = [await b.late(person), await b.late(person), await b.late(person)];
    for (const one of [carrying, done, resolved]) await b.try(one, NOON + SECOND);
    await b.db.stepRow.updateMany({ where: { caseId: done.caseId }, data: { state: 'done' } });
    await b.db.alertRow.update({ where: { id: resolved.alertId }, data: { state: 'resolved' } });
    expect(await b.try(carrying, NOON + 30 * SECOND)).toEqual(SENT);
    const [, text] = await b.texts(person);
    expect(text?.text).toContain(`案件${carrying.number}的首次接触已逾期35分钟，请尽快处理`);
    expect(await b.try(resolved, NOON + 60 * SECOND)).toEqual({ outcome: 'failed', code: 'AlertOver' });
  });

  test('a case that its person was shut out of meanwhile is neither named nor counted, nor told of by itself', async () => {
    await b.limits('30s:1');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    const [carrying, worse] = [await b.late(person), await b.late(person, { risk: 'critical' })];
    for (const one of [carrying, worse]) await b.try(one, NOON + SECOND);
    await b.db.caseRow.update({ where: { id: worse.caseId }, data: { conflicted: true } });
    const conflict = { caseId: worse.caseId, staffId: person.id, addedBy: 'supervisor', reasonId: 'r' };
    await b.db.caseConflict.create({ data: conflict });
    expect(await b.try(carrying, NOON + 30 * SECOND)).toEqual(SENT);
    const [, text] = await b.texts(person);
    expect(text?.text).toContain(`案件${carrying.number}的首次接触已逾期35分钟，请尽快处理`);
    expect(await b.try(worse, NOON + 60 * SECOND)).toEqual({ outcome: 'failed', code: 'NoContact' });
  });

  test('reminders wait together too, without a code; a held one is dropped when its step is done', async () => {
    await b.limits('30s:1');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    const reminder = { kind: 'reminder', lateMs: undefined, leftMs: 45 * MINUTE } as const;
    const [one, two, done] = [
      await b.late(person, { tell: reminder }),
      await b.late(person, { tell: reminder }),
      await b.late(person, { tell: reminder }),
    ];
    for (const each of [one, two, done]) await b.try(each, NOON + SECOND);
    await b.db.stepRow.updateMany({ where: { caseId: done.caseId }, data: { state: 'done' } });
    expect(await b.try(one, NOON + 30 * SECOND)).toEqual(SENT);
    expect((await b.texts(person)).at(-1)?.text).toContain('另有1件即将到期，请登录查看并及时办理。');
    expect(await b.try(done, NOON + 60 * SECOND)).toEqual({ outcome: 'failed', code: 'StepOver' });
  });

  test('messages of a drill and real ones are never told of together', async () => {
    await b.limits('30s:1');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    const [drill, drillToo, real] = [await b.late(person), await b.late(person), await b.late(person)];
    await b.db.caseRow.updateMany({ where: { id: { in: [drill.caseId, drillToo.caseId] } }, data: { drill: true } });
    for (const one of [drill, drillToo, real]) await b.try(one, NOON + SECOND);
    expect(await b.try(drill, NOON + 30 * SECOND)).toEqual(SENT);
    expect((await b.texts(person)).at(-1)?.text).toMatch(/^【守望】演练：案件.*另有1件待办/);
    expect(await b.try(real, NOON + 31 * SECOND)).toMatchObject({ outcome: 'held' });
    expect(await b.try(real, NOON + 60 * SECOND)).toEqual(SENT);
    expect((await b.texts(person)).at(-1)?.text).not.toContain('演练');
  });

  test('the last unit for long takes along what was made in the same moment, and later what was kept back', async () => {
    await b.limits('1h:1');
    const person = await b.hire();
    const all = [await b.late(person), await b.late(person), await b.late(person)] as const;
    // Those that come while the text is on its way are told to look again in a moment.
    await Promise.allSettled(all.map((one) => b.try(one, NOON, NOON + MINUTE)));
    for (const one of all) expect(await b.try(one, NOON, NOON + MINUTE)).toEqual(SENT);
    const [text, ...more] = await b.texts(person);
    expect(more).toEqual([]);
    expect(text?.text).toContain('另有2件待办');
    const keptBack = await b.late(person);
    expect(await b.try(keptBack, NOON + MINUTE, NOON + 2 * MINUTE)).toEqual(SPENT);
    const next = await b.late(person);
    expect(await b.try(next, NOON + HOUR, NOON + HOUR + MINUTE)).toEqual(SENT);
    expect((await b.texts(person)).at(-1)?.text).toContain('另有1件待办');
    expect(await b.row(keptBack)).toMatchObject({ state: 'failed', bundledIn: next.key });
  });
});

describe('a text for several that goes wrong', () => {
  async function oneWaitsWithAnother() {
    await b.limits('30s:1');
    const person = await b.hire();
    expect(await b.try(await b.late(person), NOON)).toEqual(SENT);
    const [carrying, carried] = [await b.late(person), await b.late(person)];
    for (const one of [carrying, carried]) await b.try(one, NOON + SECOND);
    return { person, carrying, carried, only: { to: `+86${person.phone}` } };
  }

  test('the carrier does not want it: each goes out in its own words', async () => {
    const { carrying, carried, person } = await oneWaitsWithAnother();
    const send = b.deps.channels.sms.send;
    const outcome = { kind: 'refused', code: 'FailedOperation.TemplateUnapprovedOrNotExist' } as const;
    const refused: Sending = { provider: 'sms', outcome, tried: [{ provider: 'sms', at: Date.now(), ms: 1, outcome }] };
    const refusing: Line = {
      ...b.deps.channels.sms,
      send: (message, route, handTo) =>
        message.templateId === '100031' ? Promise.resolve(refused) : send(message, route, handTo),
    };
    const deliver = createDeliver({ ...b.deps, channels: { ...b.deps.channels, sms: refusing } });
    const later = NOON + 30 * SECOND;
    expect(await deliver.deliver({ ...carrying, at: later })).toEqual(SENT);
    expect(await b.row(carried)).toMatchObject({ state: 'pending', bundledIn: null });
    expect(await b.try(carried, later + 30 * SECOND)).toEqual(SENT);
    expect((await b.texts(person)).map((m) => m.text).join()).not.toContain('另有');
  });

  test('its answer is lost: the records are asked for that very text, and all of it ends together', async () => {
    const { person, carrying, carried, only } = await oneWaitsWithAnother();
    await b.rig.control('POST', 'carrier', { mode: 'cutoff', only });
    const later = NOON + 30 * SECOND;
    await expect(b.try(carrying, later)).rejects.toMatchObject({ type: 'ProviderUnknown' });
    await b.rig.control('POST', 'carrier', { mode: 'ok' });
    await expect(b.try(carried, later + SECOND)).rejects.toMatchObject({ message: 'BundleUnderWay' });
    await b.db.delivery.update({ where: { key: carrying.key }, data: { triedAt: new Date(Date.now() - 3_000) } });
    expect(await b.try(carrying, later + 3 * SECOND)).toEqual(SENT);
    expect(await b.try(carried, later + 3 * SECOND)).toEqual(SENT);
    expect(await b.texts(person)).toHaveLength(2);
    const [one, two] = [await b.row(carrying), await b.row(carried)];
    expect(two.providerRef).toBe(one.providerRef);
  });

  test('the carrying message is given up: the carried one is on its own again', async () => {
    const { carrying, carried, only, person } = await oneWaitsWithAnother();
    await b.rig.control('POST', 'carrier', { mode: 'error500', only });
    const later = NOON + 30 * SECOND;
    await expect(b.try(carrying, later)).rejects.toMatchObject({ type: 'ProviderUnknown' });
    await b.rig.control('POST', 'carrier', { mode: 'ok' });
    await b.deliver.giveUp({ ...carrying, code: 'ProviderUnknown' });
    expect(await b.try(carried, later + 30 * SECOND)).toEqual(SENT);
    expect(await b.texts(person)).toHaveLength(2);
  });
});
