/** `npm run backup`. Exit code 0: the backup is whole and on disk; 1: it is not, and why was said; 2: wrong options. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { baseBackup, TablespacesUnsupported } from '../../store/backup/base-backup';
import type { Blobs } from '../../store/blobs/blob';
import { ending, readOptions } from '../command';
import { dataDirOf, sandboxSuperuserUrl, secretOf } from '../place';
import { OptionsWrong } from '../policy/options';
import { attachmentParts, blobsOf } from './attachments';
import { unpack } from './cluster';
import { BackupFailure } from './failure';
import { erasedOf, keysOf, writeKeys } from './keys';
import { keyOf, type Part, readSealed, writeSealed } from './sealed-file';

/** What stands in the file's head. */
export const SERVER = 'postgresql';

const USAGE = `npm run backup -- --to FOLDER
    copies the whole PostgreSQL server (our database and Temporal's, at one moment) and all attachments into one encrypted
    file there, while it is in use, and reads the file back to check it
npm run backup -- check FILE
    reads a backup and holds every file in it against its checksum; restores nothing
npm run backup -- keys --to FILE
    writes the keys, encrypted too, to be kept apart from the backups: in another safe, in two people's hands

BACKUP_KEY (or BACKUP_KEY_FILE)  base64 of 32 bytes: openssl rand -base64 32; without it no backup opens
BACKUP_DATABASE_URL              a role with REPLICATION; without it the running sandbox in DATA_DIR
DATA_DIR, ATTACHMENTS, S3_…      where attachments are, as the API has them`;

const mb = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

/** The files after the database: whatever it points to was in the store before. */
async function* allParts(url: string, blobs: Blobs): AsyncGenerator<Part> {
  for await (const { of, bytes } of baseBackup(url)) yield { name: of, bytes };
  yield* attachmentParts(blobs);
}

/** The server's own words, without its address. */
function asFailure(error: unknown): unknown {
  if (error instanceof BackupFailure) return error;
  if (error instanceof TablespacesUnsupported) {
    return new BackupFailure('TablespacesUnsupported', '不支持表空间', error.message, error);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return new BackupFailure('DiskFull', '磁盘已满', 'the disk is full', error);
  return new BackupFailure('BackupFailed', `数据库拒绝或连接中断（${code ?? message}）`, message, error);
}

async function backUp(env: NodeJS.ProcessEnv, to: string, key: Buffer): Promise<number> {
  const url = env['BACKUP_DATABASE_URL'] || sandboxSuperuserUrl(dataDirOf(env));
  const blobs = blobsOf(env);
  const folder = resolve(to);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const moment = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = join(folder, `shouwang-${moment}.backup`);
  try {
    const { bytes, sha256 } = await writeSealed(file, key, SERVER, allParts(url, blobs));
    const held = await unpack(readSealed(file, key, SERVER));
    console.log(
      `✓ ${file}  ${mb(bytes)}，内含 ${held.files} 个文件 ${mb(held.bytes)}（附件 ${held.attachments} 个），已逐个校验 · every file checked`,
    );
    console.log(`  sha256 ${sha256}`);
  } catch (error) {
    throw asFailure(error);
  }
  return 0;
}

async function check(file: string, key: Buffer): Promise<number> {
  const { files, bytes, attachments } = await unpack(readSealed(file, key, SERVER));
  console.log(
    `✓ ${file}  ${files} 个文件 ${mb(bytes)} 完好（附件 ${attachments} 个）· ${files} files, all as they were`,
  );
  return 0;
}

async function backUpKeys(env: NodeJS.ProcessEnv, to: string, key: Buffer): Promise<number> {
  const file = resolve(to);
  if (existsSync(file)) throw new BackupFailure('FileExists', `${file} 已存在`, `${file} is there already`);
  const erased = await erasedOf(env);
  const kept = { ...keysOf(env), ...(erased && { erased }) };
  await writeKeys(file, key, kept);
  console.log(`✓ ${file}  ${Object.keys(kept.values).join(' ')}`);
  console.log('  请与数据备份分开保存 · keep it apart from the backups of the data');
  console.log(
    erased
      ? `  含销毁清单 ${erased.length} 项 · with the list of ${erased.length} destroyed keys`
      : '  数据库没有应答，不含销毁清单 · the database does not answer: without the list of destroyed keys',
  );
  return 0;
}

async function work(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { words, values } = readOptions(args, { values: ['to'], flags: [] });
  const [command, file, ...more] = words;
  const { to } = values;
  const key = (): Buffer => keyOf(secretOf(env, 'BACKUP_KEY'));
  if (command === 'check' && file !== undefined && more.length === 0 && to === undefined) {
    return check(resolve(file), key());
  }
  if (to === undefined) throw new OptionsWrong(['--to is missing']);
  if (command === 'keys' && file === undefined) return backUpKeys(env, to, key());
  if (command === undefined) return backUp(env, to, key());
  throw new OptionsWrong([`${words.join(' ')}: no such command`]);
}

/** Runs one command line and gives its exit code. */
export async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args, env));
}

// In the image, where nothing is prepared: node dist/cli/backup/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
