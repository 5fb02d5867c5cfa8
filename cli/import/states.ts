/** Where each case and report stands (states.jsonl), found by its id: the file is read through once, and a state again when it is asked for. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { STATES } from '../../store/exchange/manifest';
import type { StateLine } from '../../store/exchange/standing';
import { fileOf } from '../exchange/files';
import { LineRefused } from '../exchange/line-refused';

interface Stretch {
  at: number;
  bytes: number;
}

const LINE_END = 0x0a;

/** Each line of a file as bytes, and where it lies. */
async function* linesOf(path: string): AsyncGenerator<Stretch & { text: string }> {
  let at = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of createReadStream(path)) {
    let from = 0;
    const bytes = rest.length === 0 ? (piece as Buffer) : Buffer.concat([rest, piece as Buffer]);
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      const line = bytes.subarray(from, end);
      yield { at, bytes: line.length, text: line.toString('utf8') };
      at += line.length + 1;
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) yield { at, bytes: rest.length, text: rest.toString('utf8') };
}

export class States {
  private readonly places = new Map<string, Stretch>();
  /** How many there are of which time has something to do still. */
  readonly living = { case: 0, report: 0 };

  private constructor(private readonly file: FileHandle) {}

  /** @throws LineRefused for a line that is none */
  static async open(folder: string): Promise<States> {
    const path = join(folder, fileOf(STATES));
    const states = new States(await open(path, 'r'));
    try {
      await states.readThrough(path);
    } catch (error) {
      await states.close();
      throw error;
    }
    return states;
  }

  private async readThrough(path: string): Promise<void> {
    let n = 0;
    for await (const { text, ...place } of linesOf(path)) {
      n += 1;
      if (text === '') continue;
      const { of, id, state } = parse(text, n);
      this.places.set(`${of} ${id}`, place);
      if (state !== null) this.living[of] += 1;
    }
  }

  /** Undefined: nothing was said of it, or that it can be read and nothing else. */
  async of(what: StateLine['of'], id: string): Promise<StateLine['state'] | undefined> {
    const place = this.places.get(`${what} ${id}`);
    if (!place) return undefined;
    const { buffer } = await this.file.read(Buffer.alloc(place.bytes), 0, place.bytes, place.at);
    return (JSON.parse(buffer.toString('utf8')) as StateLine).state ?? undefined;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function parse(text: string, n: number): StateLine {
  try {
    return JSON.parse(text) as StateLine;
  } catch (cause) {
    throw new LineRefused(fileOf(STATES), n, '不是 JSON', 'is no JSON', { cause });
  }
}
