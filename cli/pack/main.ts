/** `npm run pack`: the evaluation pack (评估资料包) of a contract. Exit code 1: could not be made, and why was said; 2: wrong options. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeXlsx } from '../../runtime/xlsx';
import { addressOf, CliFailure, Client, tokenFor } from '../client';
import { ending, readOptions } from '../command';
import { OptionsWrong } from '../policy/options';
import { gather, type Gathered } from './gather';
import { type Sampling, sheetsOf, tableOf } from './sheets';

const USAGE = `npm run pack -- --contract ID --stage mid|final --out DIR [options]
    writes what the evaluator asks for into a new folder: indicators.xlsx (indicators, every record, a random sample),
    indicators.md (the indicators as a plain table) and manifest.json with the hash of each; no child is named
    --sample N                        records an indicator in the sample (10, at most 200)
    --seed TEXT                       draws the same sample again (contract and stage)
    --url URL, --token TOKEN          SHOUWANG_URL, SHOUWANG_TOKEN, or the sandbox at PORT and its evaluator`;

const READERS = ['evaluator', 'supervisor'];

interface Options {
  contract: string;
  stage: string;
  out: string;
  sampling: Sampling;
}

function optionsOf(values: Record<string, string | undefined>): Options {
  const { contract = '', stage = '', out = '', sample = '10' } = values;
  const size = Number(sample);
  const problems = [
    ...(contract === '' ? ['--contract: an id is missing'] : []),
    ...(stage === 'mid' || stage === 'final' ? [] : ['--stage: expected mid or final']),
    ...(out === '' ? ['--out: a folder is missing'] : []),
    ...(Number.isInteger(size) && size >= 0 && size <= 200 ? [] : ['--sample: expected a whole number from 0 to 200']),
  ];
  if (problems.length > 0) throw new OptionsWrong(problems);
  return { contract, stage, out, sampling: { size, seed: values['seed'] ?? `${contract}/${stage}` } };
}

/** A pack is never mixed with what lies there already. @throws CliFailure */
function newFolder(out: string): void {
  try {
    if (existsSync(out) && readdirSync(out).length > 0)
      throw new CliFailure(`${out} 不是空文件夹 · the folder is not empty`);
    mkdirSync(out, { recursive: true });
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure(`${out} 无法写入 · cannot be written (${String(error)})`);
  }
}

/** The files of a pack by name, the manifest last. @param madeAt RFC 3339 */
export function filesOf(gathered: Gathered, sampling: Sampling, madeAt: string): Map<string, Buffer> {
  const files = new Map([
    ['indicators.xlsx', writeXlsx(sheetsOf(gathered, sampling))],
    ['indicators.md', Buffer.from(tableOf(gathered), 'utf8')],
  ]);
  const { contract, asOf } = gathered.indicators;
  const manifest = {
    ...{ contract: contract.id, stage: gathered.stage, asOf, preliminary: gathered.preliminary, madeAt, sampling },
    files: [...files].map(([name, content]) => {
      return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    }),
  };
  return files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8'));
}

async function work(args: string[]): Promise<number> {
  const { words, values } = readOptions(args, {
    values: ['contract', 'stage', 'out', 'sample', 'seed', 'url', 'token'],
    flags: [],
  });
  if (words.length > 0) throw new OptionsWrong(words.map((word) => `${word}: not expected`));
  const options = optionsOf(values);
  newFolder(options.out);
  const url = addressOf(values['url']);
  const client = new Client(url, await tokenFor(url, values['token'], READERS));
  const gathered = await gather(client, options, Date.now(), (name) => console.error(`… ${name}`));
  const files = filesOf(gathered, options.sampling, new Date().toISOString());
  for (const [name, content] of files) writeFileSync(join(options.out, name), content, { flag: 'wx' });
  console.log([...files.keys()].map((name) => join(options.out, name)).join('\n'));
  return 0;
}

/** Runs one command line and gives its exit code. Cut short, it leaves no manifest: a pack without one is not whole. */
export async function run(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args));
}
