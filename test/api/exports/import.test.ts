/** `npm run import` (迁入) meets what goes wrong: a bad line among many, a database that is lost on the way; and then it is run again. */
import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { makeStation, STATION } from '../../../bench/move/station';
import { weigh } from '../../../cli/exchange/files';
import { exportStation } from '../../../cli/export/write';
import { run } from '../../../cli/import/main';
import type { CaseInput } from '../../../domain/messages';
import { keyFrom, newRecipient } from '../../../runtime/recipient';
import { PROJECT } from '../../../sandbox/config';
import { diskBlobs } from '../../../store/blobs/disk';
import { type Db, openDb } from '../../../store/db';
import { macOf, type Manifest } from '../../../store/exchange/manifest';
import { keyRing } from '../../../store/keys';
import { localKms } from '../../../store/kms';
import { infra, type TestDatabase } from '../../support/infra';
import { eventually } from '../../support/system';

const CASES = 12;
const receiver = newRecipient();
const databases: TestDatabase[] = [];
let folder: string;
let adminUrl: string;
const written: string[] = [];

const at = (name: string): string => join(folder, name);
const output = (): string => written.join('\n');

async function database(): Promise<TestDatabase> {
  const made = await (await infra()).createDatabase();
  databases.push(made);
  return made;
}

async function onceIn<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openDb(url, 4);
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shouwang-import-'));
  ({ adminUrl } = await infra());
  writeFileSync(at('receiver.key'), receiver.privateKey);
  const keys = keyRing(randomBytes(32).toString('base64'));
  await onceIn((await database()).ownerUrl, async (db) => {
    await makeStation(db, keys, CASES, () => undefined);
    const deps = { db, kms: localKms(keys), blobs: diskBlobs(at('blobs')) };
    const statesOf = (all: readonly { of: 'case' | 'report'; id: string; rev: number; input: CaseInput }[]) =>
      Promise.resolve(all.map(({ of, id, rev, input }) => ({ of, id, seq: rev, state: input.state })));
    const asked = { stationId: STATION, folder: at('out'), recipient: receiver.publicKey, now: Date.now() };
    await exportStation({ ...deps, statesOf }, asked);
  });
}, 600_000);
afterAll(async () => {
  for (const one of databases) await one.drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  written.length = 0;
  for (const to of ['log', 'error'] as const)
    jest.spyOn(console, to).mockImplementation((...lines: unknown[]) => void written.push(lines.map(String).join(' ')));
});
afterEach(() => jest.restoreAllMocks());

const importInto = (url: string, from: string): Promise<number> =>
  run(['--in', from, '--key', at('receiver.key')], {
    DATABASE_URL: url,
    VAULT_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: folder,
    POLICIES_DIR: join(PROJECT, 'policies'),
  });
const casesIn = (url: string): Promise<number> => onceIn(url, (db) => db.caseRow.count());

/** The same export with one line of a file otherwise, as its sender might have written it: the manifest says so. */
async function withLine(file: string, n: number, change: (line: string) => string): Promise<string> {
  const to = at(randomUUID());
  cpSync(at('out'), to, { recursive: true });
  const lines = readFileSync(join(to, file), 'utf8').split('\n');
  lines[n - 1] = change(lines[n - 1] ?? '');
  writeFileSync(join(to, file), lines.join('\n'));
  const path = join(to, 'manifest.json');
  const { mac: _mac, ...said } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const weight = await weigh(join(to, file));
  const files = said.files.map((one) => (one.name === file ? { ...one, ...weight } : one));
  const key = keyFrom(receiver.privateKey, said.sealing.ephemeral);
  const again = { ...said, files };
  writeFileSync(path, JSON.stringify({ ...again, mac: macOf(key, again) }));
  return to;
}

const field =
  (name: string, value: unknown) =>
  (line: string): string =>
    JSON.stringify({ ...(JSON.parse(line) as object), [name]: value });

test.each<[file: string, n: number, says: string, change: (line: string) => string]>([
  ['events.jsonl', 57, '不是 JSON', (line) => line.slice(0, -5)],
  ['states.jsonl', 3, '不是 JSON', (line) => `${line}x`],
  ['steps.jsonl', 31, '数据库不接受（22', field('dueAt', 'the day after tomorrow, 测试童甲')],
  ['cases.jsonl', 7, '数据库不接受（23502）', field('stationId', null)],
  ['alert-replies.jsonl', 1, '字段不符', () => '{"alertId":"a","colour":"red"}'],
  ['referrals.jsonl', 9, 'field colour', field('colour', 'red')],
  ['vault-items.jsonl', 40, '打不开', field('sealed', Buffer.alloc(64).toString('base64'))],
])(
  '%s with a bad line %d: the line is named, nothing that stands there is said, nothing is taken in',
  async (file, n, says, change) => {
    const { url } = await database();
    expect(await importInto(url, await withLine(file, n, change))).toBe(1);
    expect(output()).toContain(`${file} 第 ${n} 行`);
    expect(output()).toContain(says);
    for (const word of ['测试童', 'tomorrow', '"red"']) expect(output()).not.toContain(word);
    expect(await casesIn(url)).toBe(0);
  },
);

test('a journal that does not hold together is found among the others', async () => {
  const { url } = await database();
  const from = await withLine('events.jsonl', 100, field('kind', 'noted_otherwise'));
  expect(await importInto(url, from)).toBe(1);
  expect(output()).toMatch(/案件 A\d{4} 的日志不完整/);
  expect(await casesIn(url)).toBe(0);
});

test('cut off in the middle it changes nothing and says so; run again it takes everything in', async () => {
  const { url } = await database();
  // Somebody holds a table that comes late, so that the import stands in its middle.
  const other = new pg.Client(Object.assign(new URL(adminUrl), { pathname: new URL(url).pathname }).href);
  await other.connect();
  await other.query('BEGIN; LOCK TABLE events IN SHARE MODE');
  const importing = importInto(url, at('out'));
  const waiting = () =>
    other.query<{ pid: number }>(
      `SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database() WHERE NOT l.granted`,
    );
  const { rows } = await eventually(waiting, (found) => found.rows.length === 1, 60_000);
  // A second command meanwhile is told so, whatever it brings.
  expect(await importInto(url, at('out'))).toBe(1);
  expect(output()).toContain('another import is under way');
  await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  expect(await importing).toBe(1);
  expect(output()).toContain('（57P01），没有改变任何内容，可以重新运行');
  await other.query('ROLLBACK');
  await other.end();
  expect(await casesIn(url)).toBe(0);

  expect([await importInto(url, at('out')), output()]).toEqual([0, expect.stringContaining(`✓ 案件 ${CASES}`)]);
  const standing = await onceIn(url, (db) =>
    db.caseRow.findMany({ select: { rev: true, input: true, workflow: true } }),
  );
  expect(standing.length).toBe(CASES);
  for (const { rev, input, workflow } of standing) {
    expect(workflow).toBe('pending');
    expect((input as unknown as CaseInput).state.seq).toBe(rev);
  }
  expect(await importInto(url, at('out'))).toBe(1);
  expect(output()).toContain('the system is not empty');
}, 120_000);
