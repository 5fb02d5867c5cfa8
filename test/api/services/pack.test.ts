import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, utils } from '@e965/xlsx';
import { run } from '../../../cli/pack/main';
import { ago, must, type ServicesApi, startServicesApi, VISIT } from './support';

const NAME = '测试童不可外传';
let t: ServicesApi;
let dir: string;
beforeAll(async () => {
  t = await startServicesApi();
  dir = mkdtempSync(join(tmpdir(), 'pack-'));
  const kid = must(await t.post('/children', { name: NAME, birthDate: '2016-01-01' }));
  for (let hour = 1; hour <= 12; hour += 1) {
    must(await t.post('/services', { ...VISIT, at: ago(hour), childIds: [kid['id']], note: `${NAME}家` }));
  }
  must(await t.post('/services', { ...VISIT, kind: 'community_event', at: ago(2), headCount: 30, title: '=1+1' }));
}, 600_000);
afterAll(async () => {
  await t?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function pack(out: string, ...more: string[]): Promise<number> {
  const quiet = [jest.spyOn(console, 'log'), jest.spyOn(console, 'error')].map((spy) => spy.mockReturnValue());
  try {
    const { token } = t.account('evaluator');
    return await run([
      '--contract',
      'now',
      '--stage',
      'final',
      '--out',
      out,
      '--url',
      t.url,
      '--token',
      token,
      ...more,
    ]);
  } finally {
    for (const spy of quiet) spy.mockRestore();
  }
}
const rowsOf = (out: string, sheet: string): unknown[][] => {
  const book = read(readFileSync(join(out, 'indicators.xlsx')));
  return utils.sheet_to_json(book.Sheets[sheet] ?? {}, { header: 1 });
};

test('figures, every record and a sample, with hashes and without a name', async () => {
  const out = join(dir, 'one');
  expect(await pack(out, '--sample', '5')).toBe(0);
  expect(readdirSync(out).sort()).toEqual(['indicators.md', 'indicators.xlsx', 'manifest.json']);
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
    files: { name: string; bytes: number; sha256: string }[];
  };
  expect(manifest).toMatchObject({
    contract: 'now',
    stage: 'final',
    preliminary: true,
    sampling: { size: 5, seed: 'now/final' },
  });
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = readFileSync(join(out, name));
    expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256]);
  }
  const of = (sheet: string, name: string): number => rowsOf(out, sheet).filter(([first]) => first === name).length;
  expect([of('明细', '探访'), of('抽样', '探访'), of('明细', '社区活动')]).toEqual([12, 5, 1]);
  expect(
    rowsOf(out, '指标')
      .find((row) => row[2] === '探访')
      ?.slice(2, 6),
  ).toEqual(['探访', '人次', 260, 12]);
  expect(readFileSync(join(out, 'indicators.md'), 'utf8')).toContain('评估日未到，为临时数据');
  const words = ['指标', '明细', '抽样'].map((sheet) => JSON.stringify(rowsOf(out, sheet))).join('');
  expect(words).toContain('C0001');
  expect(words).toContain('=1+1');
  expect(words).not.toContain(NAME);
});

test('the same seed draws the same sample again', async () => {
  const [first, second] = [join(dir, 'two'), join(dir, 'three')];
  await pack(first, '--sample', '4', '--seed', '2025');
  await pack(second, '--sample', '4', '--seed', '2025');
  expect(rowsOf(second, '抽样')).toEqual(rowsOf(first, '抽样'));
});

test('a folder that holds something, an unknown contract and wrong options are said', async () => {
  expect(await pack(join(dir, 'one'))).toBe(1);
  expect(await pack(join(dir, 'four'), '--contract', 'nothing')).toBe(1);
  expect(await pack(join(dir, 'five'), '--stage', 'mid')).toBe(1);
  expect(await pack(join(dir, 'six'), '--stage', 'late', '--sample', 'many')).toBe(2);
});
