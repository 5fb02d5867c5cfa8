/**
 * Sealing for somebody else's key (收件人密钥): who exports needs the receiver's public key alone and cannot open the result again.
 * X25519 with a key pair made for this one time, HKDF-SHA-256, and from there keys of their own for AES-256-GCM.
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

const LEAD = 'swpub1:';
const PURPOSE = 'shouwang station export 1';
/** What stands before the 32 bytes of a public key in SubjectPublicKeyInfo. */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const KEY_BYTES = 32;

/** What was given is no key of a receiver. The message does not show it. */
export class RecipientUnfit extends Error {
  override readonly name = 'RecipientUnfit';
}

const rawOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(SPKI.length);
const publicOf = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
const said = (raw: Buffer): string => LEAD + raw.toString('base64url');

function read(text: string): Buffer {
  const raw = text.startsWith(LEAD) ? Buffer.from(text.slice(LEAD.length), 'base64url') : Buffer.alloc(0);
  if (raw.length !== KEY_BYTES) throw new RecipientUnfit(`a receiver's key begins with ${LEAD} and holds 32 bytes`);
  return raw;
}

/** A receiver's pair: the public half is handed out, the private one (PEM) stays. */
export function newRecipient(): { publicKey: string; privateKey: string } {
  const pair = generateKeyPairSync('x25519');
  return {
    publicKey: said(rawOf(pair.publicKey)),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The public half of a private key (PEM). @throws RecipientUnfit */
export function publicKeyOf(privateKey: string): string {
  return said(rawOf(createPublicKey(privateOf(privateKey))));
}

function privateOf(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'x25519') return key;
  } catch (cause) {
    throw new RecipientUnfit('this is no private key in PEM', { cause });
  }
  throw new RecipientUnfit('this is a key of another kind');
}

/** Both halves stand in the derivation: a key for one receiver is none for another. */
const sharedKey = (secret: Buffer, ephemeral: Buffer, recipient: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.concat([ephemeral, recipient]), PURPOSE, KEY_BYTES));

/** A key that the receiver alone can work out again, and what they need for it beside their own. @throws RecipientUnfit */
export function keyFor(publicKey: string): { key: Buffer; ephemeral: string } {
  const recipient = read(publicKey);
  const pair = generateKeyPairSync('x25519');
  const ephemeral = rawOf(pair.publicKey);
  const secret = diffieHellman({ privateKey: pair.privateKey, publicKey: publicOf(recipient) });
  return { key: sharedKey(secret, ephemeral, recipient), ephemeral: said(ephemeral) };
}

/** The key again. @throws RecipientUnfit */
export function keyFrom(privateKey: string, ephemeral: string): Buffer {
  const own = privateOf(privateKey);
  const theirs = read(ephemeral);
  const secret = diffieHellman({ privateKey: own, publicKey: publicOf(theirs) });
  return sharedKey(secret, theirs, rawOf(createPublicKey(own)));
}
