/** Looks over an exported folder before anything of it is taken in: whole, unchanged, sealed for this key, of a version that is known. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFrom, publicKeyOf, RecipientUnfit } from '../../runtime/recipient';
import { KINDS } from '../../store/exchange/catalogue';
import {
  BLOBS,
  blobLine,
  FORMAT_VERSION,
  isWhole,
  type Manifest,
  MANIFEST,
  manifestSchema,
  STATES,
} from '../../store/exchange/manifest';
import { isBlobKey } from '../../store/blobs/blob';
import { CliFailure } from '../client';
import { fileOf, readLines, weigh } from '../exchange/files';
import type { Progress } from '../exchange/progress';

export interface Checked {
  manifest: Manifest;
  /** Opens what was sealed. */
  key: Buffer;
  /** SHA-256 of the manifest's file, in hexadecimal. */
  sha256: string;
  /** Files of attachments that came along. */
  blobKeys: string[];
}

const NAMES = [STATES, ...KINDS.map(({ name }) => name), BLOBS].map(fileOf);

function manifestOf(folder: string): Manifest {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) throw new CliFailure(`${file} 不存在：导出没有完成 · is missing: the export did not end`);
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new CliFailure(`${file} 不是守望的导出清单 · is no manifest of Shouwang`, { cause });
  }
}

function keyOf({ sealing }: Manifest, privateKey: string): Buffer {
  try {
    if (publicKeyOf(privateKey) !== sealing.recipient)
      throw new CliFailure('这份导出是为另一把密钥加密的 · this export was sealed for another key than --key');
    return keyFrom(privateKey, sealing.ephemeral);
  } catch (error) {
    if (error instanceof RecipientUnfit) throw new CliFailure(`--key: ${error.message}`, { cause: error });
    throw error;
  }
}

const changed = (name: string): CliFailure =>
  new CliFailure(`${name} 与清单不符：缺失或被改动 · is missing or not what the manifest says`);

async function held(folder: string, name: string, of: { bytes: number; sha256: string }): Promise<void> {
  const file = join(folder, name);
  if (!existsSync(file)) throw changed(name);
  const { bytes, sha256 } = await weigh(file);
  if (bytes !== of.bytes || sha256 !== of.sha256) throw changed(name);
}

/** @param wanted the manifest's SHA-256 as it was told by another way. @throws CliFailure */
export async function check(
  folder: string,
  { privateKey, wanted, progress }: { privateKey: string; wanted: string | undefined; progress: Progress },
): Promise<Checked> {
  const manifest = manifestOf(folder);
  const { sha256 } = await weigh(join(folder, MANIFEST));
  if (wanted !== undefined && wanted.toLowerCase() !== sha256)
    throw new CliFailure(`清单的 sha256 是 ${sha256}，不是 --sha256 所说 · the manifest's sha256 is another one`);
  if (manifest.version !== FORMAT_VERSION)
    throw new CliFailure(
      `格式版本 ${manifest.version}，本系统只认 ${FORMAT_VERSION} · of format ${manifest.version}, and this system reads ${FORMAT_VERSION}`,
    );
  const key = keyOf(manifest, privateKey);
  if (!isWhole(key, manifest)) throw changed(MANIFEST);
  const names = manifest.files.map(({ name }) => name);
  const strange = [...NAMES.filter((one) => !names.includes(one)), ...names.filter((one) => !NAMES.includes(one))];
  if (strange.length > 0) throw changed(strange.join(' '));
  for (const [index, file] of manifest.files.entries()) {
    await held(folder, file.name, file);
    progress('核对文件 · files', index + 1, manifest.files.length);
  }
  const blobKeys: string[] = [];
  for await (const page of readLines(folder, BLOBS)) {
    for (const line of page) {
      const blob = blobLine.parse(line);
      // It becomes a file's name.
      if (!isBlobKey(blob.key)) throw changed(fileOf(BLOBS));
      await held(folder, join(BLOBS, blob.key), blob);
      blobKeys.push(blob.key);
      progress('核对附件 · attachments', blobKeys.length, manifest.blobs.files);
    }
  }
  return { manifest, key, sha256, blobKeys };
}
