/** Files of an export: lines written and read as a stream, counted and hashed on the way. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { Line } from '../../store/exchange/rows';
import { LineRefused } from './line-refused';

export interface Written {
  name: string;
  lines: number;
  bytes: number;
  sha256: string;
}

const ENDING = '.jsonl';
export const fileOf = (name: string): string => name + ENDING;

/** Writes pages of objects, one a line. */
export async function writeLines(
  folder: string,
  name: string,
  pages: AsyncIterable<readonly object[]>,
): Promise<Written> {
  const out = createWriteStream(join(folder, fileOf(name)), { mode: 0o600, flags: 'wx', flush: true });
  const sha = createHash('sha256');
  let [lines, bytes] = [0, 0];
  for await (const page of pages) {
    if (page.length === 0) continue;
    const text = Buffer.from(page.map((line) => `${JSON.stringify(line)}\n`).join(''), 'utf8');
    sha.update(text);
    lines += page.length;
    bytes += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return { name: fileOf(name), lines, bytes, sha256: sha.digest('hex') };
}

/** Copies bytes into a file. */
export async function writeBytes(
  file: string,
  source: AsyncIterable<Uint8Array>,
): Promise<{ bytes: number; sha256: string }> {
  const out = createWriteStream(file, { mode: 0o600, flags: 'wx', flush: true });
  const sha = createHash('sha256');
  let bytes = 0;
  for await (const piece of source) {
    sha.update(piece);
    bytes += piece.length;
    if (!out.write(piece)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return { bytes, sha256: sha.digest('hex') };
}

/** How much a file is, and its SHA-256. */
export async function weigh(file: string): Promise<{ bytes: number; sha256: string }> {
  const sha = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file)) {
    sha.update(piece as Buffer);
    bytes += (piece as Buffer).length;
  }
  return { bytes, sha256: sha.digest('hex') };
}

const PAGE = 500;

function parsed(line: string, { file, n }: { file: string; n: number }): Line {
  try {
    return JSON.parse(line) as Line;
  } catch (cause) {
    // What stands there may be personal: the parser's own words quote it.
    throw new LineRefused(file, n, '不是 JSON', 'is no JSON', { cause });
  }
}

/** Pages of what is there already. */
export async function* pagesOf<T extends object>(lines: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < lines.length; at += PAGE) yield lines.slice(at, at + PAGE);
}

/** Lines of a file, some hundred at a time. */
export async function* readLines(folder: string, name: string): AsyncGenerator<Line[]> {
  const lines = createInterface({ input: createReadStream(join(folder, fileOf(name))), crlfDelay: Infinity });
  let page: Line[] = [];
  let n = 0;
  for await (const line of lines) {
    n += 1;
    if (line === '') continue;
    page.push(parsed(line, { file: fileOf(name), n }));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
