import { z } from 'zod';
import { RISKS } from '../../domain/model';
import { at, freeText, id } from './common';

const risk = z.enum(RISKS);
const named = z.string();

const option = z.strictObject({
  value: named,
  name: named,
  score: z.number().optional(),
  least: risk.optional(),
});
const simpleItem = {
  id: named,
  name: named,
  type: z.enum(['choice', 'several', 'yes_no', 'text', 'number', 'date', 'time', 'list']),
  required: z.boolean(),
  hint: named.optional(),
  options: z.array(option),
  most: z.number(),
};
const item = z.strictObject({
  ...simpleItem,
  row: z.array(z.strictObject({ ...simpleItem, row: z.array(z.never()) })),
});

export const formAnswer = z.strictObject({
  id: named,
  version: z.number(),
  name: named,
  finishes: z.array(named),
  sections: z.array(z.strictObject({ id: named, name: named, items: z.array(item) })),
  levels: z.array(z.strictObject({ risk, from: z.number() })),
  steps: z.strictObject({ list: named, kind: z.enum(['decision', 'task']) }).optional(),
  expires: named.optional(),
});

export const beginBody = z.strictObject({
  form: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be the id of a form'),
});

const answers = z
  .record(z.string(), z.unknown())
  .meta({ description: 'By the ids of the form’s items; what a draft lacks may be left out' });
const rev = z.number().int().min(1).meta({ description: 'The revision that was read' });
export const draftBody = z.strictObject({ rev, answers });
export const signBody = z.strictObject({
  rev,
  risk: risk.optional().meta({ description: 'What you decide; needed where the form suggests a risk' }),
  reason: freeText(2_000).optional().meta({ description: 'Needed where you decide otherwise than the form suggests' }),
});
export const followBody = z.strictObject({
  finish: id.optional().meta({ description: 'A step of the case that this paper finishes' }),
  steps: z.boolean().default(false).meta({ description: 'Make the decisions or tasks steps with a deadline' }),
  order: z.boolean().default(false).meta({ description: 'Start the clock of a protection order (order_issued)' }),
  risk: z.boolean().default(false).meta({ description: 'Grade the case as the paper decided' }),
});
export const paperWithdrawBody = z.strictObject({ reason: freeText(2_000) });

/** No words: what lists show, and what may be kept under an Idempotency-Key. */
export const paperAnswer = z.strictObject({
  id: z.string(),
  form: named,
  version: z.number(),
  name: named,
  state: z.enum(['draft', 'signed', 'withdrawn']),
  rev: z.number(),
  score: z.number().nullable(),
  most: z.number().nullable(),
  suggested: risk.nullable(),
  decided: risk.nullable(),
  createdBy: z.string(),
  createdAt: at,
  editedBy: z.string(),
  editedAt: at,
  signedBy: z.string().nullable(),
  signedAt: at.nullable(),
  attachmentId: z.string().nullable(),
  expiresAt: at.nullable(),
});
export type PaperAnswer = z.infer<typeof paperAnswer>;

const suggestion = z.strictObject({
  score: z.number(),
  most: z.number(),
  sections: z.array(z.strictObject({ id: named, score: z.number(), most: z.number() })),
  risk: risk.optional(),
  alarms: z.array(named),
  open: z.array(named),
});
export const paperFile = z.strictObject({
  ...paperAnswer.shape,
  answers: z.record(z.string(), z.unknown()).nullable(),
  suggestion: suggestion.nullable(),
  /** Why it was decided otherwise, or taken back. */
  reason: z.string().nullable(),
  copies: z.array(z.strictObject({ id: z.string(), staffId: z.string(), rev: z.number(), at })),
});
export const copyAnswer = z.strictObject({
  id: z.string(),
  staffId: z.string(),
  rev: z.number(),
  at,
  answers: z.record(z.string(), z.unknown()).nullable(),
});
export const signedAnswer = z.strictObject({
  ...paperAnswer.shape,
  follow: z
    .strictObject({
      finish: z.array(z.string()),
      steps: z.number(),
      order: z.boolean(),
      risk: risk.nullable(),
    })
    .meta({ description: 'What may follow, if you say so: POST …/follow' }),
});
