/** Lists as files, over the wire: what the screen shows, for whom it shows it, and nothing of a child. */
import { randomUUID } from 'node:crypto';
import { read, utils } from '@e965/xlsx';
import { demandFit, MOST_ROWS } from '../../../api/export/send';
import { Problem } from '../../../api/problem';
import { startTestApi, type TestApi } from '../../support/api';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

const CHILD = { name: '测试童丙三', phone: '13800009903', address: '样例路九号' };
const report = async (as: string, more: object = {}): Promise<{ id: string; number: string }> => {
  const body = { type: 'neglect', child: CHILD, narrative: '样例叙述：无人照料。', ...more };
  const { status, body: said } = await t.ask('POST', '/api/v1/cases', { as, body });
  expect([201, 202]).toContain(status);
  return { id: String(said['id']), number: String(said['number']) };
};

async function fileOf(as: string, path: string): Promise<{ bytes: Buffer; headers: Headers; status: number }> {
  const headers = { authorization: `Bearer ${t.account(as).token}` };
  const response = await fetch(`${t.url}/api/v1/exports/${path}`, { headers });
  return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers, status: response.status };
}

test('cases as CSV and XLSX: own station, restricted rules, the list’s filters, no personal data, on the record', async () => {
  const own = await report('xinhua_worker1');
  const sexual = await report('xinhua_worker1', { type: 'sexual_abuse' });
  const other = await report('donghu_worker1');
  const secret = await report('xinhua_supervisor');
  const narrowed = await t.ask('POST', `/api/v1/cases/${secret.id}/restriction`, {
    as: 'xinhua_supervisor',
    body: { staffIds: ['xinhua_supervisor'], reason: '样例' },
  });
  expect(narrowed.status).toBe(200);
  // An assignee whose name a spreadsheet would work out.
  await t.api.deps.db.staff.update({ where: { id: 'xinhua_worker2' }, data: { name: '=1+1' } });
  await t.api.deps.db.caseRow.update({ where: { id: own.id }, data: { assigneeId: 'xinhua_worker2' } });

  const csv = await fileOf('xinhua_worker1', 'cases.csv');
  expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect([...csv.bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const text = csv.bytes.toString('utf8');
  for (const word of ['编号', own.number, sexual.number, '忽视', '"\'=1+1"']) expect(text).toContain(word);
  for (const word of [other.number, secret.number, CHILD.name, CHILD.phone, '无人照料'])
    expect(text).not.toContain(word);
  expect((await fileOf('xinhua_supervisor', 'cases.csv')).bytes.toString('utf8')).toContain(secret.number);
  const filtered = (await fileOf('xinhua_worker1', 'cases.csv?type=sexual_abuse')).bytes.toString('utf8');
  expect([filtered.includes(sexual.number), filtered.includes(own.number)]).toEqual([true, false]);

  const { bytes, headers } = await fileOf('duty1', 'cases.xlsx');
  expect(headers.get('content-disposition')).toContain('.xlsx');
  const [sheet] = Object.values(read(bytes, { type: 'buffer' }).Sheets);
  if (!sheet) throw new Error('no sheet');
  const rows = utils.sheet_to_json<string[]>(sheet, { header: 1 });
  const numbers = rows.slice(1).map(([number]) => number);
  expect(numbers).toEqual(expect.arrayContaining([own.number, sexual.number, other.number]));
  expect(numbers).not.toContain(secret.number);
  const lines = await t.api.deps.db.accessLog.findMany({ where: { action: 'export:cases' }, orderBy: { id: 'asc' } });
  expect(lines.map(({ staffId }) => staffId)).toEqual([
    ...['xinhua_worker1', 'xinhua_supervisor', 'xinhua_worker1', 'duty1'],
  ]);
});

test('more pages than one arrive whole and in the order of the list', async () => {
  const { db } = t.api.deps;
  const one = await db.caseRow.findFirstOrThrow({ where: { stationId: 'xinhua' } });
  const rows = Array.from({ length: 1_203 }, (_, n) => ({
    ...{ ...one, id: randomUUID(), number: `Z${String(n).padStart(4, '0')}`, people: undefined, input: {} },
    ...{ nextDueAt: new Date(Date.UTC(2030, 0, 1, 0, n)), restricted: false, conflicted: false },
  }));
  await db.caseRow.createMany({ data: rows });
  const lines = (await fileOf('xinhua_worker1', 'cases.csv?q=z')).bytes.toString('utf8').split('\r\n');
  expect(lines.slice(1, -1).map((line) => line.slice(1, 6))).toEqual(rows.map(({ number }) => number));
  const { bytes } = await fileOf('xinhua_worker1', 'cases.xlsx?q=z');
  const [sheet] = Object.values(read(bytes, { type: 'buffer' }).Sheets);
  const read1 = sheet ? utils.sheet_to_json<string[]>(sheet, { header: 1 }) : [];
  expect(read1.slice(1).map(([number]) => number)).toEqual(rows.map(({ number }) => number));
});

test('alerts and services', async () => {
  const { id, number } = await report('xinhua_worker1');
  const at = new Date();
  const alert = { id: `${id}.first_contact.1`, caseId: id, stepId: 'first_contact', state: 'open' };
  await t.api.deps.db.alertRow.create({ data: { ...alert, round: 1, rung: 0, openedAt: at, nextAt: at } });
  expect((await fileOf('xinhua_worker1', 'alerts.csv')).bytes.toString('utf8')).toContain(number);
  expect((await fileOf('donghu_worker1', 'alerts.csv')).bytes.toString('utf8')).not.toContain(number);
  const record = { kind: 'home_visit', at: new Date(Date.now() - 60_000).toISOString(), minutes: 40, place: 'home' };
  const entered = await t.ask('POST', '/api/v1/services', {
    as: 'xinhua_worker1',
    body: { ...record, headCount: 3, title: '=cmd', note: '内容不外传' },
  });
  expect([entered.status, entered.body]).toMatchObject([201, {}]);
  const text = (await fileOf('xinhua_worker1', 'services.csv')).bytes.toString('utf8');
  expect(text).toContain('"\'=cmd"');
  expect(text).not.toContain('不外传');
  expect((await fileOf('evaluator', 'services.csv')).status).toBe(403);
});

test('an unknown filter is refused, and so is a list that no file holds', async () => {
  expect((await fileOf('xinhua_worker1', 'cases.csv?colour=red')).status).toBe(422);
  expect((await fileOf('xinhua_worker1', 'cases.pdf')).status).toBe(404);
  expect(() => demandFit(MOST_ROWS)).not.toThrow();
  expect(() => demandFit(MOST_ROWS + 1)).toThrow(Problem);
  expect(() => demandFit(MOST_ROWS + 1)).toThrow(/20001 rows and a file at most 20000/);
});
