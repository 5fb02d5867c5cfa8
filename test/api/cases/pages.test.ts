import { randomUUID } from 'node:crypto';
import { rfc3339 } from '../../../domain/zone';
import { type Answer, CHILD, eventually, NARRATIVE, REPORTER, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

const SECRETS = [CHILD.name, CHILD.address, NARRATIVE, REPORTER.name, CHILD.idNumber, CHILD.phone];
const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' };
const robot = (target: string, body: unknown = {}): Promise<Answer> =>
  rig.fetch(target, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) });
const page = (target: string): Promise<Answer> => rig.fetch(target, { headers: { accept: 'text/html' } });
const stateOf = async (id: string): Promise<string | undefined> =>
  (await rig.api.deps.db.referral.findUnique({ where: { id } }))?.state;

/** What every page must keep to. */
function checkPage({ headers, text }: Answer): void {
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('content-security-policy')).not.toContain('unsafe-inline');
  expect(text).toContain('<html lang="zh-CN">');
  expect(text).toContain('SANDBOX');
  expect(text).not.toMatch(/<script|<style| style=| on\w+=/);
}

describe('the referral’s page', () => {
  test.each([
    ['police-qinghe', 'investigate', [CHILD.name, CHILD.address, NARRATIVE]],
    ['hospital-qinghe', 'medical', [CHILD.name, CHILD.address]],
    ['school-xinhua', 'school_support', [CHILD.name]],
    ['police-qinghe', 'other', [CHILD.name]],
  ])('shows %s for %s no more than is needed', async (partnerId, purpose, shown) => {
    const { token } = await rig.refer(await rig.report(), partnerId, purpose);
    const answer = await page(`/r/${token}`);
    expect(answer.status).toBe(200);
    checkPage(answer);
    expect(SECRETS.filter((secret) => answer.text.includes(secret))).toEqual(shown);
    expect(answer.text).toContain('新华西路社区未成年人保护工作站');
  });

  test('looking changes nothing and is on the record', async () => {
    const caseId = await rig.report();
    const { id, token } = await rig.refer(caseId, 'police-qinghe');
    await page(`/r/${token}`);
    await rig.fetch(`/r/${token}`, { method: 'HEAD' });
    expect(await stateOf(id)).toBe('sent');
    const looks = { caseId, action: `referral:read-child/${id}` };
    expect(await rig.api.deps.db.accessLog.count({ where: looks })).toBe(2);
  });

  test('one confirmation of two at once; the other is told so', async () => {
    const caseId = await rig.report();
    const { id, token } = await rig.refer(caseId, 'police-qinghe');
    const both = await Promise.all([1, 2].map(() => rig.form(`/r/${token}/confirm`, { once: randomUUID() })));
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 303]);
    const told = both.find(({ status }) => status === 200);
    expect(told?.text).toContain('无需重复确认');
    expect(both.find(({ status }) => status === 303)?.headers.get('location')).toBe(`/r/${token}`);
    expect(await stateOf(id)).toBe('received');
    expect(await rig.api.deps.db.event.count({ where: { caseId, kind: 'referral_received' } })).toBe(1);
    expect((await robot(`/r/${token}/confirm`)).json).toMatchObject({ id, state: 'received', repeated: true });
  });

  test('a double tap on one form is one confirmation', async () => {
    const { token } = await rig.refer(await rig.report(), 'police-qinghe');
    const once = /name="once" value="([^"]+)"/.exec((await page(`/r/${token}`)).text)?.[1] ?? '';
    const taps = await Promise.all([1, 2].map(() => rig.form(`/r/${token}/confirm`, { once })));
    expect(taps.map(({ status }) => status)).toEqual([303, 303]);
  });

  test('feedback needs a confirmation, keeps the text of a wrong form, and stays open', async () => {
    const caseId = await rig.report();
    const { id, token } = await rig.refer(caseId, 'police-qinghe');
    const text = '已出警 <b>并</b>固定证据';
    expect((await rig.form(`/r/${token}/feedback`, { outcome: 'done', text })).status).toBe(409);
    await rig.form(`/r/${token}/confirm`);
    const wrong = await rig.form(`/r/${token}/feedback`, { text });
    expect(wrong.status).toBe(422);
    checkPage(wrong);
    expect(wrong.text).toContain('已出警 &lt;b&gt;并&lt;/b&gt;固定证据</textarea>');
    expect(wrong.text).toContain('请选择办理结果');
    for (const outcome of ['in_progress', 'done'])
      expect((await rig.form(`/r/${token}/feedback`, { outcome, text })).status).toBe(303);
    expect(await stateOf(id)).toBe('feedback');
    const timeline = await rig.get('xinhua_worker1', `/cases/${caseId}/timeline`);
    const said = (timeline.json['items'] as Record<string, unknown>[]).filter((e) => e['kind'] === 'referral_feedback');
    expect(said).toMatchObject([{ note: text, actor: { kind: 'partner', id: 'police-qinghe' } }, { note: text }]);
    expect((await robot(`/r/${token}/feedback`, { outcome: 'maybe' })).json['errors']).toHaveLength(2);
  });

  test('declined, it shows nothing of the child any more, and takes no confirmation', async () => {
    const { id, token } = await rig.refer(await rig.report(), 'police-qinghe');
    expect((await rig.form(`/r/${token}/decline`, { reason: '' })).status).toBe(422);
    expect((await rig.form(`/r/${token}/decline`, { reason: '不在辖区' })).status).toBe(303);
    expect(await stateOf(id)).toBe('declined');
    const answer = await page(`/r/${token}`);
    expect(answer.status).toBe(200);
    expect(SECRETS.filter((secret) => answer.text.includes(secret))).toEqual([]);
    expect(answer.text).not.toContain('<form');
    expect((await rig.form(`/r/${token}/confirm`)).status).toBe(410);
  });

  test('410 once revoked, 404 for a token nobody gave out, 403 from elsewhere', async () => {
    const { id, token } = await rig.refer(await rig.report(), 'police-qinghe');
    const elsewhere = { origin: 'https://elsewhere.invalid', 'sec-fetch-site': 'cross-site' };
    expect((await rig.form(`/r/${token}/confirm`, {}, elsewhere)).status).toBe(403);
    expect(await stateOf(id)).toBe('sent');
    await rig.api.deps.links.revoke(rig.api.deps.db, id);
    const gone = await page(`/r/${token}`);
    expect(gone.status).toBe(410);
    checkPage(gone);
    expect((await robot(`/r/${token}/confirm`)).json).toMatchObject({ status: 410 });
    expect((await page(`/r/${token.slice(0, -2)}xx`)).status).toBe(404);
  });

  test('410 once the case is closed', async () => {
    const caseId = await rig.report();
    const { token } = await rig.refer(caseId, 'police-qinghe');
    await rig.form(`/r/${token}/confirm`);
    const { json } = await rig.post('xinhua_worker1', `/cases/${caseId}/close`, { reason: '完成' });
    for (const step of json['possible'] as string[])
      await rig.post('xinhua_worker1', `/cases/${caseId}/steps/${step}/complete`, {
        outcome: 'not_applicable',
        note: '无',
      });
    await rig.post('xinhua_worker1', `/cases/${caseId}/close`, { reason: '完成' });
    await rig.post('xinhua_supervisor', `/cases/${caseId}/close/decision`, { approve: true });
    expect((await page(`/r/${token}`)).status).toBe(410);
    expect((await rig.form(`/r/${token}/feedback`, { outcome: 'done', text: '已办' })).status).toBe(410);
  });
});

describe('the pick-up code', () => {
  const codeOf = async (caseId: string, referralId: string) => {
    const { db, links } = rig.api.deps;
    const police = { partnerId: 'police-qinghe', kind: 'phone' };
    const { value: phone } = await db.contact.findFirstOrThrow({ where: police });
    const of = { caseId, referralId, phone, expiresAt: Date.now() + 3_600_000 };
    return { code: await links.pickupCode(db, of), phoneTail: phone.slice(-4) };
  };

  test('opens the page, and the referral counts as opened', async () => {
    const caseId = await rig.report();
    const { id, token } = await rig.refer(caseId, 'police-qinghe');
    checkPage(await page('/r'));
    const { code, phoneTail } = await codeOf(caseId, id);
    const { status, headers } = await rig.form('/r', { code: code.toLowerCase(), phoneTail });
    expect([status, headers.get('location')]).toEqual([303, `/r/${token}`]);
    expect(await stateOf(id)).toBe('opened');
  });

  test('wrong is 404, ill-formed 422, and five wrong tries lock it', async () => {
    const caseId = await rig.report();
    const { id } = await rig.refer(caseId, 'police-qinghe');
    const { code } = await codeOf(caseId, id);
    const wrong = await rig.form('/r', { code, phoneTail: '12' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain(`value="${code}"`);
    const tries: number[] = [];
    for (let n = 0; n < 6; n += 1) tries.push((await rig.form('/r', { code, phoneTail: '0000' })).status);
    expect(tries).toEqual([404, 404, 404, 404, 404, 429]);
    const locked = await robot('/r', { code, phoneTail: '0000' });
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(600);
  });
});

describe('the alert’s page', () => {
  test('says what is late without saying who; only the POST acknowledges; 410 when over', async () => {
    const caseId = await rig.report('xinhua_worker1', { receivedAt: rfc3339(Date.now() - 90 * 60_000) });
    const { db, links } = rig.api.deps;
    const alert = await eventually(() => db.alertRow.findFirst({ where: { caseId } }));
    const of = { caseId, alertId: alert.id, staffId: 'xinhua_worker2', expiresAt: Date.now() + 3_600_000 };
    const path = `/a/${await links.alertLink(db, of)}`;
    const shown = await page(path);
    expect(shown.status).toBe(200);
    checkPage(shown);
    expect(SECRETS.filter((secret) => shown.text.includes(secret))).toEqual([]);
    expect(shown.text).toMatch(/案件 [A-Z]\d{4}/);
    expect((await db.alertRow.findUniqueOrThrow({ where: { id: alert.id } })).state).toBe('open');
    const acknowledged = await rig.form(path);
    expect([acknowledged.status, acknowledged.text]).toEqual([200, expect.stringContaining('已确认')]);
    expect(await db.alertRow.findUniqueOrThrow({ where: { id: alert.id } })).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'xinhua_worker2',
    });
    expect((await robot(path)).json).toMatchObject({ id: alert.id, acknowledgedBy: 'xinhua_worker2' });
    await rig.post('xinhua_worker1', `/cases/${caseId}/steps/${alert.stepId}/complete`, { outcome: 'done' });
    expect((await page(path)).status).toBe(410);
    expect((await rig.form(path)).status).toBe(410);
  });

  test('whose mail was under way while they were shut out sees nothing by it, and stops nobody from being told', async () => {
    const caseId = await rig.report('xinhua_worker1', { receivedAt: rfc3339(Date.now() - 90 * 60_000) });
    const { db, links } = rig.api.deps;
    const alert = await eventually(() => db.alertRow.findFirst({ where: { caseId } }));
    const conflict = { staffId: 'xinhua_worker2', reason: '系涉案人表亲' };
    expect((await rig.post('xinhua_supervisor', `/cases/${caseId}/conflicts`, conflict)).status).toBeLessThan(300);
    const of = { caseId, alertId: alert.id, expiresAt: Date.now() + 3_600_000 };
    const path = `/a/${await links.alertLink(db, { ...of, staffId: 'xinhua_worker2' })}`;
    for (const answer of [await page(path), await robot(path), await rig.form(path)]) {
      expect(answer.status).toBe(410);
      expect(answer.text).not.toMatch(/[A-Z]\d{4}/);
    }
    expect((await db.alertRow.findUniqueOrThrow({ where: { id: alert.id } })).state).toBe('open');
    const colleague = `/a/${await links.alertLink(db, { ...of, staffId: 'xinhua_worker1' })}`;
    expect((await page(colleague)).status).toBe(200);
  });
});
