import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import {
  encodeToPayloads,
  decodeFromPayloadsAtIndex,
  encodeErrorToFailure,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/data-converter-helpers';
import fc from 'fast-check';
import {
  dataConverter,
  EncryptingCodec,
  PayloadKeyUnknown,
  payloadKeys,
  PayloadSealBroken,
} from '../../runtime/payload-codec';

const key = (): string => randomBytes(32).toString('base64');
const VAULT = key();
const codec = new EncryptingCodec(payloadKeys(VAULT));
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const first = (payloads: Payload[]): Payload => {
  const [payload] = payloads;
  if (!payload) throw new Error('no payload');
  return payload;
};
const SECRET = '案件里的字';

test('whatever goes in comes out, and nothing of it can be read in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const loaded = loadDataConverter(dataConverter(payloadKeys(VAULT)));
      const sealed = await encodeToPayloads(loaded, { value, mark: SECRET });
      expect(Buffer.from(sealed?.[0]?.data ?? []).includes(SECRET)).toBe(false);
      // As JSON has it: there is no -0 in it.
      const written: unknown = JSON.parse(JSON.stringify(value));
      expect(await decodeFromPayloadsAtIndex(loaded, 0, sealed)).toEqual({ value: written, mark: SECRET });
    }),
    { numRuns: 30, examples: [[-0], [{ deep: [-0] }]] },
  );
});

test('the same payload is sealed differently each time', async () => {
  const [a, b] = await codec.encode([payloadOf(1), payloadOf(1)]);
  expect(Buffer.from(a?.data ?? []).equals(Buffer.from(b?.data ?? []))).toBe(false);
});

test('what repeats itself is made small before it is sealed, and what gains nothing by it stays as it is', async () => {
  const step = { kind: 'visit', state: 'pending', basis: { kind: 'judgement', figure: '1 个月' } };
  const large = payloadOf(Array.from({ length: 10 }, (_, ord) => ({ ...step, ord })));
  const sealed = first(await codec.encode([large]));
  expect(sealed.data?.length).toBeLessThan((large.data?.length ?? 0) / 3);
  const valueOf = async (one: Payload) => defaultPayloadConverter.fromPayload(first(await codec.decode([one])));
  expect(await valueOf(sealed)).toEqual(defaultPayloadConverter.fromPayload(large));
  const noise = randomBytes(2_000);
  const kept = first(await codec.encode([payloadOf(noise)]));
  expect(kept.data?.length).toBeGreaterThan(2_000);
  expect(noise.equals((await valueOf(kept)) as Uint8Array)).toBe(true);
});

test('what fills more memory than any payload of ours is not unpacked', async () => {
  // Sealed under our own key, as somebody who had it could; noise, so that it is not packed once more.
  const data = deflateRawSync(randomBytes(21 << 20));
  const sealed = await codec.encode([{ metadata: { encoding: Buffer.from('binary/deflate') }, data }]);
  await expect(codec.decode(sealed)).rejects.toThrow(PayloadSealBroken);
});

test('what was never encrypted passes, as recorded histories are', async () => {
  const plain = payloadOf({ caseId: 'x' });
  expect(await codec.decode([plain])).toEqual([plain]);
});

test('a newer key encrypts, the older ones go on decrypting', async () => {
  const [second, third] = [key(), key()];
  const old = first(await codec.encode([payloadOf('old')]));
  const rotated = new EncryptingCodec(payloadKeys(VAULT, `${third},${second}`));
  const middle = first(await new EncryptingCodec(payloadKeys(VAULT, second)).encode([payloadOf('middle')]));
  const open = async (one: Payload) => defaultPayloadConverter.fromPayload(first(await rotated.decode([one])));
  expect([await open(old), await open(middle)]).toEqual(['old', 'middle']);
  await expect(codec.decode(await rotated.encode([payloadOf('new')]))).rejects.toThrow(PayloadKeyUnknown);
});

test('a changed payload and a key of another length are refused', async () => {
  const sealed = first(await codec.encode([payloadOf('x')]));
  const data = Buffer.from(sealed.data ?? []);
  data.writeUInt8(data.readUInt8(20) ^ 1, 20);
  await expect(codec.decode([{ ...sealed, data }])).rejects.toThrow(PayloadSealBroken);
  await expect(codec.decode([{ ...sealed, data: data.subarray(0, 5) }])).rejects.toThrow(PayloadSealBroken);
  expect(() => payloadKeys(VAULT, 'c2hvcnQ=')).toThrow(RangeError);
});

test('messages, stacks and details of failures are encrypted too', async () => {
  const loaded = loadDataConverter(dataConverter(payloadKeys(VAULT)));
  const error = ApplicationFailure.create({ message: SECRET, type: 'CaseClosed', details: [SECRET] });
  const failure = await encodeErrorToFailure(loaded, error);
  expect(JSON.stringify(failure)).not.toContain(SECRET);
  expect(failure).toMatchObject({ message: 'Encoded failure', stackTrace: '' });
  expect(await decodeOptionalFailureToOptionalError(loaded, failure)).toMatchObject({
    message: SECRET,
    type: 'CaseClosed',
  });
});
