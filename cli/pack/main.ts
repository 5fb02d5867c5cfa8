/** `npm run pack`: the evaluation pack (评估资料包) of a contract. Exit code 1: could not be made, and why was said; 2: wrong options. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import { packAnswer } from '../../api/schemas/packs';
import { addressOf, CliFailure, Client, Refused, tokenFor } from '../client';
import { ending, readOptions } from '../command';
import { OptionsWrong } from '../policy/options';

const USAGE = `npm run pack -- --contract ID --stage mid|final --out DIR [options]
    has the running system make what the evaluator asks for, and writes it into a new folder: report.docx (the mid-term or
    final report), indicators.xlsx (indicators, activities, every record, a random sample), indicators.md, evidence/
    (what is fit to be shown) and manifest.json with the hash of each; no child is named. Ctrl-C stops the work
    --sample N                        records an indicator in the sample (10, at most 200)
    --seed TEXT                       draws the same sample again (contract and stage)
    --url URL, --token TOKEN          SHOUWANG_URL, SHOUWANG_TOKEN, or the sandbox at PORT and its evaluator`;

const READERS = ['evaluator', 'supervisor'];
const LOOK_EVERY_MS = 500;
/** Half a minute in all. */
const MOST_TRIES = 11;
const DOING: Record<string, string> = {
  '': '等待开始',
  counting: '统计',
  collecting: '汇总记录',
  drawing: '整理佐证',
  writing: '撰写报告',
  sealing: '打包',
};

interface Options {
  out: string;
  body: { contract: string; stage: string; sample: number; seed?: string };
}
type Pack = z.infer<typeof packAnswer>;

function optionsOf(values: Record<string, string | undefined>): Options {
  const { contract = '', stage = '', out = '', sample = '10', seed } = values;
  const size = Number(sample);
  const problems = [
    ...(contract === '' ? ['--contract: an id is missing'] : []),
    ...(stage === 'mid' || stage === 'final' ? [] : ['--stage: expected mid or final']),
    ...(out === '' ? ['--out: a folder is missing'] : []),
    ...(Number.isInteger(size) && size >= 0 && size <= 200 ? [] : ['--sample: expected a whole number from 0 to 200']),
  ];
  if (problems.length > 0) throw new OptionsWrong(problems);
  return { out, body: { contract, stage, sample: size, ...(seed !== undefined && { seed }) } };
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

/** Asks again while the system says that it is busy just now (503). @throws as the asking does */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused && error.status === 503) || tries === MOST_TRIES) throw error;
      await sleep(LOOK_EVERY_MS * tries);
    }
  }
}

/** Looks until it is over, and says how far it is. @throws CliFailure where it was not made */
async function wait(client: Client, asked: Pack, stopped: AbortSignal): Promise<Pack> {
  let said = '';
  for (;;) {
    if (stopped.aborted) {
      await patiently(() => client.ask('DELETE', `/api/v1/packs/${asked.id}`, packAnswer));
      throw new CliFailure('已取消 · cancelled');
    }
    const pack = await patiently(() => client.ask('GET', `/api/v1/packs/${asked.id}`, packAnswer));
    const { doing, done, total } = pack.progress;
    const line = `… ${DOING[doing] ?? doing} ${total > 1 ? `${done}/${total}` : ''}`.trimEnd();
    if (line !== said) console.error(line);
    said = line;
    if (pack.state === 'done') return pack;
    if (!['waiting', 'running'].includes(pack.state))
      throw new CliFailure(`没有做成（${pack.failure ?? pack.state}） · the pack was not made`);
    await sleep(LOOK_EVERY_MS);
  }
}

const Manifest = z.object({ files: z.array(z.object({ name: z.string(), sha256: z.string() })) });
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/**
 * Writes the files of a pack, the manifest last: cut short, a folder without one is not whole.
 * @throws CliFailure where a hash does not fit, or a name leads out of the folder
 */
function unpack(zip: Buffer, pack: Pack, out: string): string[] {
  if (sha256(zip) !== pack.sha256) throw new CliFailure('下载的文件不完整，请重试 · the download is not whole');
  const files = unzipSync(new Uint8Array(zip));
  const { 'manifest.json': manifest = new Uint8Array(), ...rest } = files;
  const known = Manifest.parse(JSON.parse(Buffer.from(manifest).toString('utf8')));
  const root = resolve(out) + sep;
  for (const { name, sha256: hash } of known.files) {
    const content = rest[name];
    const path = resolve(out, name);
    if (!content || sha256(content) !== hash || !path.startsWith(root))
      throw new CliFailure(`${name} 与清单不符 · does not fit the manifest`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx' });
  }
  writeFileSync(join(out, 'manifest.json'), manifest, { flag: 'wx' });
  return [...known.files.map(({ name }) => name), 'manifest.json'];
}

async function work(args: string[]): Promise<number> {
  const { words, values } = readOptions(args, {
    values: ['contract', 'stage', 'out', 'sample', 'seed', 'url', 'token'],
    flags: [],
  });
  if (words.length > 0) throw new OptionsWrong(words.map((word) => `${word}: not expected`));
  const { out, body } = optionsOf(values);
  newFolder(out);
  const url = addressOf(values['url']);
  const client = new Client(url, await tokenFor(url, values['token'], READERS));
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  try {
    const key = randomUUID();
    const asked = await patiently(() => client.ask('POST', '/api/v1/packs', packAnswer, body, key));
    const pack = await wait(client, asked, stopping.signal);
    const names = unpack(await patiently(() => client.file(`/api/v1/packs/${pack.id}/file`)), pack, out);
    console.log(names.map((name) => join(out, name)).join('\n'));
    return 0;
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

/** Runs one command line and gives its exit code. Cut short, it leaves no manifest: a pack without one is not whole. */
export async function run(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args));
}
