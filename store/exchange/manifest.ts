/** The cover sheet of an exported station (清单): what is there, how much, unchanged, and for whom it was sealed. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { canonical } from '../journal';

export const FORMAT = 'shouwang-station';
export const FORMAT_VERSION = 1;
export const MANIFEST = 'manifest.json';
export const STATES = 'states';
export const BLOBS = 'blobs';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.number().int(),
  /** Version of the product that wrote it. */
  product: z.string(),
  madeAt: z.iso.datetime({ offset: true }),
  station: z.strictObject({ id: z.string(), name: z.string() }),
  sealing: z.strictObject({ recipient: z.string(), ephemeral: z.string() }),
  files: z.array(z.strictObject({ name: z.string(), lines: count, bytes: count, sha256 })),
  blobs: z.strictObject({ files: count, bytes: count }),
  /** HMAC-SHA-256 of all the rest under the export's own key: nobody else could have changed it. */
  mac: sha256,
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What a line of blobs.jsonl says of a sealed file. */
export const blobLine = z.strictObject({ key: z.string(), bytes: count, sha256 });
export type BlobLine = z.infer<typeof blobLine>;

export const macOf = (key: Buffer, manifest: Omit<Manifest, 'mac'>): string =>
  createHmac('sha256', key).update(canonical(manifest)).digest('hex');

/** Is the manifest as it was written? */
export function isWhole(key: Buffer, { mac, ...manifest }: Manifest): boolean {
  return timingSafeEqual(Buffer.from(mac, 'hex'), Buffer.from(macOf(key, manifest), 'hex'));
}
