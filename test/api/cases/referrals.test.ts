import { randomUUID } from 'node:crypto';
import QRCode from 'qrcode';
import { pdf } from '../../support/files';
import { CHILD, eventually, itemsOf, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

type Json = Record<string, unknown>;
const page = (target: string, headers: Record<string, string> = {}) =>
  rig.fetch(target, { headers: { accept: 'text/html', ...headers } });
const referralOf = async (caseId: string, id: string): Promise<Json | undefined> =>
  ((await rig.get('xinhua_worker1', `/cases/${caseId}`)).json['referrals'] as Json[]).find((one) => one['id'] === id);
const stateOf = async (caseId: string, id: string) => (await referralOf(caseId, id))?.['state'];
const openKinds = async (caseId: string): Promise<unknown[]> =>
  ((await rig.get('xinhua_worker1', `/cases/${caseId}`)).json['steps'] as Json[])
    .filter(({ state, referralId }) => referralId !== null && !['done', 'cancelled'].includes(String(state)))
    .map(({ kind }) => kind);
const path = (caseId: string, id: string, what: string): string => `/cases/${caseId}/referrals/${id}/${what}`;
const act = (caseId: string, id: string, what: string, body: unknown = {}) =>
  rig.post('xinhua_worker1', path(caseId, id, what), body);

test('drafted, sent, received, taken on, answered, closed: each state is waited for, and closed there is no page', async () => {
  const caseId = await rig.report();
  const asked = { partnerId: 'police-qinghe', purpose: 'protect', draft: true, note: '请先联系班主任' };
  const drafted = await rig.post('xinhua_worker1', `/cases/${caseId}/referrals`, asked);
  expect(drafted.json).toMatchObject({ state: 'drafted' });
  const id = String(drafted.json['id']);
  expect(await openKinds(caseId)).toEqual(['referral_sending']);
  for (const what of ['resend', 'close']) {
    const { status, json } = await act(caseId, id, what);
    expect([what, status, json['possible']]).toEqual([what, 409, ['send', 'revoke']]);
  }
  expect((await act(caseId, id, 'send')).status).toBe(200);
  expect((await act(caseId, id, 'send')).status).toBe(200);
  const { db, links } = rig.api.deps;
  const link = await eventually(() => db.link.findFirst({ where: { refId: id } }));
  const of = { caseId, referralId: id, partnerId: 'police-qinghe', expiresAt: link.expiresAt.getTime() };
  const token = await links.referralLink(db, of);

  const early = await rig.form(`/r/${token}/accept`);
  expect(early.status).toBe(409);
  const shown = (await page(`/r/${token}`)).text;
  expect(shown).toContain('确认接收');
  expect(shown).toContain('请先联系班主任');
  await rig.form(`/r/${token}/confirm`);
  expect(await openKinds(caseId)).toEqual(['partner_accept', 'partner_feedback']);
  expect((await page(`/r/${token}`)).text).toContain('确认受理');
  expect((await rig.form(`/r/${token}/accept`)).status).toBe(303);
  expect((await rig.form(`/r/${token}/accept`)).text).toContain('此前已确认受理');
  expect(await referralOf(caseId, id)).toMatchObject({
    state: 'accepted',
    acceptedAt: expect.stringMatching(/\+08:00$/),
  });
  const early2 = await act(caseId, id, 'close');
  expect([early2.status, early2.json['possible']]).toEqual([409, ['resend', 'revoke']]);
  await rig.form(`/r/${token}/feedback`, { outcome: 'done', text: '已出警' });
  expect(await openKinds(caseId)).toEqual(['referral_check']);
  expect((await act(caseId, id, 'close', { note: '已核实' })).status).toBe(200);
  expect([await stateOf(caseId, id), await openKinds(caseId)]).toEqual(['closed', []]);
  expect((await page(`/r/${token}`)).status).toBe(410);
});

test('called first, then in writing: the phone step ends with the time of the call', async () => {
  const caseId = await rig.report('xinhua_worker1', { type: 'sexual_abuse', risk: 'critical' });
  const phonedAt = new Date().toISOString();
  const body = { partnerId: 'police-qinghe', purpose: 'investigate', phonedAt };
  expect((await rig.post('xinhua_worker1', `/cases/${caseId}/referrals`, { ...body, draft: true })).status).toBe(422);
  expect((await rig.post('xinhua_worker1', `/cases/${caseId}/referrals`, body)).status).toBe(201);
  const steps = (await rig.get('xinhua_worker1', `/cases/${caseId}`)).json['steps'] as Json[];
  expect(steps.filter(({ id }) => id === 'referral_phone' || id === 'referral').map(({ state }) => state)).toEqual([
    'done',
    'done',
  ]);
});

test('declined with a reason and a suggestion: both are read by our worker, who is told', async () => {
  const caseId = await rig.report();
  const { id, token } = await rig.refer(caseId, 'police-qinghe');
  const said = { reason: '不在本辖区', suggestion: '请联系东湖派出所' };
  expect((await rig.form(`/r/${token}/decline`, said)).status).toBe(303);
  const items = itemsOf(await rig.get('xinhua_worker1', `/cases/${caseId}/timeline`));
  expect(items.find(({ kind }) => kind === 'referral_declined')).toMatchObject({
    note: '不在本辖区\n请联系东湖派出所',
  });
  const event = await rig.api.deps.db.event.findFirstOrThrow({ where: { caseId, kind: 'referral_declined' } });
  expect(JSON.stringify(event.data)).not.toContain('辖区');
  await eventually(() => rig.api.deps.db.delivery.findFirst({ where: { caseId, kind: 'step_news' } }));
  expect(await stateOf(caseId, id)).toBe('declined');
});

test('sent to the wrong recipient: the page ends at once, and shows nothing again', async () => {
  const caseId = await rig.report();
  const { id, token } = await rig.refer(caseId, 'police-qinghe');
  const ended = await rig.form(`/r/${token}/misdirected`, { reason: '', once: randomUUID() });
  expect(ended.status).toBe(200);
  expect(ended.text).toContain('链接和取件码已经失效');
  expect(ended.text).not.toContain(CHILD.name);
  expect((await page(`/r/${token}`)).status).toBe(410);
  expect(await stateOf(caseId, id)).toBe('declined');
  expect(await rig.api.deps.db.event.count({ where: { caseId, kind: 'referral_misdirected' } })).toBe(1);
});

test('sent again: the old link and the old code open nothing, the new ones do, and the deadline stays', async () => {
  const caseId = await rig.report();
  const { id, token } = await rig.refer(caseId, 'police-qinghe');
  const { db, links } = rig.api.deps;
  const phone = '+8613800002001';
  const codeNow = async () =>
    links.pickupCode(db, { caseId, referralId: id, phone, expiresAt: Date.now() + 3_600_000 });
  const code = await codeNow();
  const before = await referralOf(caseId, id);
  expect((await act(caseId, id, 'resend')).status).toBe(200);
  expect((await page(`/r/${token}`)).status).toBe(410);
  expect((await rig.form('/r', { code, phoneTail: '2001' })).status).toBe(404);
  const again = await rig.form('/r', { code: await codeNow(), phoneTail: '2001' });
  expect(again.status).toBe(303);
  expect((await page(again.headers.get('location') ?? '')).status).toBe(200);
  expect(await referralOf(caseId, id)).toMatchObject({ confirmBy: before?.['confirmBy'] });
  const sent = await db.delivery.findMany({ where: { referralId: id, kind: 'referral', channel: 'sms' } });
  expect(sent.map(({ key }) => key.split('/').slice(1, 3).join('/')).sort()).toEqual(['1/0', '1/1']);
  await act(caseId, id, 'revoke', { reason: '已另行处理' });
  const over = await act(caseId, id, 'resend');
  expect([over.status, over.json['possible']]).toEqual([409, ['refer anew']]);
});

describe('the QR code', () => {
  test('is a picture of a signed link that leads to the page, changes nothing, and is over in minutes', async () => {
    const caseId = await rig.report();
    const { id, token } = await rig.refer(caseId, 'hospital-qinghe', 'medical');
    const svg = await rig.get('xinhua_worker1', path(caseId, id, 'qr'));
    expect(svg.headers.get('content-type')).toContain('image/svg+xml');
    const { db, links, config } = rig.api.deps;
    const row = await db.link.findFirstOrThrow({ where: { refId: id, kind: 'qr' } });
    const of = { caseId, referralId: id, partnerId: 'hospital-qinghe', expiresAt: row.expiresAt.getTime() };
    const scanned = await links.qrLink(db, of);
    const address = `${config.publicUrl}/r/q/${scanned}`;
    expect(svg.text).toBe(await QRCode.toString(address, { errorCorrectionLevel: 'M', margin: 4, type: 'svg' }));
    const png = await rig.get('xinhua_worker1', `${path(caseId, id, 'qr')}?format=png`);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect((await rig.get('xinhua_worker1', `${path(caseId, id, 'qr')}?format=gif`)).status).toBe(422);

    const led = await page(`/r/q/${scanned}`);
    expect([led.status, led.headers.get('location')]).toEqual([303, `/r/${token}`]);
    expect(await stateOf(caseId, id)).toBe('sent');
    expect((await page(`/r/${scanned}`)).status).toBe(404);
    expect(await db.accessLog.count({ where: { caseId, action: 'referral:qr' } })).toBe(2);
    await db.caseRow.update({ where: { id: caseId }, data: { clockAheadMs: BigInt(11 * 60_000) } });
    expect((await page(`/r/q/${scanned}`)).status).toBe(410);
    await db.caseRow.update({ where: { id: caseId }, data: { clockAheadMs: 0n } });
    await act(caseId, id, 'revoke', { reason: '另行安排' });
    expect((await page(`/r/q/${scanned}`)).status).toBe(410);
    expect((await rig.get('xinhua_worker1', path(caseId, id, 'qr'))).status).toBe(409);
  });
});

describe('feedback with a file', () => {
  const sent = async (
    target: string,
    fields: Record<string, string>,
    file?: { bytes: Buffer; name: string; type: string },
  ) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    // A browser sends an empty file where none was chosen.
    form.append(
      'file',
      new Blob(file ? [new Uint8Array(file.bytes)] : [], { type: file?.type ?? '' }),
      file?.name ?? '',
    );
    const headers = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };
    return rig.fetch(target, { method: 'POST', headers, body: form });
  };
  const filesOf = async (caseId: string) => itemsOf(await rig.get('xinhua_worker1', `/cases/${caseId}/attachments`));

  test('lies with the case, its name in the vault; once however often the form is sent', async () => {
    const caseId = await rig.report();
    const { id, token } = await rig.refer(caseId, 'police-qinghe');
    const fields = { outcome: 'in_progress', text: '已出警', once: randomUUID() };
    const file = { bytes: pdf(), name: '接处警记录.pdf', type: 'application/pdf' };
    // Not confirmed yet: refused, and nothing of the file stays.
    expect((await sent(`/r/${token}/feedback`, { ...fields, once: randomUUID() }, file)).status).toBe(409);
    expect(await filesOf(caseId)).toEqual([]);
    await rig.form(`/r/${token}/confirm`);
    for (let n = 0; n < 2; n += 1) expect((await sent(`/r/${token}/feedback`, fields, file)).status).toBe(303);
    expect(await filesOf(caseId)).toMatchObject([
      { ownerKind: 'referral', ownerId: id, name: '接处警记录.pdf', addedBy: { kind: 'partner', id: 'police-qinghe' } },
    ]);
    const plain = await sent(`/r/${token}/feedback`, { outcome: 'done', text: '已办结', once: randomUUID() });
    expect(plain.status).toBe(303);
    expect(await filesOf(caseId)).toHaveLength(1);
    expect(await stateOf(caseId, id)).toBe('feedback');
    // What was sent twice or refused is taken away right after the answer.
    await eventually(async () => (await rig.api.deps.db.attachmentStage.count()) === 0);
  });

  test.each([
    ['what is no such file', { bytes: Buffer.from('MZ'.padEnd(400, 'x')), name: '照片.jpg', type: 'image/jpeg' }, 415],
    ['a document that is another', { bytes: pdf(), name: '照片.jpg', type: 'image/jpeg' }, 422],
  ])('%s is refused, with what was typed', async (_what, file, status) => {
    const { token } = await rig.refer(await rig.report(), 'police-qinghe');
    await rig.form(`/r/${token}/confirm`);
    const refused = await sent(`/r/${token}/feedback`, { outcome: 'done', text: '已出警并固定证据' }, file);
    expect(refused.status).toBe(status);
    expect(refused.text).toContain('已出警并固定证据</textarea>');
    expect(refused.text).toMatch(/没有接收/);
    const wrong = await sent(
      `/r/${token}/feedback`,
      { text: '没有选结果' },
      { bytes: pdf(), name: 'a.pdf', type: 'application/pdf' },
    );
    expect([wrong.status, wrong.text.includes('附件需要重新选择')]).toEqual([422, true]);
    // Taken away right after the answer.
    await eventually(async () => (await rig.api.deps.db.attachmentStage.count()) === 0);
  });
});

describe('the directory', () => {
  const given = {
    kind: 'hospital',
    name: '演示卫生院',
    area: '新华西路社区',
    hours: [{ weekdays: [1, 2, 3, 4, 5], from: '09:00', until: '18:00' }],
    duties: [{ law: '未成年人保护法', article: '第十一条', duty: '发现侵害立即报告' }],
  };

  test('a supervisor enters, changes and retires; what every station works with is the bureau’s', async () => {
    const made = await rig.post('xinhua_supervisor', '/partners', given);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ ...given, stationId: 'xinhua', open: expect.any(Boolean) });
    const id = String(made.json['id']);
    expect((await rig.get('donghu_worker1', `/partners/${id}`)).status).toBe(404);
    expect((await rig.post('xinhua_supervisor', '/partners', { ...given, stationId: null })).status).toBe(403);
    expect((await rig.post('admin', '/partners', { ...given, stationId: null })).status).toBe(201);
    expect((await rig.post('xinhua_worker1', '/partners', given)).status).toBe(403);
    const contact = await rig.post('xinhua_supervisor', '/contacts', {
      partnerId: id,
      kind: 'phone',
      value: '13800002901',
    });
    expect(contact.status).toBe(201);
    expect((await rig.get('xinhua_worker1', `/partners/${id}`)).json['contacts']).toMatchObject([{ verified: false }]);

    const caseId = await rig.report();
    // Nobody there has a verified number: it is sent to nobody, and stands all the same.
    await rig.post('xinhua_worker1', `/cases/${caseId}/referrals`, { partnerId: id, purpose: 'medical' });
    const rows = (await rig.get('xinhua_worker1', `/cases/${caseId}`)).json['referrals'] as Json[];
    expect(rows).toHaveLength(1);
    const busy = await rig.post('xinhua_supervisor', `/partners/${id}/retire`);
    expect([busy.status, busy.json['possible']]).toEqual([409, ['close or revoke its referrals']]);
    // How many says something of cases that not everybody may know of.
    expect(busy.json['detail']).toBe('referrals are open there');
    await act(caseId, String(rows[0]?.['id']), 'revoke', { reason: '另行安排' });
    expect((await rig.post('xinhua_supervisor', `/partners/${id}/retire`)).status).toBe(200);
    expect(itemsOf(await rig.get('xinhua_worker1', '/partners')).map((one) => one['id'])).not.toContain(id);
    expect(await rig.api.deps.db.rosterEvent.count({ where: { refId: id, action: { startsWith: 'partner.' } } })).toBe(
      2,
    );
  });
});

describe('a partner signs in by a text', () => {
  const phone = '13800002003';
  const codeOf = async (): Promise<string> => {
    const { db, links } = rig.api.deps;
    const { id } = await db.partnerSignIn.findFirstOrThrow({
      where: { phone: `+86${phone}` },
      orderBy: { sentAt: 'desc' },
    });
    return String(100_000 + (links.derive('partner-code', id).readUIntBE(0, 6) % 900_000));
  };
  const asked = (given: string) => rig.form('/p/code', { phone: given });

  test('sees its own and nobody else’s, without a child’s name, and comes to the page', async () => {
    const caseId = await rig.report();
    const mine = await rig.refer(caseId, 'hospital-qinghe', 'medical');
    const theirs = await rig.refer(caseId, 'police-qinghe');
    expect((await page('/p')).text).toContain('发送验证码');
    expect((await asked(phone)).status).toBe(200);
    // Too soon for another one.
    expect((await asked(phone)).status).toBe(429);
    const text = await eventually(() =>
      rig.api.deps.db.delivery.findFirst({ where: { kind: 'partner_code', state: { in: ['sent', 'delivered'] } } }),
    );
    expect(JSON.stringify(text.vars)).not.toContain(await codeOf());
    const wrong = await rig.form('/p/sign-in', { phone, code: '000000' });
    expect(wrong.status).toBe(401);
    const code = await codeOf();
    const right = await rig.form('/p/sign-in', { phone, code });
    expect([right.status, right.headers.get('location')]).toEqual([303, '/p']);
    const set = right.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^shouwang_partner=[\w-]{43};.*Path=\/p;.*HttpOnly;.*SameSite=Lax/);
    const cookie = { cookie: set.split(';')[0] ?? '' };

    const home = await page('/p', cookie);
    expect(home.text).toContain(`/p/referrals/${mine.id}`);
    expect(home.text).not.toContain(theirs.id);
    expect(home.text).not.toContain(CHILD.name);
    expect((await page(`/p/referrals/${mine.id}`, cookie)).headers.get('location')).toBe(`/r/${mine.token}`);
    expect((await page(`/p/referrals/${theirs.id}`, cookie)).status).toBe(404);
    expect((await page(`/p/referrals/${mine.id}`)).headers.get('location')).toBe('/p');
    // It opens nothing of staff, and the code is used up.
    expect((await rig.fetch('/api/v1/cases', { headers: cookie })).status).toBe(401);
    expect((await rig.form('/p/sign-in', { phone, code })).status).toBe(401);
    await rig.form('/p/sign-out', {}, cookie);
    expect((await page('/p', cookie)).text).toContain('发送验证码');
  });

  test('a stranger’s phone gets the same answer and no text', async () => {
    const stranger = '13911112222';
    const known = await asked('13800002007');
    const unknown = await asked(stranger);
    expect(unknown.status).toBe(known.status);
    expect(unknown.text.replaceAll(stranger, '')).toBe(known.text.replaceAll('13800002007', ''));
    expect((await asked(stranger)).status).toBe(429);
    const sent = await rig.api.deps.db.partnerSignIn.findMany({ where: { phone: `+86${stranger}` } });
    expect(sent.map(({ contactId }) => contactId)).toEqual(['']);
    expect((await rig.form('/p/sign-in', { phone: stranger, code: '123456' })).status).toBe(401);
    expect((await asked('12')).status).toBe(422);
  });

  test('five wrong codes lock the address', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await rig.form('/p/sign-in', { phone, code: '111111' })).status);
    expect(statuses.slice(-2)).toEqual([429, 429]);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });
});
