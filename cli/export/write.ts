/** Writes everything of one station into a folder, from one moment of the database. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Prisma } from '../../prisma/generated/client';
import { rfc3339 } from '../../domain/zone';
import { keyFor } from '../../runtime/recipient';
import { thumbKey } from '../../store/attachments/stage';
import { type Blobs, BlobUnknown } from '../../store/blobs/blob';
import type { Db, Tx } from '../../store/db';
import { type Kind, KINDS } from '../../store/exchange/catalogue';
import {
  type BlobLine,
  BLOBS,
  FORMAT,
  FORMAT_VERSION,
  macOf,
  type Manifest,
  MANIFEST,
  STATES,
} from '../../store/exchange/manifest';
import { aboutStation, type Line, readKind } from '../../store/exchange/rows';
import { ITEMS, openItems, sealLines } from '../../store/exchange/sealing';
import { type Standing, standings, type StateLine } from '../../store/exchange/standing';
import type { Kms } from '../../store/kms';
import { version as product } from '../../package.json';
import { CliFailure } from '../client';
import { pagesOf, weigh, writeBytes, writeLines, type Written } from '../exchange/files';

/** A station's whole history over a slow disk. */
const PATIENCE_MS = 2 * 60 * 60_000;

export interface ExportDeps {
  db: Db;
  kms: Kms;
  blobs: Blobs;
  /** Where cases stand. @throws StatesMoved to be asked again from another moment */
  statesOf(standings: readonly Standing[]): Promise<StateLine[]>;
}

export interface Exported {
  manifest: Manifest;
  /** Of the manifest's file, to be told by another way. */
  sha256: string;
}

/** @throws StatesMoved, CliFailure; the folder is unfit then, since it has no manifest */
export function exportStation(
  deps: ExportDeps,
  { stationId, folder, recipient, now }: { stationId: string; folder: string; recipient: string; now: number },
): Promise<Exported> {
  const { key, ephemeral } = keyFor(recipient);
  return deps.db.$transaction(
    async (tx) => {
      await aboutStation(tx, stationId);
      const station = await tx.station.findUnique({ where: { id: stationId } });
      if (!station || station.bureau) throw new CliFailure(`没有工作站 ${stationId} · there is no such station`);
      const states = await deps.statesOf(await standings(tx, stationId));
      await mkdir(join(folder, BLOBS), { recursive: true, mode: 0o700 });
      const files: Written[] = [await writeLines(folder, STATES, pagesOf(states))];
      for (const kind of KINDS) files.push(await writeLines(folder, kind.name, leaving(tx, deps.kms, key, kind)));
      const blobs = await writeBlobs(tx, deps.blobs, folder);
      files.push(await writeLines(folder, BLOBS, pagesOf(blobs)));
      const said: Omit<Manifest, 'mac'> = {
        ...{ format: FORMAT, version: FORMAT_VERSION, product, madeAt: rfc3339(now) },
        station: { id: station.id, name: station.name },
        sealing: { recipient, ephemeral },
        files,
        blobs: { files: blobs.length, bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0) },
      };
      const manifest: Manifest = { ...said, mac: macOf(key, said) };
      const file = join(folder, MANIFEST);
      // Last: a folder without it is none that is taken in.
      await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
      return { manifest, sha256: (await weigh(file)).sha256 };
    },
    { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead, timeout: PATIENCE_MS, maxWait: 30_000 },
  );
}

async function* leaving(tx: Tx, kms: Kms, key: Buffer, kind: Kind): AsyncGenerator<Line[]> {
  for await (const page of readKind(tx, kind)) {
    yield sealLines(key, kind, kind.name === ITEMS ? await openItems(tx, kms, page) : page);
  }
}

/** Files of attachments as they lie in the store: sealed already, under keys that lie in the vault. */
async function writeBlobs(tx: Tx, blobs: Blobs, folder: string): Promise<BlobLine[]> {
  const kind = KINDS.find(({ name }) => name === 'attachments');
  if (!kind) throw new Error('attachments are a kind');
  const lines: BlobLine[] = [];
  for await (const page of readKind(tx, kind)) {
    for (const { blobKey, thumbSize, erasedAt } of page) {
      if (erasedAt !== null) continue;
      const keys = [String(blobKey), ...(thumbSize === null ? [] : [thumbKey(String(blobKey))])];
      for (const key of keys)
        lines.push({ key, ...(await writeBytes(join(folder, BLOBS, key), await get(blobs, key))) });
    }
  }
  return lines;
}

async function get(blobs: Blobs, key: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await blobs.get(key);
  } catch (error) {
    if (!(error instanceof BlobUnknown)) throw error;
    throw new CliFailure(`附件 ${key} 不在存储中 · an attachment is not in the store`, { cause: error });
  }
}
