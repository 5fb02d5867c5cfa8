/** What a person may know of (知悉范围), as part of each query about cases; domain/sight.ts says the same of one case. */
import type { Conflicted, Shield } from '../domain/sight';
import { NO_SHIELD } from '../domain/sight';
import { Prisma } from '../prisma/generated/client';
import type { Tx } from './db';

/** Whose rows a reader may know of: everybody's, or those of some stations. */
export type Scope = 'all' | { stationIds: string[] };

/** Who looks, and at which stations' cases they could look at all. */
export interface Sight {
  scope: Scope;
  staffId: string;
}

/** Cases that are something special to a person: a handful each. */
interface Own {
  named: string[];
  conflicts: string[];
  glass: string[];
}

async function ownOf(tx: Tx, staffId: string, now: Date): Promise<Own> {
  const rows = await tx.$queryRaw<{ why: keyof Own; caseId: string }[]>`
    SELECT 'named' AS why, case_id AS "caseId" FROM case_named WHERE staff_id = ${staffId}
    UNION ALL SELECT 'conflicts', case_id FROM case_conflicts WHERE staff_id = ${staffId}
    UNION ALL SELECT 'glass', case_id FROM broken_glass
      WHERE staff_id = ${staffId} AND ended_at IS NULL AND until > ${now}`;
  const of = (why: keyof Own): string[] => rows.filter((row) => row.why === why).map(({ caseId }) => caseId);
  return { named: of('named'), conflicts: of('conflicts'), glass: of('glass') };
}

/**
 * Cases that a person may know of: conflict shuts out everybody, broken glass opens, named people see what is restricted. What is
 * special to the person is asked first, so that the usual condition stays one that an index answers.
 */
export async function seenBy(tx: Tx, { scope, staffId }: Sight, now = new Date()): Promise<Prisma.CaseRowWhereInput> {
  const { named, conflicts, glass } = await ownOf(tx, staffId, now);
  const usual: Prisma.CaseRowWhereInput = {
    ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
    ...(named.length === 0 ? { restricted: false } : { OR: [{ restricted: false }, { id: { in: named } }] }),
  };
  const open = glass.length === 0 ? usual : { OR: [usual, { id: { in: glass } }] };
  return conflicts.length === 0 ? open : { AND: [open, { id: { notIn: conflicts } }] };
}

/** What has to be known of a case to say whether somebody may know of it; undefined: there is none. */
export const readSighted = async (tx: Tx, id: string) =>
  (await tx.caseRow.findUnique({
    where: { id },
    select: { id: true, stationId: true, restricted: true, conflicted: true },
  })) ?? undefined;

/** Ids of shielded cases that a person must not know of, wherever they are: a handful, for lists of something else. */
export async function hiddenFrom(tx: Tx, staffId: string, now = new Date()): Promise<string[]> {
  const shielded = await tx.caseRow.findMany({
    where: { OR: [{ restricted: true }, { conflicted: true }] },
    select: { id: true, restricted: true },
  });
  if (shielded.length === 0) return [];
  const { named, conflicts, glass } = await ownOf(tx, staffId, now);
  return shielded
    .filter(({ id, restricted }) => {
      if (conflicts.includes(id)) return true;
      return restricted && !named.includes(id) && !glass.includes(id);
    })
    .map(({ id }) => id);
}

/** Ids of all shielded cases, whoever asks: for what goes to many readers, or has to be the same for each. */
export const shieldedCases = async (tx: Tx): Promise<string[]> =>
  (
    await tx.caseRow.findMany({ where: { OR: [{ restricted: true }, { conflicted: true }] }, select: { id: true } })
  ).map(({ id }) => id);

/** A further condition of a statement: not about those of {@link hiddenFrom}. @param caseId the column, which may be null */
export const notHidden = (caseId: Prisma.Sql, hidden: readonly string[]): Prisma.Sql =>
  hidden.length === 0 ? Prisma.empty : Prisma.sql`AND (${caseId} IS NULL OR NOT ${caseId} = ANY(${[...hidden]}))`;

/** Of some cases those that are shielded, with what shields them; glass broken for any of them is in it too. */
export async function shieldsOf(tx: Tx, caseIds: readonly string[], now = new Date()): Promise<Map<string, Shield>> {
  const ids = { in: [...new Set(caseIds)] };
  const open = { where: { endedAt: null, until: { gt: now } }, select: { staffId: true, until: true } };
  const rows = await tx.caseRow.findMany({
    where: { id: ids, OR: [{ restricted: true }, { conflicted: true }, { glass: { some: open.where } }] },
    select: {
      id: true,
      restricted: true,
      named: { select: { staffId: true } },
      conflicts: { select: { staffId: true } },
      glass: open,
    },
  });
  const roles = await rolesOf(
    tx,
    rows.flatMap(({ conflicts }) => conflicts.map(({ staffId }) => staffId)),
  );
  return new Map(
    rows.map(({ id, restricted, named, conflicts, glass }) => [
      id,
      {
        restricted,
        named: named.map(({ staffId }) => staffId),
        conflicts: conflicts.map(({ staffId }): Conflicted => ({ staffId, role: roles.get(staffId) ?? '' })),
        glass: glass.map(({ staffId, until }) => ({ staffId, until: until.getTime() })),
      },
    ]),
  );
}

/** What shields one case. */
export const shieldOf = async (tx: Tx, caseId: string): Promise<Shield> =>
  (await shieldsOf(tx, [caseId])).get(caseId) ?? NO_SHIELD;

/** Roles of staff by id. */
export async function rolesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.staff.findMany({ where: { id: { in: [...ids] } }, select: { id: true, role: true } });
  return new Map(rows.map(({ id, role }) => [id, role]));
}
