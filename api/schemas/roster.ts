/** The roster (值班表) as it is asked for, entered and answered. */
import { z } from 'zod';
import { RUNG_ROLES } from '../../domain/model';
import { EVERYBODY } from '../../domain/roster/model';
import { at, id, limit, time } from './common';

const LONGEST_SHIFT_DAYS = 28;
const MOST_MEMBERS = 50;
const MOST_HOURS = 14;

const role = z.enum(RUNG_ROLES);
const name = z.string().trim().min(1, 'must not be empty').max(40);
const handover = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the Beijing day, such as 09:00')
  .meta({ description: 'Beijing time, HH:MM' });
const untilClock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of the Beijing day, to 24:00');
const day = z.iso
  .date('must be a real date such as 2026-12-01')
  .refine((value) => value >= '2000-01-01' && value < '2100-01-01', 'must lie between the years 2000 and 2100');

export const hours = z
  .array(
    z.strictObject({
      weekdays: z
        .array(z.number().int().min(0).max(6))
        .min(1)
        .max(7)
        .refine((all) => new Set(all).size === all.length, 'must not name a day twice')
        .meta({ description: '0 is Sunday (周日); the days on which these hours begin' }),
      from: handover,
      until: untilClock.meta({ description: 'Not after `from`: it ends on the day after' }),
    }),
  )
  .min(1)
  .max(MOST_HOURS);
export type HoursBody = z.infer<typeof hours>;

const members = z
  .array(id)
  .min(1)
  .max(MOST_MEMBERS)
  .refine((all) => new Set(all).size === all.length, 'must not name anybody twice')
  .meta({ description: 'Ids of staff in the order of their turns' });
const shiftDays = z.number().int().min(1).max(LONGEST_SHIFT_DAYS);

export const rotationBody = z.strictObject({
  stationId: id.optional().meta({ description: "Absent: the caller's own" }),
  role,
  name,
  members,
  shiftDays,
  startsOn: day,
  handover,
  endsAt: time.optional(),
  hours: hours.optional().meta({ description: 'Absent: always' }),
});

export const rotationPatch = z.strictObject({
  name: name.optional(),
  members: members.optional(),
  shiftDays: shiftDays.optional(),
  handover: handover.optional(),
  hours: hours.nullable().optional(),
  endsAt: time.nullable().optional(),
  from: day.optional().meta({ description: 'From which day on; absent: from the next hand-over' }),
});

const span = { from: time, until: time };
const inOrder = ({ from, until }: { from: string; until: string }): boolean => Date.parse(from) < Date.parse(until);
const ORDER = { path: ['until'], message: 'must lie after from' };

export const overrideBody = z
  .strictObject({
    stationId: id.optional().meta({ description: "Absent: the caller's own" }),
    role,
    staffId: id,
    ...span,
    replaces: z
      .union([id, z.literal(EVERYBODY)])
      .optional()
      .meta({ description: 'Whom it stands in for: an id of staff, * for everybody on duty; absent: on duty as well' }),
  })
  .refine(inOrder, ORDER);
export const leaveBody = z.strictObject({ staffId: id, ...span }).refine(inOrder, ORDER);
export const timesPatch = z.strictObject({ from: time.optional(), until: time.optional() });

const shiftBody = z.strictObject({ rotationId: id, shift: z.number().int().min(0).max(1_000_000) });
export const swapBody = z
  .strictObject({ mine: shiftBody, theirs: shiftBody })
  .meta({ description: "`mine` is the caller's own; who edits the roster may exchange any two, at once" });
export const swapDecision = z.strictObject({ accept: z.boolean() });

export const oncallQuery = z.strictObject({
  at: time.optional().meta({ description: 'Absent: now' }),
  station: id.optional().meta({ description: 'Absent: every station in scope' }),
});
export const rosterQuery = z
  .strictObject({ from: time.optional(), to: time.optional(), station: id.optional() })
  .meta({ description: 'Absent: from now on, 31 days; at most 100 days' });
export const stationQuery = z.strictObject({ station: id.optional() });
export const changesQuery = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'must be an id of an earlier answer')
    .optional(),
  limit,
});
export const feedQuery = z.strictObject({
  token: z
    .string()
    .regex(/^[\w-]{43}$/, 'must be the token of a subscription')
    .optional()
    .meta({ description: 'Of a subscription, in place of a sign-in' }),
  show: z.enum(['mine', 'station']).default('mine').meta({ description: "One's own duties, or the whole station's" }),
});

// ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const why = z.union([
  z.strictObject({ kind: z.literal('rotation'), rotationId: z.string(), shift: z.number() }),
  z.strictObject({
    kind: z.literal('swap'),
    rotationId: z.string(),
    shift: z.number(),
    swapId: z.string(),
    insteadOf: z.string(),
  }),
  z.strictObject({ kind: z.literal('stand_in'), rotationId: z.string(), shift: z.number(), insteadOf: z.string() }),
  z.strictObject({ kind: z.literal('override'), overrideId: z.string(), insteadOf: z.array(z.string()) }),
]);
const person = { staffId: z.string(), name: z.string(), why, reason: z.string() };
const named = z.strictObject({ staffId: z.string(), name: z.string() });

export const warningAnswer = z.strictObject({
  kind: z.enum(['gap', 'no_phone', 'unverified']),
  stationId: z.string(),
  role: role.optional(),
  staffId: z.string().optional(),
  name: z.string().optional(),
  from: at.optional(),
  until: at.optional(),
});
export const oncallAnswer = z.strictObject({
  at,
  items: z.array(
    z.strictObject({
      stationId: z.string(),
      role,
      people: z.array(z.strictObject({ ...person, reachable: z.boolean() })),
      /** Does a shared duty phone (值班手机) ring as well? */
      dutyPhone: z.boolean(),
      next: z.strictObject({ at, people: z.array(named) }).nullable(),
    }),
  ),
  warnings: z.array(warningAnswer),
});
export const rosterAnswer = z.strictObject({
  from: at,
  to: at,
  items: z.array(
    z.strictObject({
      stationId: z.string(),
      role,
      shifts: z.array(z.strictObject({ ...person, from: at, until: at })),
      gaps: z.array(
        z.strictObject({
          from: at,
          until: at,
          cause: z.enum(['no_rotation', 'not_begun', 'ended', 'outside_hours', 'all_away']),
          /** Who would have been in turn. */
          away: z.array(named),
        }),
      ),
    }),
  ),
});
export const rotationAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  role,
  name: z.string(),
  members: z.array(z.string()),
  shiftDays: z.number(),
  startsOn: z.string(),
  handover: z.string(),
  startsAt: at,
  endsAt: at.nullable(),
  hours: hours.nullable(),
});
export const overrideAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  role,
  staffId: z.string(),
  replaces: z.string().nullable(),
  from: at,
  until: at,
});
export const leaveAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  staffId: z.string(),
  from: at,
  until: at,
});
const heldShift = z.strictObject({ rotationId: z.string(), shift: z.number(), staffId: z.string() });
export const swapAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  role,
  mine: heldShift,
  theirs: heldShift,
  state: z.enum(['asked', 'accepted', 'declined', 'withdrawn']),
  askedAt: at,
  decidedBy: z.string().nullable(),
  decidedAt: at.nullable(),
});
export const changeAnswer = z.strictObject({
  id: z.string(),
  at,
  staffId: z.string(),
  action: z.string(),
  stationId: z.string().nullable(),
  refId: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export const subscriptionAnswer = z.strictObject({ url: z.string().nullable() });
