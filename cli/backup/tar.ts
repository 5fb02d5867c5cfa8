/** Reads a tar as PostgreSQL writes it (ustar: files and folders, short names), as a stream. */

export interface TarFile {
  name: string;
  folder: boolean;
  size: number;
  /** Of a file: all of it has to be read before the next one comes. */
  content: AsyncIterable<Buffer>;
}

/** The archive is not what PostgreSQL writes; restoring stops before anything wrong is taken for a database. */
export class TarUnfit extends Error {
  override readonly name = 'TarUnfit';
}

const BLOCK = 512;
const text = (block: Buffer, from: number, length: number): string =>
  block.toString('utf8', from, from + length).replace(/\0.*$/s, '');

function sizeOf(block: Buffer): number {
  const size = Number.parseInt(text(block, 124, 12).trim() || '0', 8);
  if (!Number.isSafeInteger(size)) throw new TarUnfit('a size that cannot be read');
  return size;
}

/** A path inside the archive's own folder. */
function nameOf(block: Buffer): string {
  const prefix = text(block, 345, 155);
  const name = (prefix === '' ? '' : `${prefix}/`) + text(block, 0, 100);
  const clean = name.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  if (clean.startsWith('/') || clean.split('/').includes('..')) throw new TarUnfit('a name that leads outside');
  return clean;
}

/** @throws TarUnfit, also where the archive ends in the middle */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarFile> {
  const source = chunks[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const { value, done } = await source.next();
    if (done) throw new TarUnfit('the archive ends in the middle');
    buffer = buffer.length === 0 ? value : Buffer.concat([buffer, value]);
  };
  const take = async (n: number): Promise<Buffer> => {
    while (buffer.length < n) await more();
    const taken = buffer.subarray(0, n);
    buffer = buffer.subarray(n);
    return taken;
  };
  async function* contentOf(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (buffer.length === 0) await more();
      const taken = buffer.subarray(0, left);
      buffer = buffer.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
    await take((BLOCK - (size % BLOCK)) % BLOCK);
  }
  for (;;) {
    const block = await take(BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const kind = String.fromCharCode(block[156] ?? 0);
    if (!['0', '5', '\0'].includes(kind)) throw new TarUnfit(`an entry of kind ${kind}`);
    const size = sizeOf(block);
    yield { name: nameOf(block), folder: kind === '5', size, content: contentOf(kind === '5' ? 0 : size) };
  }
  // Whatever pads the archive's end.
  for (let rest = await source.next(); !rest.done;) rest = await source.next();
}
