import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CHUNK, openStream, type Sealed, sealedStretch, sealStream } from '../../../store/attachments/sealed-stream';
import { bytesOf, inPieces } from '../../support/files';

const of: Sealed = { fileKey: randomBytes(32), blobKey: 'a', variant: 'original' };
const sealed = (plain: Uint8Array, pieces: number): Promise<Buffer> => bytesOf(sealStream(of, inPieces(plain, pieces)));

async function opened(file: Buffer, size: number, from: number, to: number, key: Sealed = of): Promise<Buffer> {
  const stretch = sealedStretch({ size, from, to });
  return bytesOf(openStream(key, inPieces(file.subarray(stretch.from, stretch.to + 1), 10_007), { size, from, to }));
}

test('any stretch of a file of any length opens to what was sealed', async () => {
  const lengths = fc.oneof(
    fc.integer({ min: 1, max: 400_000 }),
    fc.constantFrom(CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK),
  );
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.integer({ min: 100, max: 200_000 }),
      fc.nat(),
      fc.nat(),
      async (size, pieces, a, b) => {
        const plain = randomBytes(size);
        const file = await sealed(plain, pieces);
        const [from = 0, to = 0] = [a % size, b % size].sort((x, y) => x - y);
        expect((await opened(file, size, from, to)).equals(plain.subarray(from, to + 1))).toBe(true);
        expect((await opened(file, size, 0, size - 1)).equals(plain)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('a changed, shortened, exchanged or foreign file does not open', async () => {
  const size = 3 * CHUNK + 5;
  const plain = randomBytes(size);
  const file = await sealed(plain, 50_000);
  expect(file.includes(plain.subarray(0, 32))).toBe(false);
  const broken = { name: 'VaultSealBroken' };
  const changed = Buffer.from(file);
  changed[100] = (changed[100] ?? 0) ^ 1;
  await expect(opened(changed, size, 0, size - 1)).rejects.toMatchObject(broken);
  const shorter = 2 * CHUNK;
  await expect(opened(file.subarray(0, 1 + 2 * (CHUNK + 16)), shorter, 0, shorter - 1)).rejects.toMatchObject(broken);
  const swapped = Buffer.from(file);
  file.copy(swapped, 1, 1 + CHUNK + 16, 1 + 2 * (CHUNK + 16));
  await expect(opened(swapped, size, 0, size - 1)).rejects.toMatchObject(broken);
  for (const other of [{ fileKey: randomBytes(32) }, { blobKey: 'b' }, { variant: 'thumb' as const }]) {
    await expect(opened(file, size, 0, 9, { ...of, ...other })).rejects.toMatchObject(broken);
  }
});
