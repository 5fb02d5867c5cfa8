/** Versions of the policy as they are proposed, compared and published (时限规则发布). */
import { z } from 'zod';
import { CASE_TYPES, RISKS, RUNG_ROLES } from '../../domain/model';
import { whenAnswer } from './policy-table';
import { at } from './common';

const MOST_TYPES = 20;
const text = z.string().min(1, 'must not be empty').max(60_000);

export const policyFilesBody = z.strictObject({
  base: text.meta({ description: 'base.yaml' }),
  types: z
    .record(z.string().regex(/^[a-z][a-z_]{0,39}$/, 'must be the name of a file'), text)
    .refine((all) => Object.keys(all).length <= MOST_TYPES, `must be at most ${MOST_TYPES} files`)
    .meta({ description: 'types/*.yaml, by name without the ending' }),
});

const version = z.string().min(1).max(40);
export const compareQuery = z.strictObject({ from: version, to: version });
export const filesQuery = z.strictObject({ version: version.optional() });
export const decisionBody = z.strictObject({ approve: z.boolean() });

const risk = z.enum(RISKS);
const change = z.strictObject({
  subject: z.union([
    z.strictObject({ of: z.literal('policy') }),
    z.strictObject({
      of: z.literal('rule'),
      kind: z.string(),
      name: z.string(),
      when: whenAnswer,
    }),
    z.strictObject({ of: z.literal('ladder'), risk, rung: z.enum(RUNG_ROLES).optional() }),
    z.strictObject({ of: z.literal('reminder'), risk }),
    z.strictObject({ of: z.literal('type'), type: z.enum(CASE_TYPES) }),
  ]),
  field: z.string().meta({ description: 'The figure; `row`: the whole rule' }),
  risk: risk.optional(),
  from: z.string().nullable().meta({ description: 'In words; of `when` as JSON; null: not there' }),
  to: z.string().nullable(),
});
export const compareAnswer = z.strictObject({ from: version, to: version, changes: z.array(change) });

export const checkAnswer = z.strictObject({
  problems: z.array(z.strictObject({ file: z.string(), line: z.number(), path: z.string(), expected: z.string() })),
  version: z.string().nullable(),
  /** Against the version in force; null where it does not hold. */
  changes: z.array(change).nullable(),
});

const person = z.strictObject({ id: z.string(), name: z.string().nullable() });
export const draftAnswer = z.strictObject({
  id: z.string(),
  version: z.string(),
  name: z.string(),
  hash: z.string(),
  replaces: z.string(),
  state: z.enum(['proposed', 'published', 'refused', 'withdrawn']),
  proposedBy: person,
  proposedAt: at,
  decidedBy: person.nullable(),
  decidedAt: at.nullable(),
  /** Another version is in force by now: it cannot be published any more. */
  outdated: z.boolean(),
});
export const draftFile = draftAnswer.extend({ files: policyFilesBody, changes: z.array(change).nullable() });
export const filesAnswer = z.strictObject({ version: z.string(), files: policyFilesBody });
