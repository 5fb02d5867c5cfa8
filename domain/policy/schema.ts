/** The shape of the policy files, checked by zod; words of the files are lower_case, as supervisors read them. */
import { z } from 'zod';
import { CHANNELS } from '../channels';
import { CASE_TYPES, RISKS, RUNG_ROLES, START_EVENTS, TRIGGERS, type Risk } from '../model';
import { TEXT_KINDS } from '../text-kinds';
import { DAY, MINUTE } from '../zone';
import { DURATION_EXPECTED, clockMs, parseDuration, parseMinuteOfDay } from './duration';
import type { PerRisk } from './policy';
import { expected, oneOf } from './expected';

const duration = z.string(expected(DURATION_EXPECTED)).transform((text, ctx) => {
  const span = parseDuration(text);
  if (span) return span;
  ctx.addIssue(DURATION_EXPECTED);
  return z.NEVER;
});

const CLOCK_EXPECTED = 'a span of clock time such as 15m, 24h or 7d';
/** Milliseconds. */
export const clockSpan = z.string(expected(CLOCK_EXPECTED)).transform((text, ctx) => {
  const span = parseDuration(text);
  const ms = span && clockMs(span);
  if (ms !== undefined) return ms;
  ctx.addIssue(CLOCK_EXPECTED);
  return z.NEVER;
});

const MINUTE_EXPECTED = 'a quoted time of day such as "20:00"';
/** Minutes of the Beijing day. */
const minuteOfDay = z.string(expected(MINUTE_EXPECTED)).transform((text, ctx) => {
  const minute = parseMinuteOfDay(text);
  if (minute !== undefined) return minute;
  ctx.addIssue(MINUTE_EXPECTED);
  return z.NEVER;
});

const RISKS_EXPECTED = `a value for each of ${RISKS.join(', ')}`;
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One value for all risks, or a map with one for each; `null` and "as needed" mean none at that risk. */
function perRisk<T>(one: z.ZodType<T>): z.ZodType<PerRisk<T>> {
  return z.unknown().transform((given, ctx): PerRisk<T> => {
    const map = isMap(given) ? given : Object.fromEntries(RISKS.map((risk) => [risk, given]));
    for (const key of [...RISKS.filter((risk) => !(risk in map)), ...Object.keys(map).filter((key) => !isRisk(key))]) {
      ctx.addIssue({ code: 'custom', message: RISKS_EXPECTED, path: [key] });
    }
    const values: PerRisk<T> = {};
    for (const risk of RISKS) {
      const value = map[risk];
      if (value === null || value === undefined || value === 'as needed') continue;
      const read = one.safeParse(value);
      if (read.success) values[risk] = read.data;
      for (const issue of read.error?.issues ?? []) {
        // One span stands for a list of one; its place is not the reader's business.
        const inner = Array.isArray(value) ? issue.path : [];
        ctx.addIssue({ code: 'custom', message: issue.message, path: isMap(given) ? [risk, ...inner] : inner });
      }
      if (!read.success && !isMap(given)) break;
    }
    return values;
  });
}

const isRisk = (key: string): key is Risk => RISKS.some((risk) => risk === key);

const SHARE_EXPECTED = 'a share of the time such as 1/2 or 3/4';
const share = z.string(expected(SHARE_EXPECTED)).transform((text, ctx) => {
  const found = /^([1-9])\/([1-9])$/.exec(text);
  const value = Number(found?.[1]) / Number(found?.[2]);
  if (value > 0 && value < 1) return value;
  ctx.addIssue(SHARE_EXPECTED);
  return z.NEVER;
});

export const words = z.string(expected('words')).min(1, expected('words'));
const some = <T extends z.ZodType>(one: T) =>
  z.array(one, expected('a list')).min(1, expected('a list of at least one'));
const flag = z.boolean(expected('true or false'));
const kind = z.string(expected('a step kind')).regex(/^[a-z][a-z_]*$/, expected('a step kind in lower_case letters'));

const conditions = z.strictObject({
  types: some(oneOf(CASE_TYPES)).optional(),
  risks: some(oneOf(RISKS)).optional(),
  triggers: some(oneOf(TRIGGERS)).optional(),
  guardian_is_suspect: flag.optional(),
  under_six: flag.optional(),
  safe: flag.optional(),
  returned: flag.optional(),
  happened_within: clockSpan.optional(),
  once: some(kind).optional(),
  unless: some(kind).optional(),
});

const BASIS_KINDS = ['legal', 'local', 'judgement'] as const;
const basis = z
  .strictObject({
    kind: oneOf(BASIS_KINDS),
    law: words.optional(),
    article: words.optional(),
    word: words.optional(),
    figure: words.optional(),
    note: words.optional(),
  })
  .refine((one) => one.kind !== 'legal' || (one.law !== undefined && one.article !== undefined), {
    message: 'law and article beside a legal basis',
    path: ['law'],
  });

/** A word alone stands for `{ kind: … }`; zod's unions would hide which line is wrong. */
const basisOrWord = z.preprocess((given) => (typeof given === 'string' ? { kind: given } : given), basis);

/** One span, or several that are set at once. */
const spans = z.preprocess((given) => (Array.isArray(given) ? given : [given]), some(duration));

const rule = z.strictObject({
  step: kind,
  name: words.max(6, expected('at most six characters, so that it fits a text')).optional(),
  start: oneOf(START_EVENTS).default('receipt'),
  after: kind.optional(),
  ends: oneOf(START_EVENTS).optional(),
  lasts: duration.optional(),
  binds: oneOf(['station', 'watch']).default('station'),
  urgent: flag.default(false),
  extendable: flag.default(true),
  stability: flag.default(false),
  when: conditions.default({}),
  due: perRisk(spans),
  every: perRisk(duration).optional(),
  times: z.int(expected('a whole number')).min(1, expected('at least 1')).optional(),
  remind: clockSpan.optional(),
  second: share.optional(),
  texts: z.strictObject({ reminder: oneOf(TEXT_KINDS), overdue: oneOf(TEXT_KINDS) }).optional(),
  basis: basisOrWord,
});

const rung = z.strictObject({
  to: oneOf(RUNG_ROLES),
  after: clockSpan,
  channels: some(oneOf(CHANNELS)),
  next: z.array(oneOf(CHANNELS)).default([]),
});

export const ladder = z.strictObject({
  rungs: some(rung),
  repeat: clockSpan,
  ack_buys: clockSpan,
  deliver_within: clockSpan,
  receipt_within: clockSpan,
  over: z.array(oneOf(CHANNELS)),
  quiet: z.strictObject({ from: minuteOfDay, to: minuteOfDay }).nullable(),
});

const allRisks = <T extends z.ZodType>(one: T) =>
  z.strictObject({ critical: one, high: one, medium: one, low: one }, expected(RISKS_EXPECTED));

/** policies/base.yaml */
export const baseSchema = z.strictObject({
  version: words,
  name: words,
  station_hours: z.strictObject({ from: minuteOfDay, to: minuteOfDay }),
  // Policies in the archive were written before there was one; only the current one's counts.
  digest: z.strictObject({ at: minuteOfDay }).default({ at: 9 * 60 + 30 }),
  partner_links: z
    .strictObject({ link: clockSpan, pickup: clockSpan, qr: clockSpan })
    .default({ link: 180 * DAY, pickup: 60 * DAY, qr: 10 * MINUTE }),
  reminders: allRisks(z.strictObject({ at: share, least_before: clockSpan })),
  ladders: allRisks(ladder),
  rules: some(rule),
});

/** policies/types/<type>.yaml */
export const typeSchema = z.strictObject({
  type: oneOf(CASE_TYPES),
  name: words,
  usual: oneOf(RISKS),
  least: z.array(
    z.strictObject({ risk: oneOf(RISKS), when: conditions.default({}), why: words, keeps: flag.default(false) }),
  ),
  notes: z.array(words).default([]),
  rules: z.array(rule),
});

export type BaseFile = z.infer<typeof baseSchema>;
export type TypeFile = z.infer<typeof typeSchema>;
export type RuleText = z.infer<typeof rule>;
export type ConditionsText = z.infer<typeof conditions>;
export type LadderText = z.infer<typeof ladder>;
