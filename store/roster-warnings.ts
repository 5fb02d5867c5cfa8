/** What is wrong with the roster (值班表) in the days to come: hours that nobody stands for, and people without a phone. */
import type { RosterWarning } from '../domain/digest';
import { DAY } from '../domain/zone';
import type { Tx } from './db';

export type { RosterWarning } from '../domain/digest';

const DAYS_AHEAD = 7;

interface Span {
  from: number;
  until: number;
}

/** The parts of a span that none of the others cover. */
function uncovered(span: Span, covered: Span[]): Span[] {
  const gaps: Span[] = [];
  let from = span.from;
  for (const one of covered.toSorted((a, b) => a.from - b.from)) {
    if (one.until <= from) continue;
    if (one.from >= span.until) break;
    if (one.from > from) gaps.push({ from, until: one.from });
    from = one.until;
  }
  return from < span.until ? [...gaps, { from, until: span.until }] : gaps;
}

/** @param where at: milliseconds; stationId: of one station alone */
export async function rosterWarnings(
  db: Tx,
  { at, stationId }: { at: number; stationId?: string },
): Promise<RosterWarning[]> {
  const week = { from: at, until: at + DAYS_AHEAD * DAY };
  const stations = await db.station.findMany({ where: { id: stationId }, orderBy: { id: 'asc' } });
  const duties = await db.duty.findMany({
    where: {
      startsAt: { lt: new Date(week.until) },
      OR: [{ endsAt: null }, { endsAt: { gt: new Date(at) } }],
      staff: { active: true },
    },
    include: { staff: { select: { id: true, phone: true } } },
  });
  const warnings: RosterWarning[] = [];
  for (const station of stations) {
    const own = duties.filter((duty) => duty.stationId === station.id);
    for (const role of station.bureau ? ['duty_officer'] : ['worker', 'supervisor']) {
      const covered = own
        .filter((duty) => duty.role === role)
        .map((duty) => ({ from: duty.startsAt.getTime(), until: duty.endsAt?.getTime() ?? Infinity }));
      for (const gap of uncovered(week, covered)) warnings.push({ kind: 'gap', stationId: station.id, role, ...gap });
    }
    const silent = new Set(own.filter((duty) => !duty.staff.phone).map((duty) => duty.staff.id));
    for (const staffId of [...silent].sort()) warnings.push({ kind: 'no_phone', stationId: station.id, staffId });
  }
  return warnings;
}
