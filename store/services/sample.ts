/** A random sample that anybody can draw again (可复现抽样). */
import { createHmac } from 'node:crypto';

/**
 * Draws `size` of the items: those whose ids come first by HMAC-SHA-256 under the seed. The same seed and the same ids
 * give the same sample, in whatever order they come; a record more moves at most one other out.
 */
export function sampleOf<T extends { id: string }>(items: readonly T[], seed: string, size: number): T[] {
  const drawn = items.map((item) => ({ item, lot: createHmac('sha256', seed).update(item.id).digest('hex') }));
  return drawn
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, size)
    .map(({ item }) => item);
}
