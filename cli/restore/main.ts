/** `npm run restore`. Exit code 0: restored; 1: it was not, and nothing is left behind; 2: wrong options. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { chown, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { postgresAccount } from '../../sandbox/parts/postgres-binaries';
import { type Counted, unpack } from '../backup/cluster';
import { BackupFailure } from '../backup/failure';
import { ERASED_FILE } from '../../sandbox/config';
import { asEnvFile, readKeys } from '../backup/keys';
import { SERVER } from '../backup/main';
import { keyOf, readSealed } from '../backup/sealed-file';
import { ending, readOptions } from '../command';
import { dataDirOf, secretOf } from '../place';
import { OptionsWrong } from '../policy/options';

const USAGE = `npm run restore -- FILE --keys KEYS
    makes the empty folder DATA_DIR a sandbox with the backup's data; npm start goes on from there
npm run restore -- FILE --into FOLDER
    writes the data folder of a PostgreSQL server of the same major version into an empty folder, and the attachments into
    FOLDER.attachments, which becomes DATA_DIR/attachments
npm run restore -- keys KEYS --to FILE
    writes the secrets as lines of a .env file, readable for its owner alone, and beside it the list of destroyed keys

BACKUP_KEY (or BACKUP_KEY_FILE)  the key that the backup was made with
Before anything may send again, read docs/operations.md: a restored copy beside the running system would tell people twice`;

const asList = (ids: string[]): string => ids.map((id) => `${id}\n`).join('');

/** @throws BackupFailure TargetNotEmpty */
function mustBeEmpty(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new BackupFailure(
    'TargetNotEmpty',
    `${folder} 不是空目录，未作任何改动`,
    `${folder} is not empty; nothing was changed`,
  );
}

/** Gives everything below a folder to the account that PostgreSQL runs as. */
async function giveAll(folder: string, owner: { uid: number; gid: number }): Promise<void> {
  await chown(folder, owner.uid, owner.gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? giveAll(path, owner) : chown(path, owner.uid, owner.gid));
  }
}

/** Aside and then renamed: a crash in the middle leaves nothing that looks like a database. */
async function restoreCluster(file: string, key: Buffer, into: string, attachments: string): Promise<Counted> {
  const aside = `${into}.restoring`;
  const filesAside = `${attachments}.restoring`;
  const sweep = async (): Promise<void> => {
    for (const folder of [aside, filesAside]) await rm(folder, { recursive: true, force: true });
  };
  mustBeEmpty(attachments);
  await sweep();
  await mkdir(aside, { recursive: true, mode: 0o700 });
  try {
    const counted = await unpack(readSealed(file, key, SERVER), aside, filesAside);
    // Taken after what lies there was checked: initdb's folder of a running server is never emptied by us.
    if (existsSync(attachments)) await rmdir(attachments);
    if (counted.attachments > 0) await rename(filesAside, attachments);
    if (existsSync(into)) await rmdir(into);
    await rename(aside, into);
    return counted;
  } catch (error) {
    await sweep();
    throw error;
  }
}

async function restoreSandbox(file: string, keysFile: string, key: Buffer, dataDir: string): Promise<number> {
  mustBeEmpty(dataDir);
  const kept = await readKeys(keysFile, key);
  if (kept.of !== 'sandbox') {
    throw new BackupFailure('KeysOfAnother', `${keysFile} 不是沙箱的密钥`, `${keysFile} holds no keys of a sandbox`);
  }
  await mkdir(dataDir, { recursive: true });
  const cluster = join(dataDir, 'postgres');
  const { files } = await restoreCluster(file, key, cluster, join(dataDir, 'attachments'));
  const { owner } = postgresAccount(dataDir);
  if (owner) await giveAll(cluster, owner);
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify(kept.values, null, 2), { mode: 0o600, flush: true });
  // Applied by the next start, before anybody can look.
  if (kept.erased?.length) writeFileSync(join(dataDir, ERASED_FILE), asList(kept.erased), { mode: 0o600, flush: true });
  console.log(`✓ ${dataDir}  已恢复 ${files} 个文件 · restored; DATA_DIR=${dataDir} npm start`);
  return 0;
}

async function restoreFolder(file: string, key: Buffer, into: string): Promise<number> {
  mustBeEmpty(into);
  await mkdir(dirname(into), { recursive: true });
  const { files, attachments } = await restoreCluster(file, key, into, `${into}.attachments`);
  if (attachments > 0) console.log(`✓ ${into}.attachments  ${attachments} 个附件 · attachments: DATA_DIR/attachments`);
  console.log(
    `✓ ${into}  已恢复 ${files} 个文件 · restored; give it to the account of PostgreSQL and start the server`,
  );
  return 0;
}

async function restoreKeys(file: string, key: Buffer, to: string): Promise<number> {
  if (existsSync(to)) throw new BackupFailure('FileExists', `${to} 已存在`, `${to} is there already`);
  const kept = await readKeys(file, key);
  writeFileSync(to, asEnvFile(kept), { mode: 0o600, flag: 'wx', flush: true });
  if (kept.erased?.length) {
    writeFileSync(`${to}.erased`, asList(kept.erased), { mode: 0o600, flush: true });
    console.log(`  ${to}.erased  npm run keys -- erase-again，在任何人登录之前 · before anybody signs in`);
  }
  console.log(`✓ ${to}  ${Object.keys(kept.values).join(' ')}`);
  return 0;
}

async function work(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { words, values } = readOptions(args, { values: ['keys', 'into', 'to'], flags: [] });
  const { keys, into, to } = values;
  const key = (): Buffer => keyOf(secretOf(env, 'BACKUP_KEY'));
  const [first, second] = words;
  if (first === 'keys' && second !== undefined && words.length === 2 && to !== undefined) {
    return restoreKeys(resolve(second), key(), resolve(to));
  }
  if (first === undefined || words.length > 1 || to !== undefined || (keys === undefined) === (into === undefined)) {
    throw new OptionsWrong(['one file, and either --keys KEYS or --into FOLDER']);
  }
  if (into !== undefined) return restoreFolder(resolve(first), key(), resolve(into));
  return restoreSandbox(resolve(first), resolve(keys ?? ''), key(), dataDirOf(env));
}

/** Runs one command line and gives its exit code. */
export async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args, env));
}

// In the image, where nothing is prepared: node dist/cli/restore/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
