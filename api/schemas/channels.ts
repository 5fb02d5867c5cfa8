/** What is said about robots of groups, faults of channels, and the timeline of an alert. */
import { z } from 'zod';
import { FAULT_KINDS } from '../../domain/faults';
import { CHANNELS, ROBOT_CHANNELS } from '../../domain/channels';
import { listedAlert } from './answers';
import { at, id } from './common';

/** The unguessable part of a webhook's address. */
const robotKey = z.string().regex(/^[\w-]{16,128}$/, 'must be the key or access_token of the webhook alone');
const robotSecret = z.string().regex(/^SEC[0-9A-Za-z]{16,125}$/, 'must begin with SEC, as DingTalk shows it');

export const robotBody = z
  .strictObject({
    stationId: id,
    kind: z.enum(ROBOT_CHANNELS),
    name: z.string().trim().min(1, 'must not be empty').max(60).meta({ description: 'What the group is called' }),
    key: robotKey.meta({ description: 'key (WeCom) or access_token (DingTalk); it is never shown again' }),
    secret: robotSecret.optional().meta({ description: 'DingTalk alone: signs messages (加签)' }),
  })
  .refine((body) => body.kind === 'dingtalk' || body.secret === undefined, {
    path: ['secret'],
    message: 'robots of WeCom have none',
  });

export const robotAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  kind: z.enum(ROBOT_CHANNELS),
  name: z.string(),
  createdAt: at,
});
export type RobotAnswer = z.infer<typeof robotAnswer>;

export const robotTestAnswer = z.strictObject({
  /** pending: the worker has not sent it yet */
  state: z.enum(['pending', 'sent', 'failed']),
  code: z.string().nullable(),
});
export type RobotTestAnswer = z.infer<typeof robotTestAnswer>;

export const faultAnswer = z.strictObject({
  provider: z.string(),
  code: z.string(),
  kind: z.enum(FAULT_KINDS),
  /** Template or recipient that it is about; null: the account as a whole. */
  subject: z.string().nullable(),
  title: z.string(),
  /** What to do, in Chinese. */
  todo: z.string(),
  count: z.number(),
  firstAt: at,
  lastAt: at,
  toldAt: at.nullable(),
});
export type FaultAnswer = z.infer<typeof faultAnswer>;

const alertMoment = z.strictObject({
  at,
  /** event: an entry of the journal; told: a message was made; attempt: a try or a look into records; receipt; reply */
  kind: z.enum(['event', 'told', 'attempt', 'receipt', 'reply']),
  /** Kind of the entry or text, or how the try, receipt or reply turned out. */
  what: z.string(),
  who: z.strictObject({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
  channel: z.enum(CHANNELS).nullable(),
  provider: z.string().nullable(),
  code: z.string().nullable(),
  /** Key of the message that it is about. */
  message: z.string().nullable(),
  attempt: z.number().nullable(),
  /** How long a try took, in milliseconds. */
  ms: z.number().nullable(),
  round: z.number().nullable(),
  rung: z.number().nullable(),
});
export type AlertMoment = z.infer<typeof alertMoment>;

export const alertDetail = listedAlert.extend({
  timeline: z.array(alertMoment),
  timelineCut: z.boolean().meta({ description: 'Only the latest 500 messages are shown' }),
});
export type AlertDetail = z.infer<typeof alertDetail>;
