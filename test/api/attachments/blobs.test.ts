/** One contract for every store of sealed files: the local disk, and a real S3 server. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageConfig } from '../../../runtime/storage-env';
import type { Blobs } from '../../../store/blobs/blob';
import { createBlobs } from '../../../store/blobs/blobs';
import { bytesOf, inPieces } from '../../support/files';
import { startS3 } from '../../support/s3-server';

interface Place {
  storage: StorageConfig;
  stop(): Promise<void>;
}

async function onDisk(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-blobs-'));
  return { storage: { kind: 'disk', folder }, stop: async () => rmSync(folder, { recursive: true, force: true }) };
}

describe.each([
  ['disk', onDisk],
  ['S3', startS3],
] as const)('on %s', (_name, start) => {
  let place: Place;
  let blobs: Blobs;
  beforeAll(async () => {
    place = await start();
    blobs = createBlobs(place.storage);
  }, 600_000);
  afterAll(() => place?.stop());

  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of blobs.list()) found.push(key);
    return found;
  };

  test('what was put comes back, whole and in part, also beyond one part of an upload', async () => {
    for (const size of [1, 70_000, 12_000_000]) {
      const [key, bytes] = [randomUUID(), randomBytes(size)];
      await blobs.put(key, inPieces(bytes, 50_000));
      expect((await bytesOf(await blobs.get(key))).equals(bytes)).toBe(true);
      const [from, to] = [Math.floor(size / 3), Math.floor(size / 2)];
      expect((await bytesOf(await blobs.get(key, { from, to }))).equals(bytes.subarray(from, to + 1))).toBe(true);
      const listed: number[] = [];
      for await (const one of blobs.list()) if (one.key === key) listed.push(one.bytes);
      expect(listed).toEqual([size]);
      await blobs.remove(key);
      await expect(blobs.get(key)).rejects.toMatchObject({ name: 'BlobUnknown' });
      await blobs.remove(key);
    }
  });

  test.each([100, 7_000_000])('a source that fails after %i bytes leaves nothing', async (size) => {
    const key = randomUUID();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* inPieces(randomBytes(size), 60_000);
      throw new TypeError('the line is dead');
    }
    await expect(blobs.put(key, failing())).rejects.toThrow('the line is dead');
    await expect(blobs.get(key)).rejects.toMatchObject({ name: 'BlobUnknown' });
    await blobs.sweepParts(Date.now() + 60_000);
    expect(await keys()).not.toContain(key);
  });

  test('a key that is none of ours reaches nothing', async () => {
    for (const key of ['../../etc/passwd', 'a/b', '']) await expect(blobs.get(key)).rejects.toBeInstanceOf(RangeError);
  });
});
