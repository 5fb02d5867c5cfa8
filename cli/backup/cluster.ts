/** From the parts of a backup to the folder of a PostgreSQL server, every file held against the server's own checksum. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { AttachmentsOut, isAttachment } from './attachments';
import { BackupFailure } from './failure';
import type { Part } from './sealed-file';
import { readTar, type TarFile, TarUnfit } from './tar';

const Manifest = z.object({
  Files: z.array(z.object({ Path: z.string(), Size: z.number(), Checksum: z.string() })),
});

export interface Counted {
  files: number;
  bytes: number;
  /** Of these, files of cases, services and referrals (附件). */
  attachments: number;
}

/** What of the copy is no file of the manifest: the log that brings it to rest, and the folders. */
const isLog = (name: string): boolean => name.startsWith('pg_wal/');

const wrong = (what: string): BackupFailure =>
  new BackupFailure(
    'BackupUnfit',
    `备份内容与校验清单不符（${what}）`,
    `the backup is not what its manifest says: ${what}`,
  );

/** Reads one file to its end. @returns its SHA-256 in hex */
async function keep(file: TarFile, into: string | undefined): Promise<string> {
  const sha = createHash('sha256');
  const path = into === undefined ? undefined : join(into, file.name);
  if (path !== undefined) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = path === undefined ? undefined : await open(path, 'wx', 0o600);
  try {
    for await (const chunk of file.content) {
      sha.update(chunk);
      await handle?.writeFile(chunk);
    }
    await handle?.sync();
  } finally {
    await handle?.close();
  }
  return sha.digest('hex');
}

async function keepAll(
  source: AsyncIterable<Buffer>,
  into: string | undefined,
): Promise<Map<string, TarFile & { sha: string }>> {
  const kept = new Map<string, TarFile & { sha: string }>();
  for await (const file of readTar(source)) {
    if (!file.folder) kept.set(file.name, { ...file, sha: await keep(file, into) });
    else if (into !== undefined && file.name !== '') {
      await mkdir(join(into, file.name), { recursive: true, mode: 0o700 });
    }
  }
  return kept;
}

function compare(kept: Map<string, { size: number; sha: string }>, manifest: Buffer): void {
  const { Files } = Manifest.parse(JSON.parse(manifest.toString('utf8')));
  const named = new Set(Files.map(({ Path }) => Path));
  for (const { Path, Size, Checksum } of Files) {
    const file = kept.get(Path);
    if (!file) throw wrong(`${Path} is missing`);
    if (file.size !== Size || file.sha !== Checksum) throw wrong(`${Path} differs`);
  }
  const more = [...kept.keys()].find((name) => !named.has(name) && !isLog(name));
  if (more !== undefined) throw wrong(`${more} is not in it`);
}

/**
 * Unpacks and checks a backup.
 * @param into an empty folder; undefined: it is checked alone
 * @param attachmentsInto where the sealed files of cases go; undefined: they are checked alone
 * @throws BackupFailure BackupUnfit, or what the parts are read with
 */
export async function unpack(parts: AsyncIterable<Part>, into?: string, attachmentsInto?: string): Promise<Counted> {
  const manifest: Buffer[] = [];
  const attachments = new AttachmentsOut(attachmentsInto);
  async function* files(): AsyncGenerator<Buffer> {
    try {
      for await (const part of parts) {
        if (part.name === 'files') yield part.bytes;
        else if (isAttachment(part.name)) await attachments.take(part);
        else manifest.push(part.bytes);
      }
    } finally {
      await attachments.end();
    }
  }
  const gunzip = createGunzip();
  // Each waits for the other, also in failure: nothing may be written any more once this has ended.
  const fed = pipeline(files, gunzip);
  const taken = keepAll(gunzip, into).catch((error: unknown) => {
    gunzip.destroy();
    throw error;
  });
  const [outcome, feeding] = await Promise.allSettled([taken, fed]);
  if (outcome.status === 'rejected') {
    if (outcome.reason instanceof TarUnfit) throw wrong(outcome.reason.message);
    throw outcome.reason;
  }
  if (feeding.status === 'rejected') throw feeding.reason;
  const kept = outcome.value;
  const whole = Buffer.concat(manifest);
  compare(kept, whole);
  if (into !== undefined) {
    await writeFile(join(into, 'backup_manifest'), whole, { mode: 0o600, flush: true });
    await chmod(into, 0o700);
  }
  const bytes = [...kept.values()].reduce((sum, { size }) => sum + size, 0);
  return { files: kept.size + attachments.files, bytes: bytes + attachments.bytes, attachments: attachments.files };
}
