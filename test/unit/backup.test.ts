/** The backup's file: what was sealed comes back, and nothing that was changed, cut, or sealed by another key does. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { unpack } from '../../cli/backup/cluster';
import { asEnvFile, keysOf, readKeys, writeKeys } from '../../cli/backup/keys';
import { keyOf, type Part, readSealed, writeSealed } from '../../cli/backup/sealed-file';
import { run as backup } from '../../cli/backup/main';
import { run as restore } from '../../cli/restore/main';

let folder: string;
let file: string;
const KEY = randomBytes(32);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shouwang-backup-'));
  file = join(folder, 'one.backup');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* partsOf(...parts: Part[]): AsyncGenerator<Part> {
  yield* parts;
}
async function read(key = KEY, what = 'test'): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const { name, bytes } of readSealed(file, key, what)) parts.push({ name, bytes: Buffer.from(bytes) });
  return parts;
}
const joined = (parts: Part[], name: string): Buffer =>
  Buffer.concat(parts.filter((part) => part.name === name).map(({ bytes }) => bytes));

describe('a sealed file', () => {
  test('gives back what was sealed, over the borders of frames', async () => {
    const big = randomBytes(2_500_000);
    const { bytes, sha256 } = await writeSealed(
      file,
      KEY,
      'test',
      partsOf({ name: 'files', bytes: big }, { name: 'manifest', bytes: Buffer.from('{}') }),
    );
    const stored = readFileSync(file);
    expect([bytes, sha256]).toEqual([stored.length, createHash('sha256').update(stored).digest('hex')]);
    const parts = await read();
    expect(joined(parts, 'files').equals(big)).toBe(true);
    expect(joined(parts, 'manifest').toString()).toBe('{}');
  });

  test('opens for nobody once any byte was changed, at whatever place it was cut, or for another key', async () => {
    await writeSealed(file, KEY, 'test', partsOf({ name: 'files', bytes: randomBytes(300) }));
    const whole = readFileSync(file);
    const head = whole.indexOf('\n', whole.indexOf('\n') + 1) + 1;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, cut) => {
        const changed = cut ? whole.subarray(0, at) : whole.with(at, (whole[at] ?? 0) ^ 1);
        writeFileSync(file, changed);
        // In the head any byte may break its form as well; behind it only the seal and the length are there to break.
        const saying = at < head ? /./ : /BackupSealBroken|BackupCutShort/;
        await expect(read()).rejects.toThrow(saying);
      }),
      { numRuns: 200 },
    );
    writeFileSync(file, Buffer.concat([whole, Buffer.of(0)]));
    await expect(read()).rejects.toThrow('BackupSealBroken');
    writeFileSync(file, whole);
    await expect(read(randomBytes(32))).rejects.toThrow('BackupSealBroken');
    await expect(read(KEY, 'keys')).rejects.toThrow('BackupOfAnother');
    writeFileSync(file, 'something else\n');
    await expect(read()).rejects.toThrow('NotABackup');
    expect(() => keyOf('c2hvcnQ=')).toThrow('KeyUnfit');
  });

  test('a source that breaks leaves no file behind', async () => {
    async function* breaking(): AsyncGenerator<Part> {
      yield { name: 'files', bytes: Buffer.from('half') };
      throw new Error('the server went away');
    }
    await expect(writeSealed(file, KEY, 'test', breaking())).rejects.toThrow('went away');
    await expect(read()).rejects.toThrow('FileMissing');
  });
});

/** One entry of a tar, as PostgreSQL writes it. */
function entry(name: string, content: string, kind = '0'): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')} `, 124);
  block.write(kind, 156);
  block.write('ustar', 257);
  const padding = (512 - (Buffer.byteLength(content) % 512)) % 512;
  return Buffer.concat([block, Buffer.from(content), Buffer.alloc(padding)]);
}
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const manifestOf = (files: Record<string, string>): string =>
  JSON.stringify({
    Files: Object.entries(files).map(([Path, text]) => ({ Path, Size: Buffer.byteLength(text), Checksum: sha(text) })),
  });

describe('a copy of a server', () => {
  const copy = (entries: Buffer[], manifest: string) =>
    partsOf(
      { name: 'files', bytes: gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)])) },
      { name: 'manifest', bytes: Buffer.from(manifest) },
    );
  const FILES = { PG_VERSION: '18\n', 'base/1/2': 'rows'.repeat(400) };
  const entries = () => [
    entry('base/', '', '5'),
    ...Object.entries(FILES).map(([name, text]) => entry(name, text)),
    entry('pg_wal/000000010000000000000001', 'log'),
  ];

  test('is written file by file, and checked', async () => {
    const into = join(folder, 'cluster');
    expect(await unpack(copy(entries(), manifestOf(FILES)), into)).toMatchObject({ files: 3 });
    expect(readFileSync(join(into, 'base/1/2'), 'utf8')).toBe(FILES['base/1/2']);
    expect(await unpack(copy(entries(), manifestOf(FILES)))).toMatchObject({ files: 3 });
  });

  test.each([
    ['a file that differs', () => copy(entries(), manifestOf({ ...FILES, PG_VERSION: '17\n' }))],
    ['a file that is missing', () => copy(entries(), manifestOf({ ...FILES, more: 'x' }))],
    ['a file too many', () => copy([...entries(), entry('base/9', 'x')], manifestOf(FILES))],
    ['a name that leads outside', () => copy([entry('../evil', 'x')], manifestOf({}))],
    ['an absolute name', () => copy([entry('/etc/evil', 'x')], manifestOf({}))],
    ['a link', () => copy([entry('pg_tblspc/1', '', '2')], manifestOf({}))],
    ['an archive that ends in the middle', () => copy([entry('base/1', 'x'.repeat(5000)).subarray(0, 700)], '{}')],
  ])('%s is refused', async (_, parts) => {
    await expect(unpack(parts())).rejects.toThrow('BackupUnfit');
  });
});

describe('keys', () => {
  const env = {
    VAULT_KEY: Buffer.alloc(32, 3).toString('base64'),
    AUTH_SECRET: `it's ${'s'.repeat(40)}`,
    PATH: '/bin',
  };

  test('of the environment come back as lines of a .env file, and nothing else does', async () => {
    await writeKeys(file, KEY, keysOf(env));
    expect(readFileSync(file).includes(env.VAULT_KEY)).toBe(false);
    const text = asEnvFile(await readKeys(file, KEY));
    expect(text).toContain(`VAULT_KEY='${env.VAULT_KEY}'\n`);
    expect(text).toContain(`AUTH_SECRET='it'\\''s ${'s'.repeat(40)}'\n`);
    expect(text).not.toContain('PATH');
  });

  test('and data cannot be taken for each other; wrong options are said', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const BACKUP_KEY = KEY.toString('base64');
    expect(await backup(['keys', '--to', file], { ...env, BACKUP_KEY })).toBe(0);
    expect(await backup(['keys', '--to', file], { ...env, BACKUP_KEY })).toBe(1);
    expect(await backup(['check', file], { BACKUP_KEY })).toBe(1);
    expect(await restore(['keys', file, '--to', join(folder, '.env')], { BACKUP_KEY })).toBe(0);
    expect(await restore([file, '--into', join(folder, 'new')], { BACKUP_KEY })).toBe(1);
    expect(await restore([file, '--into', folder], { BACKUP_KEY })).toBe(1);
    for (const args of [[], [file], [file, '--keys', file, '--into', folder]]) expect(await restore(args, env)).toBe(2);
    for (const args of [[], ['everything', '--to', folder]]) expect(await backup(args, { BACKUP_KEY })).toBe(2);
    jest.restoreAllMocks();
  });
});
