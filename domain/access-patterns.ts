/** What is odd about how files were looked at (异常查阅). The figures are policies/access.yaml's. */
import type { OddLimits } from './access-policy';
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
  /** On what ground it was allowed; absent: none was noted. */
  ground?: string | null;
}

export const ACCESS_PATTERNS = ['many_files', 'many_refusals', 'own_name'] as const;
export type AccessPatternKind = (typeof ACCESS_PATTERNS)[number];

/** Somebody's looks within one hour that ask for a question. */
export interface AccessPattern {
  kind: AccessPatternKind;
  who: string;
  /** Different files, refusals, or searches. */
  count: number;
  /** When the hour began, in milliseconds since the epoch. */
  since: number;
}

export const ACCESS_WINDOW_MS = HOUR;
/** What a search by name (按姓名检索) is called in the log, and one for the searcher's own name. */
export const SEARCH = 'search:name';
export const SEARCH_OWN = 'search:own-name';

/** Looks at a child, the words about it, the journal, or a registered child; a duty officer's or evaluator's list is none. */
const opensChild = ({ allowed, action }: Look): boolean =>
  allowed && (action.startsWith('case:read-child') || action === 'register:read');

/** One's own cases are one's work, however many: it is others' files that ask for a question. */
const isOwn = ({ ground }: Look): boolean => ground === 'assigned';

/** Patterns among the looks of the hour before `now`. Wrong passwords have a pause of their own. */
export function oddPatterns(looks: readonly Look[], now: number, limits: OddLimits): AccessPattern[] {
  const since = now - ACCESS_WINDOW_MS;
  const files = new Map<string, Set<string>>();
  const counts: Record<'many_refusals' | 'own_name', Map<string, number>> = {
    many_refusals: new Map(),
    own_name: new Map(),
  };
  const count = (kind: keyof typeof counts, who: string): void =>
    void counts[kind].set(who, (counts[kind].get(who) ?? 0) + 1);
  for (const look of looks) {
    const { who, caseId, at, allowed, action } = look;
    if (who === null || at < since || at > now) continue;
    if (!allowed && action !== 'sign-in') count('many_refusals', who);
    if (action === SEARCH_OWN) count('own_name', who);
    if (!opensChild(look) || isOwn(look) || caseId === null) continue;
    const seen = files.get(who) ?? new Set();
    files.set(who, seen.add(caseId));
  }
  const found = (kind: AccessPatternKind, of: Iterable<readonly [string, number]>, least: number): AccessPattern[] =>
    [...of].flatMap(([who, n]) => (n >= least ? [{ kind, who, count: n, since }] : []));
  return [
    ...found(
      'many_files',
      [...files].map(([who, seen]) => [who, seen.size] as const),
      limits.files,
    ),
    ...found('many_refusals', counts.many_refusals, limits.refusals),
    ...found('own_name', counts.own_name, limits.ownName),
  ];
}

const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s·.]/g, '');

/** Does somebody search for themselves, or for who bears their name? One character is nobody's name. */
export function isOwnName(query: string, name: string): boolean {
  const [asked, own] = [bare(query), bare(name)];
  return [...asked].length >= 2 && [...own].length >= 2 && (own.includes(asked) || asked.includes(own));
}
