/** What Temporal's pages ask and get (remote codec): payloads as their JSON has them. */
import { z } from 'zod';

const bytes = z.base64();
const codecPayload = z.strictObject({
  metadata: z.record(z.string().max(200), bytes).optional(),
  data: bytes.optional(),
});
export const codecBody = z.strictObject({ payloads: z.array(codecPayload).max(1_000) });
export type CodecPayload = z.infer<typeof codecPayload>;
