/** policies/access.yaml: break-glass, odd patterns and retention (保存期限) as data, every problem named with its line. */
import { z } from 'zod';
import { CASE_TYPES, type CaseType } from './model';
import { PolicyInvalid, type Problem } from './policy/invalid';
import { readAs, readSource } from './policy/source';
import { MINUTE } from './zone';

export const RETENTION_KINDS = [...CASE_TYPES, 'register', 'drill'] as const;
export type RetentionKind = CaseType | 'register' | 'drill';

export interface RetentionRule {
  /** Years after closing, or after a registered child left. */
  years: number;
  basis: { kind: 'legal' | 'professional'; text: string };
}

export interface OddLimits {
  /** Different children's files opened within an hour. */
  files: number;
  /** Refusals within an hour. */
  refusals: number;
  /** Searches for one's own name within an hour. */
  ownName: number;
}

export interface AccessPolicy {
  /** Break-glass ends by itself after that. */
  glassMs: number;
  odd: OddLimits;
  retention: ReadonlyMap<RetentionKind, RetentionRule>;
}

const count = z.number().int().min(1).max(10_000);
const file = z.strictObject({
  break_glass_minutes: z.number().int().min(5).max(1_440),
  odd: z.strictObject({ files: count, refusals: count, own_name: count }),
  retention: z.array(
    z.strictObject({
      kinds: z.array(z.enum(RETENTION_KINDS as unknown as [RetentionKind, ...RetentionKind[]])).min(1),
      years: z.number().int().min(1).max(100),
      basis: z.strictObject({ kind: z.enum(['legal', 'professional']), text: z.string().min(1) }),
    }),
  ),
});

/**
 * @throws PolicyInvalid for every problem, a kind without a rule or with two included: what nobody has settled is not erased by
 * a guess, nor kept by one
 */
export function parseAccessPolicy(text: string, name: string): AccessPolicy {
  const problems: Problem[] = [];
  const source = readSource(text, name, problems);
  const read = problems.length === 0 ? readAs(file, source, problems) : undefined;
  const retention = new Map<RetentionKind, RetentionRule>();
  read?.retention.forEach(({ kinds, years, basis }, i) => {
    const path = ['retention', i, 'kinds'];
    const say = (expected: string): void =>
      void problems.push({ file: name, line: source.lineOf(path), path: `retention[${i}].kinds`, expected });
    for (const kind of kinds) {
      if (retention.has(kind)) say(`${kind} once`);
      retention.set(kind, { years, basis });
    }
  });
  if (read) {
    const missing = RETENTION_KINDS.filter((kind) => !retention.has(kind));
    if (missing.length > 0)
      problems.push({
        ...{ file: name, line: source.lineOf(['retention']), path: 'retention' },
        expected: `years for ${missing.join(', ')}`,
      });
  }
  if (!read || problems.length > 0) throw new PolicyInvalid(problems);
  const { files, refusals, own_name: ownName } = read.odd;
  return { glassMs: read.break_glass_minutes * MINUTE, odd: { files, refusals, ownName }, retention };
}

/** When what began to count at a moment may be erased: the same day, so many years later; 29 February falls on 1 March. */
export function keptUntil(from: number, { years }: RetentionRule): number {
  const day = new Date(from);
  day.setUTCFullYear(day.getUTCFullYear() + years);
  return day.getTime();
}

/** Which rule a case falls under. */
export const retentionKindOf = ({ type, drill }: { type: string; drill: boolean }): RetentionKind | undefined =>
  drill ? 'drill' : RETENTION_KINDS.find((kind) => kind === type);
