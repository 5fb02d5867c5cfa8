/** Records summed by kind in one walk: what most of a contract's figures add up from. */
import { Prisma } from '../../prisma/generated/client';
import type { ServiceKind } from '../../domain/services/kinds';
import type { Tx } from '../db';
import { countedAnswers, countedRecords, PEOPLE, type Window } from './counted';

export interface KindSum {
  kind: ServiceKind;
  records: number;
  people: number;
  minutes: number;
  /** Valid answers on paper, and those that were satisfied. */
  answers: number;
  satisfied: number;
}

/** @param minutes also how long it took; it stands in no index, so that figures do without */
export async function sumsByKind(
  tx: Tx,
  window: Window,
  kinds: readonly ServiceKind[],
  { minutes = false }: { minutes?: boolean } = {},
): Promise<KindSum[]> {
  if (kinds.length === 0) return [];
  const long = minutes ? Prisma.sql`sum(s.minutes)::int` : Prisma.sql`0`;
  return tx.$queryRaw`
    SELECT s.kind, count(*)::int AS records, coalesce(sum(${PEOPLE}), 0)::int AS people, ${long} AS minutes,
      coalesce(sum(s.answers), 0)::int AS answers, coalesce(sum(s.satisfied), 0)::int AS satisfied
    FROM services s WHERE ${countedRecords(window, kinds)} GROUP BY s.kind`;
}

/** Of some kinds together. */
export function sumOf(
  sums: readonly KindSum[],
  kinds: readonly string[],
  what: 'records' | 'people' | 'answers' | 'satisfied',
): number {
  return sums.reduce((total, sum) => total + (kinds.includes(sum.kind) ? sum[what] : 0), 0);
}

/** Answers of the children's own survey, and those that were satisfied. */
export async function answersOf(tx: Tx, window: Window): Promise<{ answers: number; satisfied: number }> {
  const [row] = await tx.$queryRaw<{ answers: number; satisfied: number }[]>`
    SELECT count(*)::int AS answers, (count(*) FILTER (WHERE a.satisfied))::int AS satisfied
    FROM survey_answers a WHERE ${countedAnswers(window)}`;
  return row ?? { answers: 0, satisfied: 0 };
}
