/**
 * An encrypted file that is written and read as a stream. AES-256-GCM in frames of at most 1 MiB, each under a nonce of its
 * own that counts up, with a key made for this file alone. What was read has been checked; an end is said to be one, so that
 * a file cut short is not taken for whole.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { z } from 'zod';
import { BackupFailure } from './failure';

const MAGIC = 'SHOUWANG SEALED 1';
const FRAME = 1024 * 1024;
const TAG = 16;
const LONGEST_HEAD = 4_096;
const END = 'end';

const Head = z.object({ what: z.string(), madeAt: z.string(), salt: z.base64() });
export type Head = z.infer<typeof Head>;

/** A stretch of one kind, such as the files or the manifest. */
export interface Part {
  name: string;
  bytes: Buffer;
}

/** @throws BackupFailure KeyUnfit; the message does not show the key */
export function keyOf(text: string | undefined): Buffer {
  const key = Buffer.from(text ?? '', 'base64');
  if (key.length === 32) return key;
  throw new BackupFailure(
    'KeyUnfit',
    '请将 BACKUP_KEY 设为 32 字节的 base64',
    'set BACKUP_KEY: openssl rand -base64 32',
  );
}

function cipherSetting(key: Buffer, head: string, salt: string) {
  const own = Buffer.from(hkdfSync('sha256', key, Buffer.from(salt, 'base64'), 'shouwang backup', 32));
  const headHash = createHash('sha256').update(head).digest();
  return {
    own,
    nonce(frame: number): Buffer {
      const nonce = Buffer.alloc(12);
      nonce.writeBigUInt64BE(BigInt(frame), 4);
      return nonce;
    },
    aad: (name: string): Buffer => Buffer.concat([headHash, Buffer.from(name)]),
  };
}

/** length of name (1), name, length of what follows (4), ciphertext and tag. */
function frameOf(name: string, sealed: Buffer): Buffer {
  const lead = Buffer.alloc(1 + name.length + 4);
  lead.writeUInt8(name.length, 0);
  lead.write(name, 1, 'latin1');
  lead.writeUInt32BE(sealed.length, 1 + name.length);
  return Buffer.concat([lead, sealed]);
}

/** Written aside, forced to disk, then renamed: what has the name is whole. @returns its size and SHA-256 in hex */
export async function writeSealed(
  file: string,
  key: Buffer,
  what: string,
  parts: AsyncIterable<Part>,
): Promise<{ bytes: number; sha256: string }> {
  const salt = randomBytes(32).toString('base64');
  const head = `${MAGIC}\n${JSON.stringify({ what, madeAt: new Date().toISOString(), salt })}\n`;
  const { own, nonce, aad } = cipherSetting(key, head, salt);
  const aside = `${file}.part`;
  const out = createWriteStream(aside, { mode: 0o600, flush: true });
  const sha = createHash('sha256');
  let bytes = 0;
  let frames = 0;
  const put = async (chunk: Buffer): Promise<void> => {
    sha.update(chunk);
    bytes += chunk.length;
    if (!out.write(chunk)) await once(out, 'drain');
  };
  const seal = (name: string, plain: Buffer): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', own, nonce(frames), { authTagLength: TAG });
    frames += 1;
    cipher.setAAD(aad(name));
    return frameOf(name, Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
  };
  try {
    await put(Buffer.from(head));
    for await (const part of parts) {
      for (let at = 0; at < part.bytes.length; at += FRAME) {
        await put(seal(part.name, part.bytes.subarray(at, at + FRAME)));
      }
    }
    await put(seal(END, Buffer.alloc(0)));
    out.end();
    await finished(out);
    await rename(aside, file);
  } catch (error) {
    out.destroy();
    await rm(aside, { force: true });
    throw error;
  }
  return { bytes, sha256: sha.digest('hex') };
}

/** Reads exact numbers of bytes off a stream. */
class Take {
  private buffer = Buffer.alloc(0);
  constructor(private readonly chunks: AsyncIterator<Buffer>) {}

  private async more(): Promise<boolean> {
    const { value, done } = await this.chunks.next();
    if (done) return false;
    this.buffer = Buffer.concat([this.buffer, value]);
    return true;
  }

  /** Undefined where the file ends before. */
  async bytes(n: number): Promise<Buffer | undefined> {
    while (this.buffer.length < n) if (!(await this.more())) return undefined;
    const taken = this.buffer.subarray(0, n);
    this.buffer = this.buffer.subarray(n);
    return taken;
  }

  async line(): Promise<string | undefined> {
    for (let at = this.buffer.indexOf(10); ; at = this.buffer.indexOf(10)) {
      if (at >= 0) return (await this.bytes(at + 1))?.toString('utf8');
      if (this.buffer.length > LONGEST_HEAD || !(await this.more())) return undefined;
    }
  }

  async isEnd(): Promise<boolean> {
    return this.buffer.length === 0 && !(await this.more());
  }
}

const cutShort = (file: string): BackupFailure =>
  new BackupFailure('BackupCutShort', `${file} 不完整`, `${file} is cut short`);

async function readHead(take: Take, file: string): Promise<{ head: Head; text: string }> {
  const magic = await take.line();
  const line = magic === `${MAGIC}\n` ? await take.line() : undefined;
  if (magic === undefined || line === undefined) {
    throw new BackupFailure('NotABackup', `${file} 不是守望的备份文件`, `${file} is no backup of Shouwang`);
  }
  return { head: Head.parse(JSON.parse(line)), text: magic + line };
}

/**
 * The parts of a sealed file in order, each checked before it is handed out.
 * @param what it has to be, as it was written
 * @throws BackupFailure NotABackup, BackupOfAnother, BackupSealBroken, BackupCutShort, FileMissing
 */
export async function* readSealed(file: string, key: Buffer, what: string): AsyncGenerator<Part> {
  if (!existsSync(file)) throw new BackupFailure('FileMissing', `没有 ${file}`, `there is no ${file}`);
  const take = new Take(createReadStream(file, { highWaterMark: FRAME })[Symbol.asyncIterator]());
  const { head, text } = await readHead(take, file);
  if (head.what !== what) {
    throw new BackupFailure(
      'BackupOfAnother',
      `${file} 内容是 ${head.what}`,
      `${file} holds ${head.what}, not ${what}`,
    );
  }
  const { own, nonce, aad } = cipherSetting(key, text, head.salt);
  for (let frame = 0; ; frame += 1) {
    const name = (await take.bytes((await take.bytes(1))?.readUInt8(0) ?? 0))?.toString('latin1');
    const length = (await take.bytes(4))?.readUInt32BE(0);
    if (name === undefined || length === undefined) throw cutShort(file);
    const sealed = length >= TAG && length <= FRAME + TAG ? await take.bytes(length) : undefined;
    if (sealed === undefined) throw cutShort(file);
    const decipher = createDecipheriv('aes-256-gcm', own, nonce(frame), { authTagLength: TAG });
    decipher.setAAD(aad(name));
    decipher.setAuthTag(sealed.subarray(-TAG));
    const bytes = decipher.update(sealed.subarray(0, -TAG));
    try {
      decipher.final();
    } catch {
      // OpenSSL's word for a wrong tag says nothing more than this.
      throw new BackupFailure(
        'BackupSealBroken',
        `${file} 打不开：BACKUP_KEY 不对，或文件被改动`,
        `${file} does not open: another BACKUP_KEY, or it was changed`,
      );
    }
    if (name === END) {
      if (await take.isEnd()) return;
      throw new BackupFailure('BackupSealBroken', `${file} 末尾有多余内容`, `${file} goes on after its end`);
    }
    yield { name, bytes };
  }
}
