/** Cases on their way between stations (移交), and what a station that had one keeps reading. */
import type { CaseState } from '../domain/model';
import { Prisma } from '../prisma/generated/client';
import type { FormerStation } from '../prisma/generated/client';
import { caseFromJson, type Scope, type WholeCase } from './cases';
import type { Tx } from './db';
import type { Fields } from './rows';

export type People = Pick<CaseState, 'handover' | 'transfer' | 'cover'>;

/** What was arranged about who has the case. */
export const peopleOf = (row: { people: Prisma.JsonValue }): People => (row.people ?? {}) as unknown as People;

export interface FormerCase {
  row: WholeCase;
  /** The last entry of the journal that is that station's. */
  untilSeq: number;
  leftAt: Date;
}

/** The case as it was when it left one of the stations last; undefined: none of them had it. */
export async function readFormer(tx: Tx, caseId: string, stationIds: string[]): Promise<FormerCase | undefined> {
  const found = await tx.formerStation.findFirst({
    where: { caseId, stationId: { in: stationIds } },
    orderBy: { untilSeq: 'desc' },
  });
  if (!found) return undefined;
  const { one, steps, referrals, alerts } = found.snapshot as unknown as Record<string, Fields[]> & { one: Fields };
  const rows = { steps: steps ?? [], referrals: referrals ?? [], alerts: alerts ?? [] };
  // Which other cases may be about the same child is the business of who has it.
  const row = caseFromJson({ one, ...rows, possible: [], joinedNumber: null });
  return { row, untilSeq: found.untilSeq, leftAt: found.at };
}

const ABOUT = {
  id: true,
  number: true,
  type: true,
  risk: true,
  stationId: true,
  people: true,
  drill: true,
  clockAheadMs: true,
} as const satisfies Prisma.CaseRowSelect;
export type OfferedCase = Prisma.CaseRowGetPayload<{ select: typeof ABOUT }>;

const MOST = 200;

const idsOffered = (tx: Tx, scope: Scope, way: 'in' | 'out'): Promise<{ id: string }[]> => {
  const to = Prisma.sql`people->'transfer'->>'to'`;
  const where =
    scope === 'all'
      ? Prisma.empty
      : Prisma.sql`AND ${way === 'in' ? to : Prisma.sql`station_id`} IN (${Prisma.join(scope.stationIds)})`;
  return tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM cases WHERE people IS NOT NULL AND ${to} IS NOT NULL ${where} LIMIT ${MOST}`;
};

/** Cases that are offered to the stations in scope (`in`), or by them (`out`), oldest asking first. */
export async function listOffered(tx: Tx, scope: Scope, way: 'in' | 'out'): Promise<OfferedCase[]> {
  const ids = await idsOffered(tx, scope, way);
  const rows = await tx.caseRow.findMany({ where: { id: { in: ids.map(({ id }) => id) } }, select: ABOUT });
  const askedAt = (row: OfferedCase): number => peopleOf(row).transfer?.askedAt ?? 0;
  return rows.sort((a, b) => askedAt(a) - askedAt(b));
}

/** Cases that left the stations in scope, latest first, with what they were called then. */
export const listFormer = (tx: Tx, scope: Scope): Promise<FormerStation[]> =>
  tx.formerStation.findMany({
    where: scope === 'all' ? {} : { stationId: { in: scope.stationIds } },
    orderBy: [{ at: 'desc' }, { caseId: 'asc' }],
    take: MOST,
  });

/** Names of stations by id. */
export async function stationNames(tx: Tx, ids: string[]): Promise<Map<string, string>> {
  const rows = await tx.station.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
