/** Devices that want to be told too (推送). */
import { z } from 'zod';
import { at } from './common';

const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]+=*$/, 'must be base64url');

export const deviceBody = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).max(1_000),
  keys: z.strictObject({ p256dh: base64url(120), auth: base64url(60) }),
  label: z.string().trim().min(1).max(60).meta({ description: 'What people tell their devices apart by' }),
});

export const deviceAnswer = z.strictObject({
  id: z.string(),
  label: z.string(),
  createdAt: at,
  /** When something was last pushed to it. */
  sentAt: at.nullable(),
});
export type DeviceAnswer = z.infer<typeof deviceAnswer>;

export const pushAnswer = z.strictObject({
  publicKey: z.string().nullable().meta({ description: 'applicationServerKey; null: nobody can be pushed to here' }),
  items: z.array(deviceAnswer),
});
