/** Lists as files, over the wire: what the screen shows, for whom it shows it, and nothing of a child. */
import { randomUUID } from 'node:crypto';
import { read, utils } from '@e965/xlsx';
import { demandFit, MOST_ROWS } from '../../../api/export/send';
import { wholeTime } from '../../../api/paper/words';
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

test('the register of referrals: where each stands and whether it was confirmed in time, own station, restricted cases left out', async () => {
  const { db } = t.api.deps;
  const [one, other, secret, drill] = await Promise.all([
    report('xinhua_worker1'),
    report('donghu_worker1'),
    report('xinhua_supervisor'),
    report('xinhua_worker1'),
  ]);
  const body = { staffIds: ['xinhua_supervisor'], reason: '样例' };
  const narrowed = await t.ask('POST', `/api/v1/cases/${secret.id}/restriction`, { as: 'xinhua_supervisor', body });
  expect(narrowed.status).toBe(200);
  await db.caseRow.update({ where: { id: drill.id }, data: { drill: true } });
  await db.caseRow.update({ where: { id: one.id }, data: { assigneeId: 'xinhua_worker1' } });
  const partner = { id: 'p-register', kind: 'school', name: '=测试小学' };
  await db.partner.create({ data: partner });
  const at = (hour: number): Date => new Date(Date.UTC(2026, 2, 2, hour));
  const sent = (of: { id: string }, more: object) => ({
    ...{ id: randomUUID(), caseId: of.id, partnerId: partner.id, purpose: 'school_support', noteId: 'not-for-files' },
    ...{ state: 'sent', sentAt: at(1), confirmBy: at(5), ...more },
  });
  await db.referral.createMany({
    data: [
      sent(one, { state: 'accepted', receivedAt: at(4), acceptedAt: at(6), feedbackBy: at(30) }),
      sent(one, { state: 'closed', receivedAt: at(7), sentAt: at(0) }),
      sent(one, { state: 'drafted', sentAt: at(8) }),
      sent(one, { sentAt: new Date(), confirmBy: new Date(Date.now() + 3_600_000), partnerId: 'police-qinghe' }),
      ...[other, secret, drill].map((of) => sent(of, {})),
    ],
  });
  const rowsOf = async (as: string, query = '') => {
    const { bytes, status } = await fileOf(as, `referrals.xlsx${query}`);
    expect(status).toBe(200);
    const [sheet] = Object.values(read(bytes, { type: 'buffer' }).Sheets);
    return sheet ? utils.sheet_to_json<string[]>(sheet, { header: 1, defval: '' }) : [];
  };
  const [heading, ...rows] = await rowsOf('xinhua_worker1');
  expect(heading).toEqual([
    ...[
      '编号',
      '工作站',
      '承办人',
      '协作单位',
      '单位类别',
      '事由',
      '状态',
      '发出时间',
      '应签收',
      '签收时间',
      '签收情况',
    ],
    ...['应反馈', '受理时间', '反馈情况'],
  ]);
  expect(rows.map(([number]) => number)).toEqual(Array.from({ length: 4 }, () => one.number));
  expect(rows.map((row) => [row[6], row[10], row[13]])).toEqual([
    ['已发出', '待签收', ''],
    ['待发出', '', ''],
    ['已受理', '按时', '逾期未反馈'],
    ['已结束', '逾期', '已反馈'],
  ]);
  expect(rows[1]?.slice(7, 9)).toEqual(['', '']);
  expect(rows[2]?.slice(3, 6)).toEqual(['=测试小学', '学校', '在校支持与保护']);
  expect(rows[2]?.slice(7, 10)).toEqual(['2026年3月2日 09:00', '2026年3月2日 13:00', '2026年3月2日 12:00']);
  expect((await rowsOf('xinhua_worker1', '?kind=school&state=closed')).length).toBe(2);
  expect((await rowsOf('xinhua_worker1', '?from=2026-03-02&to=2026-03-02')).length).toBe(4);
  expect((await rowsOf('xinhua_worker1', `?partner=police-qinghe`)).length).toBe(2);

  const numbers = async (as: string): Promise<Set<string | undefined>> =>
    new Set((await rowsOf(as)).slice(1).map(([number]) => number));
  expect(await numbers('xinhua_supervisor')).toEqual(new Set([one.number, secret.number]));
  expect(await numbers('donghu_worker1')).toEqual(new Set([other.number]));
  expect(await numbers('duty1')).toEqual(new Set([one.number, other.number]));
  const text = (await fileOf('xinhua_worker1', 'referrals.csv')).bytes.toString('utf8');
  expect(text).toContain('"\'=测试小学"');
  for (const word of [secret.number, CHILD.name, 'not-for-files']) expect(text).not.toContain(word);
  expect(await numbers('evaluator')).toEqual(new Set([one.number, other.number]));
  expect((await fileOf('xinhua_worker1', 'referrals.csv?state=lost')).status).toBe(422);
  const logged = await db.accessLog.count({ where: { action: 'export:referrals', staffId: 'donghu_worker1' } });
  expect(logged).toBe(1);
});

test('a register of more pages than one arrives whole, newest first', async () => {
  const { db } = t.api.deps;
  const { id: caseId } = await report('donghu_worker2');
  const sentAt = (n: number): Date => new Date(Date.UTC(2027, 0, 1) - Math.floor(n / 3) * 1_000);
  const rows = Array.from({ length: 1_101 }, (_, n) => ({
    ...{ id: `reg-${String(n).padStart(4, '0')}`, caseId, partnerId: 'police-qinghe', purpose: 'other', state: 'sent' },
    ...{ sentAt: sentAt(n), confirmBy: new Date(Date.UTC(2027, 0, 2, 0, 0, n)) },
  }));
  await db.referral.createMany({ data: rows });
  const lines = (await fileOf('donghu_worker2', 'referrals.csv?from=2026-12-01')).bytes.toString('utf8').split('\r\n');
  const due = lines.slice(1, -1).map((line) => line.split('","')[8]);
  expect(due).toEqual(rows.map(({ confirmBy }) => wholeTime(confirmBy.getTime())));
});

test('an unknown filter is refused, and so is a list that no file holds', async () => {
  expect((await fileOf('xinhua_worker1', 'cases.csv?colour=red')).status).toBe(422);
  expect((await fileOf('xinhua_worker1', 'cases.pdf')).status).toBe(404);
  expect(() => demandFit(MOST_ROWS)).not.toThrow();
  expect(() => demandFit(MOST_ROWS + 1)).toThrow(Problem);
  expect(() => demandFit(MOST_ROWS + 1)).toThrow(/20001 rows and a file at most 20000/);
});
