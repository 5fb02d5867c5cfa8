/** The queue of reports (接报队列) and the systems that report: bodies, filters, answers. */
import { z } from 'zod';
import { CASE_TYPES, RISKS, TRIGGERS } from '../../domain/model';
import { DOUBTS, LOOKS, REPORT_STATES } from '../../domain/reports/model';
import { candidate } from './answers';
import { at, cursor, freeText, id, limit, uuid } from './common';
import { child, CLOCKS, reporter, takenDown } from './report';

export const SOURCE_KINDS = ['hotline_12345', 'hotline_12355', 'school', 'hospital', 'police', 'other'] as const;

/** What another system sends. Its times carry an offset or say whose they are, as with `POST /cases`. */
export const intakeBody = z.strictObject({
  stationId: id.optional().meta({ description: 'Which station: needed where the key is for all of them' }),
  type: z.enum(CASE_TYPES).optional(),
  risk: z.enum(RISKS).optional(),
  triggers: z.array(z.enum(TRIGGERS)).max(TRIGGERS.length).optional(),
  occurredAt: takenDown.optional(),
  clock: z.enum(CLOCKS).optional(),
  child,
  reporter: reporter.optional(),
  narrative: freeText(256 * 1024),
});
export type IntakeBody = z.infer<typeof intakeBody>;

export const intakeAnswer = z.strictObject({
  id: z.string(),
  number: z.string(),
  stationId: z.string(),
  receivedAt: at,
  /** By then somebody has looked at it. */
  dueAt: at,
  state: z.enum(['waiting', 'accepted', 'not_accepted']),
});
export type IntakeAnswer = z.infer<typeof intakeAnswer>;

export const reportQuery = z.strictObject({
  state: z.enum(['open', ...REPORT_STATES]).default('open'),
  cursor: cursor.optional(),
  limit,
});

export const screenInBody = z.strictObject({
  type: z.enum(CASE_TYPES).optional().meta({ description: 'Needed where the report names none' }),
  risk: z.enum(RISKS).optional(),
  triggers: z
    .array(z.enum(TRIGGERS))
    .max(TRIGGERS.length)
    .optional()
    .meta({ description: 'In place of what the report ticked' }),
  guardianIsSuspect: z.boolean().optional(),
  child: child.optional().meta({ description: 'Corrections; fields that are not given stay as reported' }),
});
export const joinCaseBody = z.strictObject({ caseId: uuid });
export const screenOutBody = z.strictObject({ reason: freeText() });
export const decideOutBody = z.strictObject({ approve: z.boolean(), note: freeText().optional() });

const nullable = z.string().nullable();
const source = z.strictObject({ id: z.string(), kind: z.enum(SOURCE_KINDS), name: z.string() });

export const reportSummary = z.strictObject({
  ...{ id: z.string(), number: z.string(), stationId: z.string() },
  via: z.enum(['page', 'key']),
  source: source.nullable(),
  state: z.enum(REPORT_STATES),
  /** What may be done with it now. */
  can: z.array(z.enum(['take', 'screen_in', 'join', 'screen_out', 'decide'])),
  looks: z.enum(LOOKS),
  type: z.enum(CASE_TYPES).nullable(),
  triggers: z.array(z.enum(TRIGGERS)),
  doubts: z.array(z.enum(DOUBTS)),
  ...{ receivedAt: at, dueAt: at, overdue: z.boolean() },
  alert: z.strictObject({ id: z.string(), state: z.string(), rung: z.number() }).nullable(),
  ...{ takenBy: nullable, takenAt: at.nullable() },
  caseId: nullable,
  ...{ screenedBy: nullable, screenedAt: at.nullable(), askedBy: nullable, askedAt: at.nullable() },
  ...{ decidedBy: nullable, decidedAt: at.nullable() },
});
export type ReportSummary = z.infer<typeof reportSummary>;

const known = z.record(z.string(), z.unknown()).nullable();
export const reportFile = reportSummary.extend({
  ...{ child: known, reporter: known, narrative: nullable, reason: nullable, note: nullable },
  possible: z.array(candidate.extend({ stationId: z.string() })),
  events: z.array(
    z.strictObject({
      at,
      actor: z.strictObject({ kind: z.string(), id: z.string() }),
      kind: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
});

export const sourceBody = z.strictObject({
  kind: z.enum(SOURCE_KINDS),
  name: z.string().trim().min(1, 'must not be empty').max(60),
  stationId: id.optional().meta({ description: 'Absent: for every station; an admin of the bureau alone' }),
  perMinute: z.int().min(1).max(600).default(60),
});
export const sourceAnswer = z.strictObject({
  ...{ id: z.string(), kind: z.enum(SOURCE_KINDS), name: z.string(), stationId: nullable },
  perMinute: z.number(),
  /** How the key begins; null: revoked. */
  keyStart: nullable,
  ...{ createdAt: at, revokedAt: at.nullable() },
});
export type SourceAnswer = z.infer<typeof sourceAnswer>;
export const newSourceAnswer = sourceAnswer.extend({
  key: z.string().optional().meta({ description: 'Said once: a repetition of the request is answered without it' }),
});
