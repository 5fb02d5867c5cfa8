/** An authenticator (RFC 6238), written apart from the library that checks its codes. */
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const STEP_MS = 30_000;

function fromBase32(text: string): Buffer {
  const bits = [...text.replace(/=+$/, '')].map((one) => ALPHABET.indexOf(one).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** @param uri what the QR code holds @param at milliseconds since the epoch */
export function totp(uri: string, at = Date.now()): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const mac = createHmac('sha1', fromBase32(new URL(uri).searchParams.get('secret') ?? ''))
    .update(counter)
    .digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** Six digits that are no code of this authenticator for minutes, another for each `n` below a thousand. */
export function wrongCode(uri: string, n: number): string {
  const near = [-3, -2, -1, 0, 1, 2, 3].map((steps) => totp(uri, Date.now() + steps * STEP_MS));
  let code = 100_000 + n;
  while (near.includes(String(code))) code += 1_000;
  return String(code);
}
