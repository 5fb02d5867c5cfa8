/** The order of the board: what is late first, the worse risk before, then the sooner deadline. */
import type { CaseSummary, Risk } from '../api/types';

const SEVERITY: Record<Risk, number> = { critical: 0, high: 1, medium: 2, low: 3 };
type Ordered = Pick<CaseSummary, 'overdue' | 'risk' | 'nextDueAt' | 'number'>;

const due = ({ nextDueAt }: Ordered): number => (nextDueAt === null ? Infinity : Date.parse(nextDueAt));

export function byLatenessAndRisk(a: Ordered, b: Ordered): number {
  if (a.overdue !== b.overdue) return a.overdue ? -1 : 1;
  const worse = SEVERITY[a.risk] - SEVERITY[b.risk];
  if (a.overdue && worse !== 0) return worse;
  const sooner = due(a) - due(b);
  if (!Number.isNaN(sooner) && sooner !== 0) return sooner;
  return worse === 0 ? a.number.localeCompare(b.number) : worse;
}
