/** `npm run audit`. Exit code 0: everything is as it was written; 1: something is not, and it was named; 2: wrong options. */
import { readFileSync } from 'node:fs';
import { type Db, openDb, reach } from '../../store/db';
import { makeAnchor } from '../../store/proof/make';
import { listAnchors, verify } from '../../store/proof/verify';
import { CliFailure } from '../client';
import { ending, readOptions } from '../command';
import { placeOf, type Place } from '../place';
import { OptionsWrong } from '../policy/options';
import { asJson, asText, progressLine } from './print';

const USAGE = `npm run audit -- verify [--kept FILE] [--json]
    walks every journal entry by entry, the daily anchors and the access log, and names whatever was changed, removed,
    reordered or rewritten. Exit code 1 when there is anything
    --kept FILE   anchors that were kept outside, as \`anchors\` prints them, one a line: day and hash
npm run audit -- anchors [--json]
    prints the daily anchors, to be kept where the database's owner cannot reach them
npm run audit -- anchor
    makes today's anchor now, where it is not made yet; the API makes one each day

DATABASE_URL and VAULT_KEY say which installation (VAULT_KEYS_OLD: keys that were replaced); without DATABASE_URL it is
the running sandbox in DATA_DIR`;

/** @throws OptionsWrong naming every line that is no anchor */
function readKept(file: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OptionsWrong([`--kept ${file}: cannot be read (${String(error)})`]);
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map((line) => /^(\d{4}-\d\d-\d\d)\s+([0-9a-f]{64})\s*$/.exec(line));
  const wrong = read.flatMap((found, i) => (found ? [] : [`--kept ${file}:${i + 1}: expected a day and a hash`]));
  if (wrong.length > 0) throw new OptionsWrong(wrong);
  return new Map(read.flatMap((found) => (found?.[1] && found[2] ? [[found[1], found[2]]] : [])));
}

async function runVerify(db: Db, { keys }: Place, kept: Map<string, string>, json: boolean): Promise<number> {
  const verdict = await verify(db, { keys, kept, progress: json ? undefined : progressLine(process.stderr) });
  console.log(json ? asJson(verdict) : asText(verdict, { seals: keys !== undefined, kept: kept.size }));
  return verdict.faults.length === 0 ? 0 : 1;
}

async function printAnchors(db: Db, json: boolean): Promise<number> {
  const lines = await listAnchors(db);
  console.log(json ? JSON.stringify(lines, null, 2) : lines.map(({ day, hash }) => `${day} ${hash}`).join('\n'));
  return 0;
}

async function makeToday(db: Db, { keys }: Place): Promise<number> {
  if (!keys) throw new CliFailure('锚定需要 VAULT_KEY · VAULT_KEY is needed to make an anchor');
  const made = await makeAnchor(db, keys, Date.now());
  console.log(made ? `${made.day} ${made.hash}` : '今天已有锚定 · today has its anchor');
  return 0;
}

async function work(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { words, values, flags } = readOptions(args, { values: ['kept'], flags: ['json'] });
  const [command, ...more] = words;
  if (!['verify', 'anchors', 'anchor'].includes(command ?? '') || more.length > 0) {
    throw new OptionsWrong([command === undefined ? 'a command is missing' : `${words.join(' ')}: no such command`]);
  }
  const kept = values['kept'] === undefined ? new Map<string, string>() : readKept(values['kept']);
  const place = placeOf(env);
  const db = openDb(place.databaseUrl, 2);
  try {
    await reach(db).catch((cause: unknown) => {
      throw new CliFailure('数据库没有应答 · the database does not answer', { cause });
    });
    if (command === 'anchors') return await printAnchors(db, flags.has('json'));
    if (command === 'anchor') return await makeToday(db, place);
    return await runVerify(db, place, kept, flags.has('json'));
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

// In the image, where nothing is prepared: node dist/cli/audit/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
