/** The figures over the API: counted from rows, by station and period, without drills, and without small numbers for who sees no child. */
import { read, utils } from '@e965/xlsx';
import { HOUR, MINUTE, rfc3339 } from '../../domain/zone';
import { type Json, startTestApi, type TestApi } from '../support/api';

let t: TestApi;
const NOW = Date.now();
const at = (hours: number): Date => new Date(NOW + hours * HOUR);

/** A case of a worker's station, received so many hours ago, as its workflow would have left it. */
async function given(as: string, type: string, hoursAgo: number, more: object = {}): Promise<string> {
  const body = { type, receivedAt: rfc3339(NOW - hoursAgo * HOUR), child: {}, narrative: '演示', ...more };
  const reply = await t.ask('POST', '/api/v1/cases', { as, body });
  expect([201, 202]).toContain(reply.status);
  return String(reply.body['id']);
}
const done = (caseId: string, id: string, doneAt: Date, dueAt: Date, outcome = 'done') =>
  t.api.deps.db.stepRow.update({
    where: { caseId_id: { caseId, id } },
    data: { state: 'done', doneAt, dueAt, outcome },
  });

beforeAll(async () => {
  t = await startTestApi();
  const { db } = t.api.deps;
  const a = await given('xinhua_worker1', 'neglect', 48);
  const b = await given('xinhua_worker1', 'neglect', 47);
  const c = await given('xinhua_worker1', 'missing', 46);
  const other = await given('donghu_worker1', 'bullying', 45);
  const drill = await given('xinhua_supervisor', 'neglect', 44, { drill: true });
  // Everything else lies far ahead, so that exactly these are judged.
  await db.stepRow.updateMany({ data: { dueAt: at(10_000), state: 'pending' } });
  await done(a, 'first_contact', at(-48 + 2), at(-24));
  await done(b, 'first_contact', at(-47 + 30), at(-23));
  await done(c, 'first_contact', at(-46 + 1), at(-45 + 10));
  await done(other, 'first_contact', at(-45 + 5), at(-20));
  await done(drill, 'first_contact', at(-44 + 5), at(-20));
  await done(a, 'acknowledge', at(-47), at(-46), 'not_possible');
  await done(c, 'acknowledge', at(-45), at(-44), 'not_applicable');
  const alert = { round: 1, rung: 0, nextAt: at(1), state: 'acknowledged', stepId: 'first_contact', caseId: b };
  await db.alertRow.create({
    data: {
      ...alert,
      id: `${b}.first_contact.1`,
      openedAt: at(-23),
      acknowledgedAt: new Date(NOW - 23 * HOUR + 12 * MINUTE),
    },
  });
  // It was acknowledged before, and the step stayed late: the first answer counts.
  const at5 = new Date(NOW - 23 * HOUR + 5 * MINUTE);
  const hash = new Uint8Array(32);
  const data = { alertId: `${b}.first_contact.1`, stepId: 'first_contact' };
  const entry = { caseId: b, seq: 900, at: at5, actorKind: 'staff', actorId: 'xinhua_supervisor', data };
  await db.event.create({ data: { ...entry, kind: 'alert_acknowledged', prevHash: hash, hash } });
  const sent = { caseId: a, purpose: 'investigate', sentAt: at(-40) };
  const partnerId = 'police-qinghe';
  await db.referral.createMany({
    data: [
      { ...sent, partnerId, id: 'r1', state: 'received', receivedAt: at(-39), confirmBy: at(-38) },
      { ...sent, partnerId, id: 'r2', state: 'received', receivedAt: at(-35), confirmBy: at(-38) },
      { ...sent, partnerId, id: 'r3', state: 'sent', confirmBy: at(-38) },
      { ...sent, partnerId, id: 'r4', state: 'declined', confirmBy: at(-38) },
    ],
  });
}, 600_000);
afterAll(() => t?.close());

const figures = async (as: string, query = ''): Promise<Json> =>
  (await t.ask('GET', `/api/v1/figures${query}`, { as })).body;

/** One row as an object of its columns. */
function row(answer: Json, id: string, by: string, key: string): Record<string, unknown> | undefined {
  const table = (answer['tables'] as Json[]).find((one) => one['id'] === id && one['by'] === by);
  const found = (table?.['rows'] as Json[] | undefined)?.find((one) => one['key'] === key);
  if (!table || !found) return undefined;
  const values = found['values'] as unknown as unknown[];
  return Object.fromEntries((table['columns'] as unknown as string[]).map((column, n) => [column, values[n]]));
}

test('a supervisor sees their own station, drills left out', async () => {
  const found = await figures('xinhua_supervisor');
  expect(found['small']).toBe('shown');
  expect(row(found, 'on_time', 'step', 'first_contact')).toEqual({ due: 3, in_time: 2, late: 1, rate: 66.6 });
  expect(row(found, 'on_time', 'step', 'acknowledge')).toEqual({ due: 1, in_time: 0, late: 1, rate: 0 });
  expect(row(found, 'on_time', 'type', 'neglect')).toEqual({ due: 3, in_time: 1, late: 2, rate: 33.3 });
  expect(row(found, 'on_time', 'type', 'bullying')).toBeUndefined();
  expect(row(found, 'first_contact', 'type', 'all')).toEqual({ count: 3, waiting: 0, median: 120, p90: 1_800 });
  expect(row(found, 'open_cases', 'age', 'week')).toMatchObject({ count: 3 });
  expect(row(found, 'alert_response', 'risk', 'all')).toEqual({ count: 1, answered: 1, median: 5, p90: 5 });
  expect(row(found, 'referral_answers', 'partner', 'police-qinghe')).toEqual({
    ...{ sent: 4, in_time: 1, late: 1, declined: 1, unanswered: 1, waiting: 0, median: 60 },
  });
});

test('the duty officer sees every station, or the one asked for; another station is not there for a supervisor', async () => {
  expect(row(await figures('duty1'), 'first_contact', 'type', 'all')).toMatchObject({ count: 4 });
  expect(row(await figures('duty1', '?station=donghu'), 'first_contact', 'type', 'all')).toMatchObject({ count: 1 });
  expect((await t.ask('GET', '/api/v1/figures?station=donghu', { as: 'xinhua_supervisor' })).status).toBe(404);
});

test('a period cuts by receipt; a wrong one is named', async () => {
  const none = await figures('xinhua_supervisor', '?from=2020-01-01&to=2020-02-01');
  expect(row(none, 'on_time', 'step', 'all')).toBeUndefined();
  expect(row(none, 'open_cases', 'age', 'all')).toMatchObject({ count: 3 });
  for (const query of ['?from=2026-02-30', '?from=2026-02-02&to=2026-02-01', '?from=2020-01-01&to=2026-01-01', '?x=1'])
    expect([query, (await t.ask('GET', `/api/v1/figures${query}`, { as: 'duty1' })).status]).toEqual([query, 422]);
});

test('who sees no child gets whole months, and no row that stands for fewer than five cases', async () => {
  const found = await figures('evaluator', '?from=2026-11-10&to=2026-11-12');
  expect(found).toMatchObject({ small: 'hidden', from: '2026-11-01', to: '2026-11-30' });
  const all = await figures('evaluator');
  for (const table of all['tables'] as Json[])
    for (const one of table['rows'] as Json[]) {
      expect(one['hidden']).toBe(true);
      expect((one['values'] as unknown as unknown[]).every((value) => value === null)).toBe(true);
    }
  expect(JSON.stringify(all)).not.toMatch(/林立春|周谷雨|陈立夏/);
});

test('the same tables as a file: sheets, and a CSV that no spreadsheet runs', async () => {
  const { db } = t.api.deps;
  await db.partner.update({ where: { id: 'police-qinghe' }, data: { name: '=HYPERLINK("http://x")' } });
  const token = t.account('xinhua_supervisor').token;
  const file = await fetch(`${t.url}/api/v1/figures/file`, { headers: { authorization: `Bearer ${token}` } });
  expect(file.headers.get('content-disposition')).toMatch(/figures-\d{4}-\d{2}-\d{2}-.*\.xlsx/);
  const book = read(Buffer.from(await file.arrayBuffer()));
  expect(book.SheetNames).toHaveLength(8);
  const sheet = book.Sheets['按时率·步骤'] ?? {};
  expect(utils.sheet_to_json<string[]>(sheet, { header: 1 })).toContainEqual(['首次接触', 3, 2, 1, 66.6]);
  const partners = book.Sheets['转介答复·协作单位'] ?? {};
  expect(
    Object.values(partners).some((cell: unknown) => typeof cell === 'object' && cell !== null && 'f' in cell),
  ).toBe(false);
  const csv = await t.ask('GET', '/api/v1/figures/file?format=csv', { as: 'xinhua_supervisor' });
  expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
  expect(String(csv.body)).toContain('首次接触,3,2,1,66.6\r\n');
  expect(String(csv.body)).toContain(`"'=HYPERLINK(""http://x"")"`);
});
