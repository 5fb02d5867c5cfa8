/** Reads a stream of bytes piece by piece, holding no more than was asked for. */
import { FileUnfit } from './kinds';

export type Bytes = AsyncIterable<Uint8Array>;

export const cutShort = (): FileUnfit => new FileUnfit('FileNotWhatItSays', 'the file is not whole');

export const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
};

export class ByteSource {
  private buffer: Uint8Array = new Uint8Array(0);
  private readonly chunks: AsyncIterator<Uint8Array>;

  constructor(source: Bytes) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done) return false;
    this.buffer = this.buffer.length === 0 ? next.value : joined([this.buffer, next.value]);
    return true;
  }

  /** Exactly n bytes, for small n. @returns undefined where the stream ends before */
  async take(n: number): Promise<Uint8Array | undefined> {
    while (this.buffer.length < n) if (!(await this.more())) return undefined;
    const taken = this.buffer.subarray(0, n);
    this.buffer = this.buffer.subarray(n);
    return taken;
  }

  /** {@link take}. @throws FileUnfit where the stream ends before */
  async need(n: number): Promise<Uint8Array> {
    const taken = await this.take(n);
    if (!taken) throw cutShort();
    return taken;
  }

  /** The next n bytes in whatever pieces they come. @throws FileUnfit where the stream ends before */
  async *pass(n: number): AsyncGenerator<Uint8Array> {
    for (let left = n; left > 0;) {
      if (this.buffer.length === 0 && !(await this.more())) throw cutShort();
      const piece = this.buffer.subarray(0, left);
      this.buffer = this.buffer.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async skip(n: number): Promise<void> {
    for await (const _piece of this.pass(n));
  }

  /** Whatever is at hand, or comes next. @returns undefined at the end */
  async piece(): Promise<Uint8Array | undefined> {
    if (this.buffer.length === 0 && !(await this.more())) return undefined;
    const piece = this.buffer;
    this.buffer = new Uint8Array(0);
    return piece;
  }

  /** Puts back what was taken too much. */
  back(bytes: Uint8Array): void {
    this.buffer = this.buffer.length === 0 ? bytes : joined([bytes, this.buffer]);
  }

  /** Reads to the end and keeps nothing. */
  async drain(): Promise<void> {
    while ((await this.piece()) !== undefined);
  }
}
