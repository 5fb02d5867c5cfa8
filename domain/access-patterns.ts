/** What is odd about how files were looked at (异常查阅). Figures are professional judgement: a worker carries a few dozen cases. */
import { HOUR } from './zone';

/** A line of the access log. */
export interface Look {
  /** Milliseconds since the epoch. */
  at: number;
  /** A member of staff, or an address where nobody was signed in; null: neither is known. */
  who: string | null;
  caseId: string | null;
  allowed: boolean;
  action: string;
}

export const ACCESS_PATTERNS = ['many_files', 'many_refusals'] as const;
export type AccessPatternKind = (typeof ACCESS_PATTERNS)[number];

/** Somebody's looks within one hour that ask for a question. */
export interface AccessPattern {
  kind: AccessPatternKind;
  who: string;
  /** Different files, or refusals. */
  count: number;
  /** When the hour began, in milliseconds since the epoch. */
  since: number;
}

export const ACCESS_WINDOW_MS = HOUR;
/** Children's files one person opens in an hour. */
const MANY_FILES = 30;
/** Refusals in an hour: another station's cases, or what the role does not include. Wrong passwords have a pause of their own. */
const MANY_REFUSALS = 10;

/** Looks at a child, the words about it, or the journal; a duty officer's or evaluator's list is none. */
const opensChild = ({ allowed, action }: Look): boolean => allowed && action.startsWith('case:read-child');

/** Patterns among the looks of the hour before `now`. */
export function oddPatterns(looks: readonly Look[], now: number): AccessPattern[] {
  const since = now - ACCESS_WINDOW_MS;
  const files = new Map<string, Set<string>>();
  const refusals = new Map<string, number>();
  for (const look of looks) {
    const { who, caseId, at, allowed } = look;
    if (who === null || at < since || at > now) continue;
    if (!allowed && look.action !== 'sign-in') refusals.set(who, (refusals.get(who) ?? 0) + 1);
    if (!opensChild(look) || caseId === null) continue;
    const seen = files.get(who) ?? new Set();
    files.set(who, seen.add(caseId));
  }
  const opened = [...files].map(([who, seen]): AccessPattern => ({ kind: 'many_files', who, count: seen.size, since }));
  const refused = [...refusals].map(([who, count]): AccessPattern => ({ kind: 'many_refusals', who, count, since }));
  return [
    ...opened.filter(({ count }) => count >= MANY_FILES),
    ...refused.filter(({ count }) => count >= MANY_REFUSALS),
  ];
}
