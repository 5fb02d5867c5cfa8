/** Budgets in the life of a case: its own timer waits, one receipt is about all, and without a unit the next rung is told. */
import { configureLimits } from '../../store/budget';
import { eventually } from '../support/system';
import { Town } from './deliver-carrier-rig';

let town: Town;
const WORKERS = ['xinhua_worker1', 'xinhua_worker2'];

beforeAll(async () => {
  town = await Town.start();
}, 600_000);
afterAll(() => town?.stop());
/** Asks again until there is an answer: several waits and receipts follow one another. */
async function answered<T>(ask: () => Promise<T | false | null>): Promise<T> {
  const answer = await eventually(ask, (seen) => Boolean(seen), 55_000);
  if (answer === false || answer === null) throw new Error('no answer');
  return answer;
}
afterEach(() => town.carrier.control('POST', 'carrier', { mode: 'ok' }));

const limits = (sms: string) => configureLimits(town.db, { sms, voice: 'off' });
const textsOf = (caseId: string) =>
  town.db.delivery.findMany({ where: { caseId, channel: 'sms' }, orderBy: { key: 'asc' } });

test('what had to wait goes out as one text in its time, and a lost one is told to the case for each message', async () => {
  await limits('3s:1');
  await town.carrier.control('POST', 'carrier', { mode: 'receipt-fail', only: { channel: 'sms' } });
  const caseId = await town.lateCase();
  const rows = await answered(async () => {
    const all = (await textsOf(caseId)).filter((row) => WORKERS.includes(row.personId));
    return all.length > 2 && all.every((row) => row.state === 'failed') && all;
  });
  for (const worker of WORKERS) {
    const own = rows.filter((row) => row.personId === worker);
    const carried = own.filter((row) => row.bundledIn !== null);
    if (own.length > 2) expect(carried.length).toBeGreaterThan(0);
    for (const row of carried) {
      const carrier = own.find((one) => one.key === row.bundledIn);
      expect([row.providerRef, row.code]).toEqual([carrier?.providerRef, carrier?.code]);
    }
    expect(new Set(own.map((row) => row.providerRef)).size).toBe(own.length - carried.length);
  }
  const lost = await answered(async () => {
    const events = await town.db.event.findMany({ where: { caseId, kind: 'message_failed' } });
    const keys = new Set(events.map((event) => (event.data as { key?: string }).key));
    return rows.every((row) => keys.has(row.key)) && keys;
  });
  expect(lost.size).toBeGreaterThanOrEqual(rows.length);
  const sent = (await town.carrier.messages()).filter((m) => m.channel === 'sms');
  expect(sent.some((m) => m.text.includes('件待办'))).toBe(true);
}, 120_000);

test('no text is left for the first rung: the phone rings at once', async () => {
  await limits('1h:1');
  // The workers have no mailbox here, so that the text is all there is.
  await town.db.contact.deleteMany({ where: { staffId: { in: WORKERS }, kind: 'email' } });
  await town.db.phoneUse.deleteMany({});
  const first = await town.lateCase();
  await answered(async () => {
    const rows = (await textsOf(first)).filter((row) => WORKERS.includes(row.personId));
    return rows.length > 0 && rows.every((row) => row.state === 'sent' || row.state === 'delivered');
  });
  const second = await town.lateCase();
  const called = await answered(() =>
    town.db.delivery.findFirst({
      where: { caseId: second, personId: { in: WORKERS }, channel: 'voice', state: { in: ['sent', 'delivered'] } },
    }),
  );
  expect(called.kind).toBe('overdue');
  // Each message gives up its text on its own way: the first call may be out before the last text is.
  const spent = await answered(async () => {
    const rows = (await textsOf(second)).filter((row) => WORKERS.includes(row.personId));
    return rows.length > 0 && rows.every((row) => row.state === 'failed') && rows;
  });
  expect(spent.map((row) => row.code)).toEqual(spent.map(() => 'BudgetSpent'));
}, 120_000);
