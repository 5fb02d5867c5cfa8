/**
 * A Bloom filter (布隆过滤器): a hundred thousand words in a quarter of a megabyte. It knows every word that it was given, and
 * takes about one in ten thousand others for one of them: somebody then chooses another password.
 */
import { createHash } from 'node:crypto';

const BITS_A_WORD = 20;
const HASHES = 14;

export class Bloom {
  constructor(readonly bytes: Uint8Array) {}

  static for(words: number): Bloom {
    return new Bloom(new Uint8Array(Math.ceil((words * BITS_A_WORD) / 8)));
  }

  add(word: string): void {
    for (const bit of this.bitsOf(word)) this.bytes[bit >> 3] = (this.bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  has(word: string): boolean {
    return this.bitsOf(word).every((bit) => ((this.bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
  }

  /** Two halves of one hash stand in for any number of them (Kirsch and Mitzenmacher). */
  private bitsOf(word: string): number[] {
    const digest = createHash('sha256').update(word).digest();
    const [a, b] = [digest.readUIntBE(0, 6), digest.readUIntBE(6, 6)];
    const size = this.bytes.length * 8;
    return Array.from({ length: HASHES }, (_, i) => (a + i * (b % size)) % size);
  }
}
