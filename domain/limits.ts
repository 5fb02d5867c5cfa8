/** The carrier's limits as configuration: `same:30s:1,1h:5,day:10`, and whether they leave room for what the policy sends. */
import type { Limit, Window } from './budget';
import type { Ladder } from './alert';
import type { Channel } from './channels';
import type { Risk } from './model';
import { DAY, HOUR, MINUTE } from './zone';

const UNITS = { s: 1_000, m: MINUTE, h: HOUR } as const;
const TERM = /^(same:)?(?:(\d{1,4})([smh])|(day|night)):(\d{1,4})$/;

export const LIMITS_EXPECTED =
  'off, or terms such as 30s:1,10m:2,1h:5,day:10,night:1,same:30s:1 (window:most, 24h at most, same: for one and the same text)';

/** What Tencent Cloud has in force for an account that has asked for nothing. */
export const TENCENT_LIMITS = { sms: 'same:30s:1,day:2', voice: '30s:1,10m:2,day:5,night:1' } as const;

/** What stands where nothing is limited. */
export const UNLIMITED = 'off';

export type LimitedChannel = keyof typeof TENCENT_LIMITS;
export const isLimited = (channel: Channel): channel is LimitedChannel => Object.hasOwn(TENCENT_LIMITS, channel);

function windowOf(n: string | undefined, unit: string | undefined, word: string | undefined): Window | undefined {
  if (word === 'day' || word === 'night') return { kind: word };
  const ms = unit === 's' || unit === 'm' || unit === 'h' ? Number(n) * UNITS[unit] : 0;
  // What was used longer ago than a day is not looked at (store/budget.ts), and no carrier counts further back.
  return ms > 0 && ms <= DAY ? { kind: 'rolling', ms } : undefined;
}

/** Limits from their text; an empty list: none (`off`); undefined where the text is not one. */
export function parseLimits(text: string): Limit[] | undefined {
  if (text.trim() === UNLIMITED) return [];
  const limits: Limit[] = [];
  for (const term of text.split(',')) {
    const [whole, same, n, unit, word, most] = TERM.exec(term.trim()) ?? [];
    const window = windowOf(n, unit, word);
    if (whole === undefined || window === undefined || Number(most) < 1) return undefined;
    const name = whole.slice(0, whole.lastIndexOf(':'));
    limits.push({ name, window, most: Number(most), same: same !== undefined });
  }
  return limits;
}

/** A limit under which the ladder of one case that nobody answers would run dry. */
export interface Shortfall {
  limit: string;
  most: number;
  /** Messages that one person gets of one late step in that window. */
  needs: number;
}

/** The networks themselves pass about this many texts a day to one phone: asking the carrier for more is of little use. */
const NETWORKS_PASS = 10;

/** How many messages one rung gets in a span from the moment that it is told first. */
const toldIn = (ladder: Ladder, spanMs: number): number => 1 + Math.floor((spanMs - 1) / Math.max(1, ladder.repeatMs));

/** Which limits of a channel are too tight for the ladders that use it. */
export function shortfalls(limits: readonly Limit[], channel: Channel, ladders: readonly Ladder[]): Shortfall[] {
  const using = ladders.filter(({ rungs }) => rungs.some((rung) => rung.channels.includes(channel)));
  return limits
    .filter(({ same }) => !same)
    .flatMap(({ name, window, most }) => {
      const span = window.kind === 'rolling' ? window.ms : window.kind === 'day' ? DAY : 10 * HOUR;
      const needs = Math.min(NETWORKS_PASS, Math.max(0, ...using.map((ladder) => toldIn(ladder, span))));
      return most < needs ? [{ limit: name, most, needs }] : [];
    });
}

/** Where the limits in force leave no room for what the policy sends; in words, for the log and /readyz. */
export function tooTight(
  policy: { ladders: Record<Risk, Ladder> },
  limits: Partial<Record<LimitedChannel, string>>,
): string[] {
  const ladders = Object.values(policy.ladders);
  return (['sms', 'voice'] as const).flatMap((channel) => {
    const found = shortfalls(parseLimits(limits[channel] ?? UNLIMITED) ?? [], channel, ladders);
    const [what, variable] = channel === 'sms' ? ['texts', 'SMS_LIMITS'] : ['calls', 'VOICE_LIMITS'];
    return found.map(
      ({ limit, most, needs }) =>
        `${what}: the limit "${limit}" lets ${most} through to one phone, a case that nobody answers needs ${needs}: ` +
        `raise it at Tencent Cloud, then in ${variable}`,
    );
  });
}
