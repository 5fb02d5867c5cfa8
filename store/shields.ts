/** Restricting a case (限定知悉), shutting out (回避), breaking the glass (紧急查阅): each with what the journal has to say of it. */
import { randomUUID } from 'node:crypto';
import type { AccessEventKind } from '../domain/commands/note-access';
import type { CaseEvent } from '../domain/model';
import { mayHear } from '../domain/sight';
import type { TextKind } from '../domain/text-kinds';
import { timeOfDay } from '../domain/short';
import { HOUR } from '../domain/zone';
import type { AccessChange, BrokenGlass } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { heard, namedHere } from './hearers';
import { makeNotice } from './notices';
import { allSupervisors, officers } from './oversight';
import type { Reachable } from './roster';
import { rolesOf, shieldOf } from './sight';
import { reachableAgain } from './told';

/** Who does it to which case, and the vault's entry that says why. */
export interface Deed {
  /** The same for each repetition of the request. */
  id: string;
  caseId: string;
  staffId: string;
  reasonId: string;
}

interface NewChange {
  id: string;
  caseId: string;
  staffId: string | null;
  kind: AccessEventKind;
  data: CaseEvent['data'];
}

/** What has to stand in the case's journal, kept in the transaction that did it. @returns false when it was done before */
export async function addChange(tx: Tx, change: NewChange): Promise<boolean> {
  const { count } = await tx.accessChange.createMany({ data: [change], skipDuplicates: true });
  return count > 0;
}

/** Links and reply codes of people who must not hear of the case any more open and acknowledge nothing. */
async function takeBack(tx: Tx, caseId: string, staffIds: readonly string[]): Promise<void> {
  const theirs = { caseId, personId: { in: [...staffIds] } };
  await tx.link.updateMany({ where: { ...theirs, kind: 'alert', revokedAt: null }, data: { revokedAt: new Date() } });
  await tx.replyCode.deleteMany({ where: theirs });
}

/** Of everybody who was told something of the case, those who must not hear of it now. */
async function takeBackFromOthers(tx: Tx, caseId: string): Promise<void> {
  const shield = await shieldOf(tx, caseId);
  const links = await tx.link.findMany({ where: { caseId, kind: 'alert' }, select: { personId: true } });
  const codes = await tx.replyCode.findMany({ where: { caseId }, select: { personId: true } });
  const told = [...new Set([...links, ...codes].map(({ personId }) => personId))];
  const roles = await rolesOf(tx, told);
  const out = told.filter((id) => roles.has(id) && !mayHear(shield, { kind: 'staff', id, role: roles.get(id) }));
  await takeBack(tx, caseId, out);
}

/** Restricts a case, or changes who is named; the list replaces the one before. */
export const restrict = (db: Db, { reasonId, ...deed }: Deed, named: readonly string[]): Promise<void> =>
  db.$transaction(async (tx) => {
    const { id, caseId, staffId } = deed;
    const data = { staffIds: [...named].sort().join(' '), reasonId };
    if (!(await addChange(tx, { id, caseId, staffId, kind: 'access_restricted', data }))) return;
    await tx.caseRow.update({ where: { id: caseId }, data: { restricted: true } });
    await tx.caseNamed.deleteMany({ where: { caseId, staffId: { notIn: [...named] } } });
    const rows = named.map((one) => ({ caseId, staffId: one, addedBy: staffId }));
    await tx.caseNamed.createMany({ data: rows, skipDuplicates: true });
    await takeBackFromOthers(tx, caseId);
  });

/** Ends a restriction. */
export const open = (db: Db, { reasonId, ...deed }: Deed): Promise<void> =>
  db.$transaction(async (tx) => {
    const { id, caseId, staffId } = deed;
    if (!(await addChange(tx, { id, caseId, staffId, kind: 'access_opened', data: { reasonId } }))) return;
    await tx.caseRow.update({ where: { id: caseId }, data: { restricted: false } });
    await tx.caseNamed.deleteMany({ where: { caseId } });
  });

/** Shuts somebody out: from now on the case is not there for them, and nothing of it is sent to them. */
export const nameConflict = (db: Db, { reasonId, ...deed }: Deed, who: string): Promise<void> =>
  db.$transaction(async (tx) => {
    const { id, caseId, staffId } = deed;
    const change = { id, caseId, staffId, kind: 'conflict_named', data: { staffId: who, reasonId } } as const;
    if (!(await addChange(tx, change))) return;
    await tx.caseConflict.createMany({
      data: [{ caseId, staffId: who, addedBy: staffId, reasonId }],
      skipDuplicates: true,
    });
    await tx.caseRow.update({ where: { id: caseId }, data: { conflicted: true } });
    await tx.caseNamed.deleteMany({ where: { caseId, staffId: who } });
    await tx.brokenGlass.updateMany({
      where: { caseId, staffId: who, endedAt: null },
      data: { endedAt: new Date(), endedBy: staffId },
    });
    await takeBack(tx, caseId, [who]);
  });

/** The conflict is over, or was none. */
export const endConflict = (db: Db, { reasonId, ...deed }: Deed, who: string): Promise<void> =>
  db.$transaction(async (tx) => {
    const { id, caseId, staffId } = deed;
    const change = { id, caseId, staffId, kind: 'conflict_ended', data: { staffId: who, reasonId } } as const;
    if (!(await addChange(tx, change))) return;
    // One after the other: who is named in this very moment would not be counted below, and not be shut out.
    await tx.$executeRaw`SELECT 1 FROM cases WHERE id = ${caseId} FOR NO KEY UPDATE`;
    await tx.caseConflict.deleteMany({ where: { caseId, staffId: who } });
    const left = await tx.caseConflict.count({ where: { caseId } });
    await tx.caseRow.update({ where: { id: caseId }, data: { conflicted: left > 0 } });
  });

const GLASS: TextKind = 'glass_broken';
/** A word that comes later than this finds the glass closed again. */
const GLASS_WITHIN_MS = 2 * HOUR;

/**
 * Opens a case in an emergency until a moment (milliseconds), and has supervisors and duty officers told by text and mail at
 * once: all in one transaction, so that nobody looks unheard.
 */
export const breakGlass = (db: Db, deed: Deed, now: number, until: number): Promise<BrokenGlass> =>
  db.$transaction(async (tx) => {
    const { id, caseId, staffId, reasonId } = deed;
    const data = { reasonId, until };
    if (await addChange(tx, { id, caseId, staffId, kind: 'glass_broken', data })) {
      const row = { id, caseId, staffId, reasonId, openedAt: new Date(now), until: new Date(until) };
      await tx.brokenGlass.create({ data: row });
      await tellOfGlass(tx, deed, now, until);
    }
    return tx.brokenGlass.findUniqueOrThrow({ where: { id } });
  });

async function tellOfGlass(tx: Tx, { id, caseId, staffId }: Deed, at: number, until: number): Promise<void> {
  const { number, stationId } = await tx.caseRow.findUniqueOrThrow({ where: { id: caseId } });
  const vars = { number, time: timeOfDay(until) };
  const notice = { name: `glass/${id}`, kind: GLASS, channels: ['sms', 'email'], vars, at } as const;
  for (const person of await guardsOf(tx, { caseId, stationId }, at)) {
    if (person.id !== staffId) await makeNotice(tx, person, { ...notice, withinMs: GLASS_WITHIN_MS });
  }
}

/**
 * Whom an opened case is said to: the station's supervisors, of a restricted case the named, and the duty officers. Should nobody
 * of a restricted case's named be reachable, the officers alone.
 */
async function guardsOf(tx: Tx, of: { caseId: string; stationId: string }, at: number): Promise<Reachable[]> {
  const shield = await shieldOf(tx, of.caseId);
  const here = await namedHere(tx, shield, of.stationId);
  const named = [...here.keys()].map((personId) => ({ personKind: 'staff', personId }));
  const own = shield.restricted ? await reachableAgain(tx, named) : await allSupervisors(tx, of.stationId);
  const all = await heard(tx, shield, [...own, ...(await officers(tx, at))]);
  return [...new Map(all.map((person) => [person.id, person])).values()];
}

/** Ends it before its time. @returns false when it was over already */
export const endGlass = (db: Db, of: { id: string; glassId: string; staffId: string }): Promise<boolean> =>
  db.$transaction(async (tx) => {
    const { id, glassId, staffId } = of;
    const { count } = await tx.brokenGlass.updateMany({
      where: { id: glassId, endedAt: null, until: { gt: new Date() } },
      data: { endedAt: new Date(), endedBy: staffId },
    });
    if (count === 0) return false;
    const glass = await tx.brokenGlass.findUniqueOrThrow({ where: { id: glassId } });
    const data = { staffId: glass.staffId };
    await addChange(tx, { id, caseId: glass.caseId, staffId, kind: 'glass_ended', data });
    return true;
  });

/** Puts down of every glass whose time is over that it ended; it opens nothing any more since then. */
export const settleGlass = (db: Db): Promise<number> =>
  db.$transaction(async (tx) => {
    const over = await tx.$queryRaw<{ id: string; caseId: string; staffId: string }[]>`
      UPDATE broken_glass SET ended_at = until WHERE id IN (
        SELECT id FROM broken_glass WHERE ended_at IS NULL AND until <= now() FOR UPDATE SKIP LOCKED)
      RETURNING id, case_id AS "caseId", staff_id AS "staffId"`;
    for (const { caseId, staffId } of over) {
      const data = { staffId };
      await addChange(tx, { id: randomUUID(), caseId, staffId: null, kind: 'glass_ended', data });
    }
    return over.length;
  });

const BATCH = 100;

/** Changes that no journal holds yet, oldest first: of one case, or of all but some. */
export const unjournalled = (db: Db, of: { caseId?: string; but?: string[] }): Promise<AccessChange[]> =>
  db.accessChange.findMany({
    where: { journalledAt: null, caseId: of.caseId ?? { notIn: of.but ?? [] } },
    orderBy: { at: 'asc' },
    take: BATCH,
  });

/** The case’s journal has this change. */
export async function markJournalled(db: Db, id: string): Promise<void> {
  await db.accessChange.update({ where: { id }, data: { journalledAt: new Date() } });
}

/** Glass broken for cases that a reader may know of, and their own, newest first. */
export const listGlass = (tx: Tx, where: { caseIds: 'all' | string[]; staffId: string }, take: number) =>
  tx.brokenGlass.findMany({
    where: {
      OR: [{ staffId: where.staffId }, ...(where.caseIds === 'all' ? [{}] : [{ caseId: { in: where.caseIds } }])],
    },
    include: { case: { select: { number: true, stationId: true } } },
    orderBy: [{ openedAt: 'desc' }, { id: 'asc' }],
    take,
  });
