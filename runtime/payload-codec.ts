/**
 * Everything that a workflow is given, answers, or fails with is encrypted before it leaves the process (AES-256-GCM): whoever
 * reads Temporal's database or its pages learns ids of workflows and times, and nothing of what was said. It is made small
 * first: no database can do that once it is encrypted, and a case is the same few words many times over.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { METADATA_ENCODING_KEY, type DataConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const ENCODING = Buffer.from('binary/encrypted');
const KEY_ID = 'encryption-key-id';
const NONCE = 12;
const TAG = 16;
const KEY_BYTES = 32;
/** Under the seal: the payload itself stands in this one's data, deflated. */
const DEFLATED = Buffer.from('binary/deflate');
/** Shorter ones hardly get smaller. */
const DEFLATE_FROM_BYTES = 256;
/** Ten times what Temporal takes in one payload: more was never ours, and would only fill the memory. */
const MOST_BYTES = 20 * 1024 * 1024;

/** A payload was encrypted under a key that is not among ours. */
export class PayloadKeyUnknown extends Error {
  override readonly name = 'PayloadKeyUnknown';
  constructor(readonly keyId: string) {
    super(`no payload key with id ${keyId}: add it to PAYLOAD_KEYS`);
  }
}

/** A payload was changed, or says that it was encrypted and was not. */
export class PayloadSealBroken extends Error {
  override readonly name = 'PayloadSealBroken';
}

/** The first encrypts; each decrypts what it has encrypted. */
export type PayloadKeys = readonly Buffer[];

const idOf = (key: Buffer): string =>
  createHash('sha256').update('shouwang payload key id').update(key).digest('hex').slice(0, 16);

/**
 * The keys in force. Without keys of its own one is derived from VAULT_KEY; with them that one goes on decrypting.
 * @param vaultKey base64 of 32 bytes
 * @param own base64 of 32 bytes each, comma-separated, the newest first (PAYLOAD_KEYS)
 * @throws RangeError when one has another length; the message does not show it
 */
export function payloadKeys(vaultKey: string, own = ''): PayloadKeys {
  const given = own.split(',').flatMap((one) => one.trim() || []);
  const keys = given.map((text) => Buffer.from(text, 'base64'));
  if (keys.some((key) => key.length !== KEY_BYTES)) {
    throw new RangeError('a payload key must be the base64 of 32 bytes');
  }
  const derived = hkdfSync('sha256', Buffer.from(vaultKey, 'base64'), Buffer.alloc(0), 'temporal payloads', KEY_BYTES);
  return [...keys, Buffer.from(derived)];
}

const hasEncoding = ({ metadata }: Payload, encoding: Buffer): boolean =>
  encoding.equals(metadata?.[METADATA_ENCODING_KEY] ?? Buffer.alloc(0));

const { Payload: Wire } = temporal.api.common.v1;

/** A payload as bytes, deflated where that makes it smaller. */
function pack(payload: Payload): Uint8Array {
  const whole = Wire.encode(payload).finish();
  if (whole.length < DEFLATE_FROM_BYTES) return whole;
  const small = Wire.encode({ metadata: { [METADATA_ENCODING_KEY]: DEFLATED }, data: deflateRawSync(whole) }).finish();
  return small.length < whole.length ? small : whole;
}

/** @throws RangeError, Error where the bytes are none that {@link pack} made */
function unpack(bytes: Uint8Array): Payload {
  const payload = Wire.decode(bytes);
  if (!hasEncoding(payload, DEFLATED)) return payload;
  return Wire.decode(inflateRawSync(payload.data, { maxOutputLength: MOST_BYTES }));
}

/** Deflates and encrypts every payload; opens what it or an older key encrypted, and lets what was never encrypted pass. */
export class EncryptingCodec implements PayloadCodec {
  private readonly byId: ReadonlyMap<string, Buffer>;
  private readonly current: { id: string; key: Buffer };

  /** @throws RangeError without a key */
  constructor(keys: PayloadKeys) {
    const [first] = keys;
    if (!first) throw new RangeError('a payload codec needs a key');
    this.byId = new Map(keys.map((key) => [idOf(key), key]));
    this.current = { id: idOf(first), key: first };
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.seal(payload));
  }

  /** @throws PayloadKeyUnknown, PayloadSealBroken */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.open(payload));
  }

  private seal(payload: Payload): Payload {
    const { id, key } = this.current;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
    const data = Buffer.concat([nonce, cipher.update(pack(payload)), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { [METADATA_ENCODING_KEY]: ENCODING, [KEY_ID]: Buffer.from(id) }, data };
  }

  /** One payload opened. @throws PayloadKeyUnknown, PayloadSealBroken */
  open(payload: Payload): Payload {
    if (!hasEncoding(payload, ENCODING)) return payload;
    const { data, metadata } = payload;
    const keyId = Buffer.from(metadata?.[KEY_ID] ?? []).toString();
    const key = this.byId.get(keyId);
    if (!key) throw new PayloadKeyUnknown(keyId);
    if (!data || data.length < NONCE + TAG) throw new PayloadSealBroken('a payload is too short');
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(data.subarray(-TAG));
    try {
      return unpack(Buffer.concat([decipher.update(data.subarray(NONCE, -TAG)), decipher.final()]));
    } catch (cause) {
      throw new PayloadSealBroken('a payload was changed', { cause });
    }
  }
}

const isPayload = (value: object): value is Payload => 'metadata' in value && 'data' in value;

/**
 * Opens every payload within a history or another message of Temporal's, wherever it stands; the message itself is changed.
 * @throws PayloadKeyUnknown, PayloadSealBroken
 */
export function openWithin(message: object, codec: EncryptingCodec): void {
  for (const [name, value] of Object.entries(message) as [string, unknown][]) {
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) continue;
    if (isPayload(value)) Object.assign(message, { [name]: codec.open(value) });
    else openWithin(value, codec);
  }
}

/** Where the failures' converter is, for clients, workers and the bundle of the workflows. */
export const FAILURE_CONVERTER = require.resolve('./failure-converter');

/** What every client and worker of ours is made with. */
export const dataConverter = (keys: PayloadKeys): DataConverter => ({
  payloadCodecs: [new EncryptingCodec(keys)],
  failureConverterPath: FAILURE_CONVERTER,
});
