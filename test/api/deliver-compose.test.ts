import { randomBytes, randomUUID } from 'node:crypto';
import { createDeliver } from '../../activities/deliver';
import { waitingFor } from '../../store/bundles';
import { makeDeliveries } from '../../store/deliveries';
import { takePushes } from '../../store/push';
import { findReply } from '../../store/reply-codes';
import { lateCase, overdue, reachBy, sendDeps, startDelivering, type CarrierRig, type Field } from './deliver-rig';

let field: Field;
let rig: CarrierRig;
let stop: () => Promise<void>;
let deliver: ReturnType<typeof createDeliver>;

beforeAll(async () => {
  ({ field, rig, stop } = await startDelivering());
  deliver = createDeliver(sendDeps(field.db, rig));
}, 600_000);
afterAll(() => stop?.());

const input = (one: { caseId: string; key: string }) => ({ caseId: one.caseId, key: one.key, at: Date.now() });

test('making the deliveries again makes no new ones, and a person without a phone gets mail alone', async () => {
  const one = await overdue(field.db, { phone: null }, ['sms', 'voice', 'email']);
  expect(one.made.map((made) => made.channel)).toEqual(['email']);
  const again = await makeDeliveries(field.db, {
    ...{ caseId: one.caseId, number: one.number, risk: 'high' },
    at: Date.now(),
    tell: one.tell,
    person: one.recipient,
    channels: ['sms', 'email'],
  });
  expect(again).toEqual(one.made);
  expect(await field.db.delivery.count({ where: { caseId: one.caseId } })).toBe(1);
});

test('a mail carries a link that opens the alert, and the database holds only its hash', async () => {
  const one = await overdue(field.db, {}, ['email']);
  const deps = sendDeps(field.db, rig);
  expect(await createDeliver(deps).deliver(input(one))).toEqual({ outcome: 'sent' });
  const mail = (await rig.messages()).find((m) => m.to === one.person.email);
  const token = /\/a\/([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? '';
  expect(await deps.links.find('alert', token)).toEqual({
    caseId: one.caseId,
    refId: one.alertId,
    personId: one.person.id,
  });
  expect(JSON.stringify(await field.db.delivery.findMany({ where: { key: one.key } }))).not.toContain(token);
});

test('nobody is told of an alert that is over, and a contact that was taken away fails by name', async () => {
  const over = await overdue(field.db);
  await field.db.alertRow.update({ where: { id: over.alertId }, data: { state: 'resolved' } });
  expect(await deliver.deliver(input(over))).toEqual({ outcome: 'failed', code: 'AlertOver' });
  const gone = await overdue(field.db);
  await reachBy(field.db, { staffId: gone.person.id }, { email: gone.person.email });
  expect(await deliver.deliver(input(gone))).toEqual({ outcome: 'failed', code: 'NoContact' });
});

test('a number that was mended after the message was planned is the one that is used, with its own code', async () => {
  const one = await overdue(field.db);
  await reachBy(field.db, { staffId: one.person.id }, { phone: '+8613999990001' });
  expect(await deliver.deliver(input(one))).toEqual({ outcome: 'sent' });
  const [text] = (await rig.messages()).filter((m) => m.to === '+8613999990001');
  const code = /回复(\d{4})确认/.exec(text?.text ?? '')?.[1] ?? '';
  expect(await findReply(field.db, '13999990001', code)).toBeDefined();
});

test('a referral: the text has the fixed address and a pick-up code, the mail the link, and both lead to it', async () => {
  const { caseId, number } = await lateCase(field.db);
  const contact = { phone: '13700001234', email: 'school@shouwang.invalid' };
  const partner = await field.db.partner.create({ data: { id: 'school-1', kind: 'school', name: '实验小学' } });
  await reachBy(field.db, { partnerId: partner.id }, contact);
  const now = new Date();
  const referralId = 'referral-1';
  const referral = { id: referralId, caseId, partnerId: partner.id, state: 'sent', purpose: 'protect' };
  await field.db.referral.create({ data: { ...referral, sentAt: now, confirmBy: now } });
  const tell = {
    id: `${caseId}.referral/${referralId}`,
    kind: 'referral' as const,
    to: { partnerId: partner.id },
    channels: ['sms' as const, 'email' as const],
    referralId,
  };
  const person = { kind: 'partner' as const, id: partner.id, ...contact };
  const made = await makeDeliveries(field.db, {
    ...{ caseId, number, risk: 'high', at: now.getTime() },
    ...{ tell, person, channels: tell.channels },
  });
  const deps = sendDeps(field.db, rig);
  const own = createDeliver(deps);
  for (const { key } of made) expect(await own.deliver({ caseId, key, at: 0 })).toEqual({ outcome: 'sent' });
  const sent = await rig.messages();
  const text = sent.find((m) => m.to === '+8613700001234')?.text ?? '';
  const token = /\/r\/([\w-]{43})/.exec(sent.find((m) => m.to === contact.email)?.text ?? '')?.[1] ?? '';
  const code = /取件码([2-9A-Z]{6})/.exec(text)?.[1] ?? '';
  expect(text).toContain(`（编号${number}）`);
  expect(text).toContain(`请打开 ${rig.publicUrl}/r ，`);
  expect(text).not.toContain(token);
  expect(await deps.links.redeemPickup(code.toLowerCase(), '1234', '10.0.0.1')).toEqual({ token });
  expect(await deps.links.find('referral', token)).toEqual({ caseId, refId: referralId, personId: partner.id });
  await field.db.referral.update({ where: { id: referralId }, data: { state: 'revoked' } });
  await field.db.delivery.updateMany({ where: { caseId }, data: { state: 'pending' } });
  for (const { key } of made) {
    expect(await own.deliver({ caseId, key, at: 0 })).toEqual({ outcome: 'failed', code: 'ReferralOver' });
  }
});

describe('a case that is shielded after its messages were planned', () => {
  const restrict = async (caseId: string, named: string[] = []) => {
    await field.db.caseRow.update({ where: { id: caseId }, data: { restricted: true } });
    await field.db.caseNamed.createMany({ data: named.map((staffId) => ({ caseId, staffId, addedBy: 'x' })) });
  };
  const conflict = async (caseId: string, staffId: string) => {
    await field.db.caseRow.update({ where: { id: caseId }, data: { conflicted: true } });
    await field.db.caseConflict.create({ data: { caseId, staffId, addedBy: 'x', reasonId: 'r' } });
  };

  test('goes to those who were named, and to nobody who was left off the list', async () => {
    const [out, named] = [await overdue(field.db), await overdue(field.db)];
    await restrict(out.caseId);
    await restrict(named.caseId, [named.person.id]);
    expect(await deliver.deliver(input(out))).toEqual({ outcome: 'failed', code: 'NoContact' });
    expect(await deliver.deliver(input(named))).toEqual({ outcome: 'sent' });
    expect((await rig.messages()).filter(({ to }) => to === out.person.phone)).toEqual([]);
  });

  test('is no word in a group any more', async () => {
    const vaultKey = randomBytes(32);
    const { robots, ...deps } = sendDeps(field.db, rig, vaultKey);
    const sealed = robots.seal(
      { id: 'group-1', stationId: 'east', kind: 'wecom', name: '站群' },
      { key: randomUUID() },
    );
    await field.db.robot.create({ data: sealed });
    const inGroup = async (shielded: boolean) => {
      const { caseId, alertId, number, tell } = await overdue(field.db);
      const key = `${tell.id}/wecom/group-1`;
      const about = { caseId, alertId, stepId: 'first_contact', kind: 'overdue', channel: 'wecom', priority: 1 };
      const vars = { number, step: 'first_contact', late: '35分' };
      const to = { personKind: 'robot', personId: 'group-1', vars, at: new Date() };
      await field.db.delivery.create({ data: { key, ...about, ...to } });
      if (shielded) await conflict(caseId, 'somebody-else');
      return createDeliver({ ...deps, robots }).deliver(input({ caseId, key }));
    };
    expect(await inGroup(false)).toEqual({ outcome: 'sent' });
    expect(await inGroup(true)).toEqual({ outcome: 'failed', code: 'NoContact' });
  });

  test('is not counted in another text to the same phone', async () => {
    const phone = '+8613800007001';
    const [first, second, third] = [
      await overdue(field.db, { phone }),
      await overdue(field.db, { phone }),
      await overdue(field.db, { phone }),
    ];
    await field.db.delivery.updateMany({
      where: { key: { in: [second.key, third.key] } },
      data: { heldPhone: phone, heldUntil: new Date() },
    });
    const carrying = { key: first.key, caseId: first.caseId, personId: first.person.id };
    const waiting = async () => (await waitingFor(field.db, carrying, phone, Date.now())).map(({ key }) => key).sort();
    expect(await waiting()).toEqual([first.key, second.key, third.key].sort());
    await restrict(second.caseId);
    await conflict(third.caseId, third.person.id);
    expect(await waiting()).toEqual([first.key]);
  });

  test('is pushed to nobody who must not hear of it', async () => {
    const people = [await overdue(field.db), await overdue(field.db), await overdue(field.db)] as const;
    const [out, shut, named] = people;
    await restrict(out.caseId);
    await restrict(named.caseId, [named.person.id]);
    await conflict(shut.caseId, shut.person.id);
    for (const { person, key } of people) {
      const createdAt = new Date(Date.now() - 60_000);
      const row = { id: person.id, staffId: person.id, label: 'x', endpointHash: person.id, kekId: 'x', createdAt };
      await field.db.pushDevice.create({ data: { ...row, sealed: new Uint8Array() } });
      expect(await field.db.delivery.count({ where: { key, stepId: 'first_contact' } })).toBe(1);
    }
    expect((await takePushes(field.db)).map(({ caseId }) => caseId)).toEqual([named.caseId]);
  });
});
