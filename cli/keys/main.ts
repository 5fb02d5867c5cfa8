/** `npm run keys`. Exit code 0: done; 1: not, and why was said; 2: wrong options. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { derive } from '../../runtime/keys';
import { type Db, openDb, reach } from '../../store/db';
import { eraseAgain, erasedSubjects } from '../../store/erasures';
import { localKms, VaultKeyUnknown } from '../../store/kms';
import { keyUse, renewSubject, rewrap } from '../../store/rotate';
import { forgetClues } from '../../store/child-index';
import { createRegister, REGISTER_INDEX } from '../../store/services/children';
import { createVault } from '../../store/vault';
import { CliFailure } from '../client';
import { ending, readOptions } from '../command';
import { type Place, placeOf } from '../place';
import { OptionsWrong } from '../policy/options';

const USAGE = `npm run keys -- status
    which key-encryption keys are in use, and for how much
npm run keys -- separate --to FILE
    writes LINK_KEY, INDEX_KEY and PAYLOAD_KEYS, so that nothing but the vault depends on VAULT_KEY; once, before the first rotation
npm run keys -- rotate [--batch N]
    wraps every child's key anew under VAULT_KEY while the system runs; VAULT_KEYS_OLD opens what older keys wrapped
npm run keys -- renew NUMBER
    gives the child of a case a new data key and seals everything under it anew
npm run keys -- reindex
    hashes the register anew after INDEX_KEY was set or changed
npm run keys -- erased --to FILE
    writes the list of destroyed keys, to be kept apart from the backups
npm run keys -- erase-again FILE
    destroys again, in a restored database, what stands on that list

DATABASE_URL, VAULT_KEY, VAULT_KEYS_OLD, LINK_KEY, INDEX_KEY and PAYLOAD_KEYS say which installation (each NAME_FILE too);
without DATABASE_URL it is the sandbox in DATA_DIR. docs/operations.md walks through a rotation.`;

const BATCH = 500;

interface Hands {
  db: Db;
  place: Place;
}

function keysOf({ keys, all }: Place) {
  if (!keys || !all) throw new CliFailure('需要 VAULT_KEY · VAULT_KEY is not set');
  return { keys, all };
}

/** @throws CliFailure where the file is there */
function writeNew(to: string, text: string): void {
  const file = resolve(to);
  if (existsSync(file)) throw new CliFailure(`${file} 已存在 · is there already`);
  writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
  console.log(`✓ ${file}`);
}

async function status({ db, place }: Hands): Promise<void> {
  const current = place.keys?.current;
  for (const { kekId, children, robots, others } of await keyUse(db)) {
    const known = place.keys?.byId.has(kekId) ?? false;
    const what = kekId === current ? '当前 current' : known ? '旧 older' : '未知 UNKNOWN';
    console.log(`${kekId}  ${what}  儿童密钥 children ${children}  机器人 robots ${robots}  其他 others ${others}`);
  }
}

async function rotate({ db, place }: Hands, batch: number): Promise<void> {
  const { keys } = keysOf(place);
  try {
    const { children, robots, others } = await rewrap(db, { kms: localKms(keys), keys }, { batch });
    console.log(`✓ 已用当前密钥重新包裹 · wrapped anew: ${children} children, ${robots} robots, ${others} others`);
  } catch (error) {
    if (error instanceof VaultKeyUnknown)
      throw new CliFailure(
        `缺少密钥 ${error.kekId}，请加入 VAULT_KEYS_OLD · add the key ${error.kekId} to VAULT_KEYS_OLD`,
      );
    throw error;
  }
}

async function renew({ db, place }: Hands, number: string): Promise<void> {
  const { keys } = keysOf(place);
  const row = await db.caseRow.findUnique({ where: { number }, select: { subjectId: true } });
  if (!row) throw new CliFailure(`没有案件 ${number} · there is no case ${number}`);
  const count = await renewSubject(db, localKms(keys), row.subjectId);
  console.log(`✓ ${number}  ${count} 条已用新的数据密钥加密 · entries under a new data key`);
}

async function reindex({ db, place }: Hands): Promise<void> {
  const { keys, all } = keysOf(place);
  const vault = createVault({ db, keys });
  const register = createRegister({ vault, secret: all.index(REGISTER_INDEX) });
  console.log(`✓ ${await register.reindex(db, BATCH)} 名在册儿童的索引已更新 · hashed anew`);
  await forgetClues(db);
  console.log('  同一儿童线索由接口服务逐批重建 · the API makes clues to the same child anew, a batch at a time');
}

/** What derived from VAULT_KEY so far stays as it is; the blind indexes get a key of their own and are hashed anew. */
function separate({ place }: Hands, to: string): void {
  const { all } = keysOf(place);
  const vaultKey = Buffer.from(all.vault[0], 'base64');
  const lines = {
    LINK_KEY: all.links.toString('base64'),
    INDEX_KEY: randomBytes(32).toString('base64'),
    PAYLOAD_KEYS: [place.payloadKeys, derive(vaultKey, 'temporal payloads').toString('base64')]
      .filter(Boolean)
      .join(','),
  };
  writeNew(
    to,
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  console.log('  重启后运行 npm run keys -- reindex · restart with these, then: npm run keys -- reindex');
}

async function again({ db, place }: Hands, file: string): Promise<void> {
  const { keys } = keysOf(place);
  const ids = readFileSync(resolve(file), 'utf8')
    .split('\n')
    .flatMap((line) => line.trim() || []);
  if (ids.some((id) => !/^[\w-]{1,64}$/.test(id)))
    throw new CliFailure(`${file}: 不是销毁清单 · is no list of erased keys`);
  const found = await eraseAgain(db, createVault({ db, keys }), ids);
  console.log(
    `✓ 清单 ${ids.length} 项，再次销毁 ${found} 把密钥 · ${found} keys destroyed again of ${ids.length} on the list`,
  );
}

async function work(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { words, values } = readOptions(args, { values: ['to', 'batch'], flags: [] });
  const [command = '', subject, ...more] = words;
  const { to, batch = String(BATCH) } = values;
  const withSubject = ['renew', 'erase-again'].includes(command);
  const withFile = ['separate', 'erased'].includes(command);
  const known = withSubject || withFile || ['status', 'rotate', 'reindex'].includes(command);
  if (!known || more.length > 0) throw new OptionsWrong([`${words.join(' ') || 'nothing'}: no such command`]);
  if (withSubject !== (subject !== undefined)) throw new OptionsWrong([`${command}: one word more or less`]);
  if (withFile !== (to !== undefined))
    throw new OptionsWrong([`${command}: --to is ${withFile ? 'missing' : 'not for it'}`]);
  if (!/^[1-9]\d{0,4}$/.test(batch)) throw new OptionsWrong(['--batch must be a number from 1 to 99999']);
  const place = placeOf(env);
  const db = openDb(place.databaseUrl, 2);
  const hands = { db, place };
  try {
    await reach(db).catch((cause: unknown) => {
      throw new CliFailure('数据库没有应答 · the database does not answer', { cause });
    });
    if (command === 'status') await status(hands);
    if (command === 'rotate') await rotate(hands, Number(batch));
    if (command === 'renew') await renew(hands, subject ?? '');
    if (command === 'reindex') await reindex(hands);
    if (command === 'separate') separate(hands, to ?? '');
    if (command === 'erased') writeNew(to ?? '', (await erasedSubjects(db)).map((id) => `${id}\n`).join(''));
    if (command === 'erase-again') await again(hands, subject ?? '');
    return 0;
  } finally {
    await db.$disconnect();
  }
}

/** Runs one command line and gives its exit code. */
export async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args.includes('--help') || args[0] === 'help') {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args, env));
}

// In the image, where nothing is prepared: node dist/cli/keys/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
