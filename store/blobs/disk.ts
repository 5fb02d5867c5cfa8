/** Sealed files on the local disk, in 256 folders. Written aside, forced to disk, then renamed: what has its name is whole. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobUnknown, type Blobs, isBlobKey, type StoredBlob } from './blob';

const PART = /\.part$/;
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function forceFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @param root the folder, made when it is first written to */
export function diskBlobs(root: string): Blobs {
  const folderOf = (key: string): string => {
    // Keys are ours; this is the last wall before the file system.
    if (!isBlobKey(key)) throw new RangeError('not the key of a file');
    return join(root, key.slice(0, 2));
  };

  async function* every(): AsyncGenerator<StoredBlob & { path: string }> {
    for (const folder of (await namesIn(root)).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      for (const key of await namesIn(join(root, folder))) {
        const path = join(root, folder, key);
        const found = await stat(path).catch((error: unknown) => {
          if (isMissing(error)) return undefined;
          throw error;
        });
        if (found) yield { key, bytes: found.size, at: found.mtimeMs, path };
      }
    }
  }

  return {
    async put(key, source) {
      const folder = folderOf(key);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const aside = join(folder, `${key}.${randomUUID()}.part`);
      const handle = await open(aside, 'wx', 0o600);
      try {
        for await (const chunk of source) await handle.writeFile(chunk);
        await handle.sync();
        await handle.close();
        await rename(aside, join(folder, key));
        await forceFolder(folder);
      } catch (error) {
        await handle.close();
        await rm(aside, { force: true });
        throw error;
      }
    },

    async get(key, stretch) {
      const path = join(folderOf(key), key);
      try {
        await stat(path);
      } catch (error) {
        if (isMissing(error)) throw new BlobUnknown(key);
        throw error;
      }
      return createReadStream(path, stretch && { start: stretch.from, end: stretch.to });
    },

    async remove(key) {
      await rm(join(folderOf(key), key), { force: true });
    },

    async *list() {
      for await (const { path: _path, ...blob } of every()) if (isBlobKey(blob.key)) yield blob;
    },

    async sweepParts(before) {
      for await (const { key, at, path } of every()) if (PART.test(key) && at < before) await rm(path, { force: true });
    },
  };
}
