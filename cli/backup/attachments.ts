/** Attachments in a backup: taken along sealed as they lie in the store, behind the database that points to them. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, readEnv } from '../../runtime/env';
import { storageConfig, storageEnv } from '../../runtime/storage-env';
import { z } from 'zod';
import { type Blobs, BlobUnknown, isBlobKey } from '../../store/blobs/blob';
import { createBlobs } from '../../store/blobs/blobs';
import { dataDirOf } from '../place';
import { BackupFailure } from './failure';
import type { Part } from './sealed-file';

/** What names of parts begin with; the file's key follows. */
const LEAD = 'attachment/';
export const isAttachment = (name: string): boolean => name.startsWith(LEAD);

/** The store that the environment names; without one, that of the sandbox in DATA_DIR. @throws BackupFailure */
export function blobsOf(env: NodeJS.ProcessEnv): Blobs {
  try {
    return createBlobs(storageConfig(readEnv(z.object(storageEnv), { ...env, DATA_DIR: dataDirOf(env) })));
  } catch (error) {
    if (error instanceof ConfigError) throw new BackupFailure('StorageUnknown', error.message, error.message, error);
    throw error;
  }
}

/**
 * Every file of the store. One that is removed meanwhile belonged to a child that was erased, and is left out; one that came
 * after the database was copied is no harm.
 */
export async function* attachmentParts(blobs: Blobs): AsyncGenerator<Part> {
  for await (const { key } of blobs.list()) {
    try {
      for await (const bytes of await blobs.get(key)) yield { name: LEAD + key, bytes: Buffer.from(bytes) };
    } catch (error) {
      if (!(error instanceof BlobUnknown)) throw error;
    }
  }
}

/** Takes the parts of attachments as they come, in order, and writes them into a folder, or only counts them. */
export class AttachmentsOut {
  files = 0;
  bytes = 0;
  private name: string | undefined;
  private handle: FileHandle | undefined;

  /** @param into undefined: they are checked alone */
  constructor(private readonly into: string | undefined) {}

  /** @throws BackupFailure for a name that is none of ours */
  async take({ name, bytes }: Part): Promise<void> {
    if (name !== this.name) await this.next(name);
    this.bytes += bytes.length;
    await this.handle?.writeFile(bytes);
  }

  /** Closes the last one. */
  async end(): Promise<void> {
    await this.handle?.sync();
    await this.handle?.close();
    this.handle = undefined;
  }

  private async next(name: string): Promise<void> {
    await this.end();
    this.name = name;
    this.files += 1;
    const key = name.slice(LEAD.length);
    if (!isBlobKey(key)) {
      throw new BackupFailure(
        'BackupUnfit',
        '备份内有无法识别的附件',
        'the backup holds an attachment of no known name',
      );
    }
    if (this.into === undefined) return;
    const folder = join(this.into, key.slice(0, 2));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.handle = await open(join(folder, key), 'wx', 0o600);
  }
}
