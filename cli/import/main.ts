/** `npm run import`. Exit code 0: the station is here; 1: nothing was changed, and why was said; 2: wrong options. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PolicyInvalid } from '../../domain/policy';
import { newRecipient } from '../../runtime/recipient';
import { openDb, reach } from '../../store/db';
import { localKms } from '../../store/kms';
import { loadPolicies } from '../../store/policies';
import { createRegister, REGISTER_INDEX } from '../../store/services/children';
import { createVault } from '../../store/vault';
import { blobsOf } from '../backup/attachments';
import { CliFailure } from '../client';
import { ending, readOptions } from '../command';
import { progressTo } from '../exchange/progress';
import { placeOf } from '../place';
import { OptionsWrong } from '../policy/options';
import { check } from './check';
import { takeIn, type TakenIn } from './take-in';

const USAGE = `npm run import -- key --to FILE
    makes the receiver's pair of keys: the private one into FILE, the public one is printed and goes to whoever exports
npm run import -- --in FOLDER --key FILE [--sha256 HASH]
    takes a station that npm run export wrote into this system, whole or not at all. The system has to be empty: installed and
    migrated, with nobody and nothing in it; keep API and worker stopped meanwhile
    --sha256 HASH   the manifest's, as whoever exported told it by another way

DATABASE_URL, VAULT_KEY, INDEX_KEY, POLICIES_DIR, DATA_DIR, ATTACHMENTS and S3_… say which installation, as its API has them (each
NAME_FILE too). docs/export.md walks through a move`;

function makeKey(to: string): number {
  const file = resolve(to);
  if (existsSync(file)) throw new CliFailure(`${file} 已存在 · is there already`);
  const { privateKey, publicKey } = newRecipient();
  writeFileSync(file, privateKey, { mode: 0o600, flag: 'wx', flush: true });
  console.log(`✓ ${file}  私钥，请妥善保管 · the private key, keep it safe`);
  console.log(publicKey);
  return 0;
}

function readKey(file: string): string {
  if (!existsSync(file)) throw new CliFailure(`${file}: 没有这个文件 · there is no such file`);
  return readFileSync(file, 'utf8');
}

async function take(given: { folder: string; keyFile: string; wanted: string | undefined }, env: NodeJS.ProcessEnv) {
  const { folder, keyFile, wanted } = given;
  const place = placeOf(env);
  const { keys, all } = place;
  if (!keys || !all) throw new CliFailure('需要 VAULT_KEY · VAULT_KEY is not set');
  const progress = progressTo(process.stderr);
  const checked = await check(folder, { privateKey: readKey(keyFile), wanted, progress });
  const policies = loadPolicies(resolve(env['POLICIES_DIR'] || './policies'));
  const db = openDb(place.databaseUrl, 3);
  try {
    await reach(db).catch((cause: unknown) => {
      throw new CliFailure('数据库没有应答 · the database does not answer', { cause });
    });
    const vault = createVault({ db, keys });
    const register = createRegister({ vault, secret: all.index(REGISTER_INDEX) });
    const deps = { db, kms: localKms(keys), blobs: blobsOf(env), register, policies, progress };
    say(await takeIn(deps, folder, checked));
    return 0;
  } finally {
    await db.$disconnect();
  }
}

function say({ cases, live, reports }: TakenIn): void {
  console.log(`✓ 案件 ${cases}，待审报告 ${reports} · ${cases} cases and ${reports} reports that wait are here`);
  console.log(
    `  启动后 ${live} 件案件的时限继续运行，已过的时限立即告警 · once the system starts the clocks of ${live} cases go on; what is late by then is told at once`,
  );
  console.log(
    '  账号不随数据迁移：npm run setup-link -- --name 姓名 建立首个管理员 · accounts do not move: make the first administrator',
  );
}

async function work(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { words, values } = readOptions(args, { values: ['to', 'in', 'key', 'sha256'], flags: [] });
  const { to, in: folder, key: keyFile, sha256: wanted } = values;
  if (words.join(' ') === 'key') {
    if (to === undefined || folder !== undefined || keyFile !== undefined)
      throw new OptionsWrong(['key: takes --to FILE alone']);
    return makeKey(to);
  }
  const problems = [
    ...(words.length > 0 ? [`${words.join(' ')}: no such command`] : []),
    ...(folder === undefined ? ['--in is missing'] : []),
    ...(keyFile === undefined ? ['--key is missing'] : []),
    ...(to === undefined ? [] : ['--to is for key']),
    ...(wanted === undefined || /^[0-9a-fA-F]{64}$/.test(wanted) ? [] : ['--sha256: expected 64 hexadecimal digits']),
  ];
  if (problems.length > 0 || folder === undefined || keyFile === undefined) throw new OptionsWrong(problems);
  try {
    return await take({ folder: resolve(folder), keyFile: resolve(keyFile), wanted }, env);
  } catch (error) {
    if (error instanceof PolicyInvalid) throw new CliFailure(error.message, { cause: error });
    throw error;
  }
}

/** Runs one command line and gives its exit code. */
export async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args, env));
}

// In the image, where nothing is prepared: node dist/cli/import/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
