/** What the API answers with. */
import { z } from 'zod';
import { TRANSFER_GROUNDS } from '../../domain/custody';
import { CASE_TYPES, REFERRAL_STATES, RISKS, TRIGGERS } from '../../domain/model';
import { CLUES } from '../../domain/same-child';
import { partnerDuty } from './partner-directory';
import { PARTNER_KINDS } from './queries';
import { hours } from './roster';
import { at } from './common';

const risk = z.enum(RISKS);

const basis = z.strictObject({
  kind: z.enum(['legal', 'local', 'judgement']),
  law: z.string().optional(),
  article: z.string().optional(),
  word: z.string().optional(),
  figure: z.string(),
  note: z.string().optional(),
});

export const stepAnswer = z.strictObject({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  state: z.enum(['pending', 'due_soon', 'overdue', 'done', 'cancelled']),
  binds: z.enum(['station', 'watch']),
  startAt: at,
  dueAt: at,
  remindAt: at.nullable(),
  basis,
  extendable: z.boolean(),
  doneAt: at.nullable(),
  doneBy: z.string().nullable(),
  outcome: z.string().nullable(),
  referralId: z.string().nullable(),
  extension: z.strictObject({ until: at, askedBy: z.string(), askedAt: at }).nullable(),
  note: z.string().nullable().optional(),
});
export type StepAnswer = z.infer<typeof stepAnswer>;

export const referralAnswer = z.strictObject({
  id: z.string(),
  partnerId: z.string(),
  purpose: z.string(),
  state: z.enum(REFERRAL_STATES),
  sentAt: at,
  confirmBy: at,
  receivedAt: at.nullable(),
  feedbackBy: at.nullable(),
  acceptedAt: at.nullable(),
});
export type ReferralAnswer = z.infer<typeof referralAnswer>;

export const alertAnswer = z.strictObject({
  id: z.string(),
  stepId: z.string(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  round: z.number(),
  rung: z.number(),
  openedAt: at,
  nextAt: at,
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: at.nullable(),
  resolvedAt: at.nullable(),
});
export type AlertAnswer = z.infer<typeof alertAnswer>;

/** Who is to take the case, or stands in; each null where nothing of the kind is arranged. */
const people = z.strictObject({
  handover: z.strictObject({ to: z.string(), askedBy: z.string(), askedAt: at, acceptBy: at.nullable() }).nullable(),
  transfer: z
    .strictObject({
      to: z.string(),
      ground: z.enum(TRANSFER_GROUNDS),
      askedBy: z.string(),
      askedAt: at,
      acceptBy: at.nullable(),
    })
    .nullable(),
  cover: z
    .strictObject({ id: z.string(), of: z.string(), by: z.string(), from: at, until: at, begun: z.boolean() })
    .nullable(),
});

const summary = {
  id: z.string(),
  number: z.string(),
  stationId: z.string(),
  type: z.enum(CASE_TYPES),
  risk,
  riskRaisedFrom: risk.optional(),
  status: z.enum(['open', 'closing', 'closed']),
  workflow: z.enum(['running', 'pending']),
  assignee: z.string().nullable(),
  receivedAt: at,
  nextDueAt: at.nullable(),
  /** Any step is late, also one that somebody else owes … */
  overdue: z.boolean(),
  /** … and one that binds the station is (本站逾期). */
  breach: z.boolean(),
  /** A drill (演练). */
  drill: z.boolean(),
  asOf: at,
};

export const caseSummary = z.strictObject({
  ...summary,
  nextStep: z
    .strictObject({ id: z.string(), kind: z.string(), name: z.string(), state: z.string(), dueAt: at })
    .nullable(),
});
export type CaseSummary = z.infer<typeof caseSummary>;

/** A case found by what is known of a child; `why` is the strongest thing that fits. */
export const foundCase = caseSummary.extend({ why: z.enum(CLUES) });

/** Another case that may be about the same child; `why` is the strongest thing that they share. */
export const candidate = z.strictObject({ caseId: z.string(), number: z.string(), why: z.enum(CLUES) });

export const caseAnswer = z.strictObject({
  ...summary,
  policyVersion: z.string(),
  triggers: z.array(z.enum(TRIGGERS)),
  closedAt: at.nullable(),
  people,
  possible: z.array(candidate),
  joinedInto: z.strictObject({ caseId: z.string(), number: z.string() }).nullable(),
  steps: z.array(stepAnswer),
  referrals: z.array(referralAnswer),
  alerts: z.array(alertAnswer),
});
export type CaseAnswer = z.infer<typeof caseAnswer>;

const unknownOrNull = z.record(z.string(), z.unknown()).nullable();

/** The case with what only those who care for the child may see; null for everybody else. */
export const caseFile = caseAnswer.extend({
  child: unknownOrNull,
  reporter: unknownOrNull,
  narrative: z.string().nullable(),
  /** When the case left the reader's station (移交): what is shown is what stood then. Null: it is there. */
  leftAt: at.nullable(),
});
export type CaseFile = z.infer<typeof caseFile>;

export const timelineEvent = z.strictObject({
  seq: z.number(),
  at,
  actor: z.strictObject({ kind: z.enum(['staff', 'partner', 'system']), id: z.string(), name: z.string().nullable() }),
  kind: z.string(),
  data: z.record(z.string(), z.unknown()),
  note: z.string().nullable(),
});
export type TimelineEvent = z.infer<typeof timelineEvent>;

export const listedAlert = alertAnswer.extend({ caseId: z.string(), number: z.string(), stepName: z.string() });
export type ListedAlert = z.infer<typeof listedAlert>;

export const staffAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  stationId: z.string(),
  phone: z.string().nullable(),
});

export const partnerAnswer = z.strictObject({
  id: z.string(),
  kind: z.enum(PARTNER_KINDS),
  name: z.string(),
  /** null: works with every station */
  stationId: z.string().nullable(),
  area: z.string().nullable(),
  hours: hours.nullable(),
  /** Is it within these hours now? */
  open: z.boolean(),
  duties: z.array(partnerDuty),
});
export type PartnerAnswer = z.infer<typeof partnerAnswer>;

export const stationAnswer = z.strictObject({ id: z.string(), name: z.string() });

export const itemsOf = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item) });
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
