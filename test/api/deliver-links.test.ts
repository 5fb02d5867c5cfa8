import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createLinks, type Links } from '../../store/links';
import { findReply, replyCode } from '../../store/reply-codes';
import { hire, lateCase, startField, type Field } from './deliver-rig';

const DAY = 24 * 60 * 60_000;
let field: Field;
let links: Links;

beforeAll(async () => {
  field = await startField();
  links = createLinks({ db: field.db, secret: randomBytes(32) });
}, 600_000);
afterAll(() => field?.stop());

const inDays = (days: number): number => Date.now() + days * DAY;
/** Each test comes from an address of its own, so that one test's wrong tries lock no other's. */
const address = (): string => randomUUID();

async function referral(phone = '13700004321') {
  const { caseId } = await lateCase(field.db);
  const referralId = randomUUID();
  const token = await links.referralLink(field.db, { caseId, referralId, partnerId: 'p1', expiresAt: inDays(1) });
  const code = await links.pickupCode(field.db, { caseId, referralId, phone, expiresAt: inDays(1) });
  return { caseId, referralId, token, code };
}

describe('links', () => {
  test('the same link again after a crash; another person, another kind and another key get another', async () => {
    const { caseId } = await lateCase(field.db);
    const of = { caseId, alertId: `${caseId}.visit.2`, staffId: 's1', expiresAt: inDays(1) };
    const token = await links.alertLink(field.db, of);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await links.alertLink(field.db, of)).toBe(token);
    expect(await links.alertLink(field.db, { ...of, staffId: 's2' })).not.toBe(token);
    expect(await links.find('referral', token)).toBeUndefined();
    expect(await links.find('alert', `${token.slice(0, -1)}!`)).toBeUndefined();
    const other = createLinks({ db: field.db, secret: randomBytes(32) });
    expect(await other.alertLink(field.db, of)).not.toBe(token);
  });

  test('a link expires by the case clock, and a later message prolongs it', async () => {
    const { caseId } = await lateCase(field.db);
    const of = { caseId, alertId: `${caseId}.visit.2`, staffId: 's1', expiresAt: inDays(1) };
    const token = await links.alertLink(field.db, of);
    await field.db.caseRow.update({ where: { id: caseId }, data: { clockAheadMs: BigInt(2 * DAY) } });
    expect(await links.find('alert', token)).toBe('expired');
    await links.alertLink(field.db, { ...of, expiresAt: inDays(3) });
    expect(await links.find('alert', token)).toMatchObject({ caseId });
  });

  test('a revoked link says so, and a new one is another', async () => {
    const { caseId, referralId, token, code } = await referral();
    await links.revoke(field.db, referralId);
    expect(await links.find('referral', token)).toBe('revoked');
    expect(await links.redeemPickup(code, '4321', address())).toBe('wrong');
    const again = await links.referralLink(field.db, { caseId, referralId, partnerId: 'p1', expiresAt: inDays(1) });
    expect(again).not.toBe(token);
    expect(await links.find('referral', again)).toMatchObject({ refId: referralId });
  });

  test('made by many at once it is one link', async () => {
    const { caseId } = await lateCase(field.db);
    const of = { caseId, alertId: `${caseId}.visit.2`, staffId: 's1', expiresAt: inDays(1) };
    const tokens = await Promise.all(Array.from({ length: 8 }, () => links.alertLink(field.db, of)));
    expect(new Set(tokens).size).toBe(1);
  });
});

describe('pick-up codes', () => {
  test('six clear characters, the same again, taken in any writing', async () => {
    const { caseId, referralId, token, code } = await referral();
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{6}$/);
    const again = { caseId, referralId, phone: '+8613700004321', expiresAt: inDays(1) };
    expect(await links.pickupCode(field.db, again)).toBe(code);
    const written = ` ${code.slice(0, 3).toLowerCase()} ${code.slice(3)} `;
    expect(await links.redeemPickup(written, ' 4321', address())).toEqual({ token });
    const rows = await field.db.pickupCode.findMany({ where: { referralId } });
    expect(JSON.stringify(rows)).not.toContain(code);
  });

  test('five wrong tails lock the code for a quarter of an hour, from every address', async () => {
    const { code, token } = await referral();
    for (let n = 1; n <= 5; n += 1) expect(await links.redeemPickup(code, '0000', address())).toBe('wrong');
    const locked = await links.redeemPickup(code, '4321', address());
    const until = typeof locked === 'object' && 'lockedUntil' in locked ? locked.lockedUntil.getTime() : 0;
    expect(until - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(until - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    await field.db.attempt.updateMany({ data: { lockedUntil: new Date(Date.now() - 1) } });
    expect(await links.redeemPickup(code, '4321', address())).toEqual({ token });
  });

  test('five wrong codes lock the address and nobody else', async () => {
    const { code, token } = await referral();
    const here = address();
    const guesses = ['AAAAA2', 'AAAAA3', 'AAAAA4', 'AAAAA5', 'AAAAA6'];
    for (const guess of guesses) expect(await links.redeemPickup(guess, '4321', here)).toBe('wrong');
    expect(await links.redeemPickup(code, '4321', here)).toHaveProperty('lockedUntil');
    expect(await links.redeemPickup(code, '4321', address())).toEqual({ token });
    const keys = await field.db.attempt.findMany();
    expect(JSON.stringify(keys)).not.toContain(here);
  });

  test('guesses at the same moment are all counted', async () => {
    const { code } = await referral();
    await Promise.all(Array.from({ length: 5 }, () => links.redeemPickup(code, '0000', address())));
    expect(await links.redeemPickup(code, '4321', address())).toHaveProperty('lockedUntil');
  });

  test('whatever is typed is an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (code, tail) => {
        // The same thing typed again and again is locked, as any code is.
        const answer = await links.redeemPickup(code, tail, address());
        expect(answer === 'wrong' || 'lockedUntil' in answer).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

describe('reply codes', () => {
  const draw = (of: { personId: string; alertId: string; phone: string }) =>
    replyCode(field.db, { ...of, caseId: 'c' });

  test('one a person and alert, four digits, never one that opts out', async () => {
    const { id: personId } = await hire(field.db);
    const of = { personId, alertId: randomUUID(), phone: '13800002222' };
    const code = await draw(of);
    expect(code).toMatch(/^[1-9]\d{3}$/);
    expect(await draw({ ...of, phone: '+8613800002222' })).toBe(code);
    expect(await findReply(field.db, '8613800002222', code)).toMatchObject({ alertId: of.alertId, personId });
    await field.db.staff.update({ where: { id: personId }, data: { active: false } });
    expect(await findReply(field.db, '13800002222', code)).toBeUndefined();
    expect(await findReply(field.db, '13800002223', code)).toBeUndefined();
  });

  test('drawn by many at once for one duty phone, no two are alike', async () => {
    const phone = '13800003333';
    const draws = Array.from({ length: 40 }, (_, n) => draw({ personId: `d${n}`, alertId: randomUUID(), phone }));
    const codes = await Promise.all(draws);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('not used again at a phone within 30 days, however full it is', async () => {
    const phone = '13800004444';
    const recent = new Date(Date.now() - 29 * DAY);
    const all = Array.from({ length: 9_000 }, (_, n) => String(n + 1_000)).filter((code) => Number(code) % 50 !== 0);
    await field.db.replyCode.createMany({
      data: all.map((code) => ({
        code,
        personId: 'full',
        alertId: code,
        caseId: 'c',
        phone: `+86${phone}`,
        createdAt: recent,
      })),
    });
    const code = await draw({ personId: 'full', alertId: 'new', phone });
    expect(Number(code) % 50).toBe(0);
  });

  test('a person whose phone changed gets another code there', async () => {
    const of = { personId: 's9', alertId: randomUUID() };
    const before = await draw({ ...of, phone: '13800005555' });
    await draw({ ...of, phone: '13800006666' });
    expect(await findReply(field.db, '13800005555', before)).toBeUndefined();
  });
});
