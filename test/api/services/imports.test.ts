import { utils, write } from '@e965/xlsx';
import { unzipSync, zipSync } from 'fflate';
import { XLSX_TYPE } from '../../../api/import/xlsx';
import { CHILD_COLUMNS, VISIT_COLUMNS } from '../../../domain/services/sheet';
import { beijingDay, DAY } from '../../../domain/zone';
import { must, type ServicesApi, startServicesApi } from './support';

let t: ServicesApi;
beforeAll(async () => {
  t = await startServicesApi();
}, 600_000);
afterAll(() => t?.close());

type Row = (string | number | null)[];
function fileOf(rows: Row[], dates: Record<string, number> = {}): Uint8Array<ArrayBuffer> {
  const sheet = utils.aoa_to_sheet(rows);
  // A date as spreadsheets keep it: days since 1899-12-30, and how it is shown.
  for (const [cell, day] of Object.entries(dates)) sheet[cell] = { t: 'n', v: day + 25_569, z: 'yyyy/m/d' };
  const book = utils.book_new();
  utils.book_append_sheet(book, sheet, '名册');
  return new Uint8Array(write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer);
}
const send = (path: string, raw: Uint8Array<ArrayBuffer>, as = 'xinhua_supervisor', type = XLSX_TYPE) =>
  t.ask('POST', `/api/v1/imports/${path}`, { as, raw, headers: { 'content-type': type } });

const CHILDREN: Row[] = [
  ['序号', '姓名*', '性别', '出生日期', '身份证号', '监护人', '困境类型'],
  [1, '导入童甲', '女', '2016-05-04', '65400220160504002X', '祖母', '留守、低保'],
  [2, '导入童乙', '男', null, '654002201504050011', null, null],
  [3, '导入童丙', null, '2014年3月1日', null, null, '流动'],
];

test('a list of children: previewed, taken over whole, and a second time nothing', async () => {
  const file = fileOf(CHILDREN, { D3: 16_530 });
  const before = await t.api.deps.db.registeredChild.count();
  expect(must(await send('children', file), 200)).toEqual({
    committed: false,
    rows: 3,
    fresh: 3,
    known: 0,
    problems: [],
  });
  expect(await t.api.deps.db.registeredChild.count()).toBe(before);
  expect(must(await send('children?commit=true', file), 200)).toMatchObject({ committed: true, fresh: 3, known: 0 });
  expect(must(await send('children?commit=true', file), 200)).toMatchObject({ fresh: 0, known: 3 });
  const { items } = must(await t.get('/children'), 200);
  expect(items).toMatchObject([
    {
      number: 'C0001',
      data: { name: '导入童甲', birthDate: '2016-05-04', situations: ['left_behind', 'minimum_living_allowance'] },
    },
    { number: 'C0002', data: { name: '导入童乙', birthDate: '2015-04-05' } },
    { number: 'C0003', data: { name: '导入童丙', birthDate: '2014-03-01', situations: ['migrant'] } },
  ]);
  const actions = await t.api.deps.db.serviceEvent.findMany({ where: { entity: 'child' } });
  expect(actions.map(({ action }) => action)).toEqual(['imported', 'imported', 'imported']);
});

test('every bad cell is named by row and column, what stands in it is not, and nothing is taken over', async () => {
  const wrong = fileOf([
    CHILDREN[0] ?? [],
    [1, null, '女', '2016-05-04', null, null, null],
    [2, '坏行甲', '不详性别', '2016-02-30', null, null, '穷'],
    [3, '坏行乙', '男', null, 654002201504050000, null, null],
    [4, '坏行丙', null, null, null, null, null],
    [5, '好行丁', null, '2013-01-01', null, null, null],
    [6, '好行 丁', null, '2013-1-1', null, null, null],
  ]);
  const expected = [
    [2, '姓名'],
    [3, '性别'],
    [3, '出生日期'],
    [3, '困境类型'],
    [3, '身份证号'],
    [4, '身份证号'],
    [4, '身份证号'],
    [5, '身份证号'],
    [7, '姓名'],
  ];
  const preview = must(await send('children', wrong), 200);
  const problems = preview['problems'] as unknown as { row: number; column: string; message: string }[];
  expect(problems.map(({ row, column }) => [row, column])).toEqual(expected);
  expect(problems.at(-1)?.message).toBe('与第6行是同一名儿童');
  expect(JSON.stringify(preview)).not.toMatch(/坏行|好行|654002/);
  const before = await t.api.deps.db.registeredChild.count();
  const refused = await send('children?commit=true', wrong);
  expect(refused.status).toBe(422);
  expect(refused.body['errors']?.[0]).toEqual({ path: '第2行 姓名', message: '必填' });
  expect(await t.api.deps.db.registeredChild.count()).toBe(before);
});

test('past visits: dates as text and as a spreadsheet keeps them; the same list again adds nothing', async () => {
  const today = beijingDay(Date.now());
  const day = (ago: number): string => new Date((today - ago) * DAY).toISOString().slice(0, 10);
  const heading = Object.values(VISIT_COLUMNS).map(({ name }) => name);
  const rows: Row[] = [
    heading,
    [day(20), '14:30', '走访', 40, '家中', '林立春、周谷雨', 'C0001、C0003', 1, '虚构的情况'],
    [day(19), null, '家庭访问', 30, null, 'xinhua_worker1', null, 2, null],
    [day(19), null, '家庭访问', 30, null, 'xinhua_worker1', null, 2, null],
    [null, null, '走访', 20, null, '林立春', null, 1, null],
  ];
  const file = fileOf(rows, { A5: today - 18 });
  const before = await t.api.deps.db.serviceRecord.count();
  expect(must(await send('visits', file), 200)).toMatchObject({ fresh: 4, known: 0, problems: [] });
  expect(must(await send('visits?commit=true', file), 200)).toMatchObject({ committed: true, fresh: 4 });
  expect(must(await send('visits?commit=true', file), 200)).toMatchObject({ fresh: 0, known: 4 });
  expect(await t.api.deps.db.serviceRecord.count()).toBe(before + 4);
  const { items } = must(await t.get('/indicators?contract=now', 'evaluator'), 200);
  expect((items as unknown as { id: string; actual: number }[]).find(({ id }) => id === 'now.visits')?.actual).toBe(8);
  const first = await t.api.deps.db.serviceRecord.findFirstOrThrow({ where: { childIds: { isEmpty: false } } });
  expect(first.at.toISOString()).toBe(new Date(`${day(20)}T14:30:00+08:00`).toISOString());
  const bad = fileOf([heading, [day(-2), '25:00', '慰问', 0, '月球', '无此人', 'C9999', -1, null]]);
  const problems = must(await send('visits', bad), 200)['problems'] as unknown as { column: string }[];
  expect(problems.map(({ column }) => column)).toEqual(
    expect.arrayContaining([
      ...['时间（北京时间）', '类别', '时长（分钟）', '地点', '社工', '儿童编号', '其他人数', '日期'],
    ]),
  );
});

test('the same list from two at once is on the register once', async () => {
  const file = fileOf([['姓名', '出生日期'], ...Array.from({ length: 20 }, (_, i): Row => [`并发${i}`, '2012-01-01'])]);
  const before = await t.api.deps.db.registeredChild.count();
  const replies = await Promise.all([1, 2, 3].map(() => send('children?commit=true', file)));
  expect(replies.every(({ status }) => status === 200 || status === 409)).toBe(true);
  expect(await t.api.deps.db.registeredChild.count()).toBe(before + 20);
});

test('columns that are missing, twice or unknown are named', async () => {
  const { problems } = must(
    await send(
      'children',
      fileOf([
        ['姓名', '姓名', '爱好'],
        ['甲', '乙', '丙'],
      ]),
    ),
    200,
  );
  expect(problems).toEqual([
    { row: 1, column: '姓名', message: '列重复' },
    { row: 1, column: '爱好', message: '不认识的列' },
  ]);
  const visits = must(await send('visits', fileOf([['日期'], ['2025-03-01']])), 200);
  expect(visits['problems']).toHaveLength(3);
});

test('what is no list is refused', async () => {
  expect((await send('children', new Uint8Array([1, 2, 3]))).status).toBe(422);
  expect((await send('children', new TextEncoder().encode('PK\u0003\u0004 no archive'))).status).toBe(422);
  expect((await send('children', fileOf([['姓名']]))).status).toBe(422);
  expect((await send('children', new TextEncoder().encode('{}'), 'xinhua_supervisor', 'application/json')).status).toBe(
    422,
  );
  expect((await send('children', new Uint8Array(3 * 1024 * 1024))).status).toBe(413);
  const many: Row[] = [['姓名'], ...Array.from({ length: 2_001 }, (_, i): Row => [`童${i}`])];
  expect((await send('children', fileOf(many))).status).toBe(422);
});

test('who may not write may not take over; the empty sheet has the headings', async () => {
  const file = fileOf(CHILDREN);
  expect((await send('visits', file, 'xinhua_worker1')).status).toBe(403);
  expect((await send('children', file, 'evaluator')).status).toBe(403);
  const response = await fetch(`${t.url}/api/v1/imports/children/template`, {
    headers: { authorization: `Bearer ${t.account('xinhua_worker1').token}` },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(response.headers.get('content-type')).toContain(XLSX_TYPE);
  expect(must(await send('children', bytes), 422)['errors']).toMatchObject([
    { message: expect.stringContaining('no rows') },
  ]);
  expect(Object.keys(CHILD_COLUMNS)).toHaveLength(10);
});

test('a file that unpacks to more than it says is refused', async () => {
  const files = unzipSync(fileOf(CHILDREN));
  const sheet = 'xl/worksheets/sheet1.xml';
  const zeros = Buffer.alloc(8 * 1024 * 1024, ' ');
  const honest = zipSync({ ...files, [sheet]: Buffer.concat([files[sheet] ?? zeros, zeros]) });
  expect((await send('children', new Uint8Array(honest))).status).toBe(200);
  const lying = Buffer.from(honest);
  let at = lying.readUInt32LE(lying.length - 22 + 16);
  for (; lying.readUInt32LE(at) === 0x02014b50; at += 46 + lying.readUInt16LE(at + 28) + lying.readUInt16LE(at + 30)) {
    if (lying.readUInt32LE(at + 24) > zeros.length) lying.writeUInt32LE(4_000, at + 24);
  }
  expect(await send('children', new Uint8Array(lying))).toMatchObject({
    status: 422,
    body: { errors: [{ message: 'this file cannot be read as XLSX' }] },
  });
});
