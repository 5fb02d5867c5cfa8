/** Service records (服务记录) on disk: entered, corrected, withdrawn; each change with its line in the journal. */
import type { ServiceKind } from '../../domain/services/kinds';
import type { Prisma, ServiceRecord } from '../../prisma/generated/client';
import type { Scope } from '../cases';
import type { Db, Tx } from '../db';
import type { Vault } from '../vault';
import { changesBetween, journalService, type Plain } from './journal';

export type { ServiceRecord };

/** The fields of a record that people give; free text apart. */
export interface ServiceFields {
  kind: ServiceKind;
  /** Milliseconds since the epoch. */
  at: number;
  minutes: number;
  place: string;
  title: string | null;
  groupId: string | null;
  caseId: string | null;
  staffIds: string[];
  childIds: string[];
  headCount: number;
  answers: number | null;
  satisfied: number | null;
}

export interface ServiceEntering extends ServiceFields {
  id: string;
  stationId: string;
  note?: string;
  staffId: string;
  /** When it was entered, milliseconds since the epoch. */
  enteredAt: number;
}

export const fieldsOf = (row: ServiceRecord): ServiceFields => ({
  kind: row.kind as ServiceKind,
  at: row.at.getTime(),
  minutes: row.minutes,
  place: row.place,
  title: row.title,
  groupId: row.groupId,
  caseId: row.caseId,
  staffIds: row.staffIds,
  childIds: row.childIds,
  headCount: row.headCount,
  answers: row.answers,
  satisfied: row.satisfied,
});

const asRow = ({ at, ...same }: ServiceFields) => ({ ...same, at: new Date(at) });
const forJournal = ({ at, ...same }: ServiceFields, noteId: string | null): Record<string, Plain> => ({
  ...same,
  at: new Date(at).toISOString(),
  noteId,
});

/** Whose key the words and files of a service lie under: its only child's, else one of their own, as where the child was erased. */
export async function subjectOfService(tx: Tx, vault: Vault, childIds: string[]): Promise<string> {
  const [only, ...others] = childIds;
  const child = only && others.length === 0 ? await tx.registeredChild.findUnique({ where: { id: only } }) : undefined;
  const known = child && (await tx.vaultKey.count({ where: { subjectId: child.subjectId } })) > 0;
  return known ? child.subjectId : vault.newSubject(tx);
}

async function sealWords(
  tx: Tx,
  vault: Vault,
  of: { serviceId: string; childIds: string[] },
  kind: 'note' | 'reason',
  words: string,
  id?: string,
): Promise<string> {
  const subjectId = await subjectOfService(tx, vault, of.childIds);
  return vault.seal(tx, { subjectId, caseId: `service:${of.serviceId}`, kind, value: words, id });
}

/** Writes one record and its line in the journal. A repetition under the same id changes nothing. */
export async function enterService(
  tx: Tx,
  vault: Vault,
  entering: ServiceEntering,
  action: 'entered' | 'imported' = 'entered',
): Promise<void> {
  const { id, stationId, note, staffId, enteredAt, ...fields } = entering;
  const there = await tx.serviceRecord.findUnique({ where: { id }, select: { id: true } });
  if (there) return;
  const of = { serviceId: id, childIds: fields.childIds };
  const noteId = note === undefined ? null : await sealWords(tx, vault, of, 'note', note, id);
  const data = { ...asRow(fields), id, stationId, noteId, enteredBy: staffId, enteredAt: new Date(enteredAt) };
  await tx.serviceRecord.create({ data });
  const changes = changesBetween({}, forJournal(fields, noteId));
  await journalService(tx, { entity: 'service', entityId: id, stationId, staffId, action, changes });
}

export interface Correction {
  fields: ServiceFields;
  note?: string;
  reason?: string;
  staffId: string;
}

/** @returns false when somebody else changed it since it was read */
export async function correctService(
  db: Db,
  vault: Vault,
  before: ServiceRecord,
  { fields, note, reason, staffId }: Correction,
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const of = { serviceId: before.id, childIds: fields.childIds };
    const noteId = note === undefined ? before.noteId : await sealWords(tx, vault, of, 'note', note);
    const reasonId = reason === undefined ? undefined : await sealWords(tx, vault, of, 'reason', reason);
    const changes = changesBetween(forJournal(fieldsOf(before), before.noteId), forJournal(fields, noteId));
    if (Object.keys(changes).length === 0) return true;
    const { id, rev, stationId } = before;
    const { count } = await tx.serviceRecord.updateMany({
      where: { id, rev, withdrawnAt: null },
      data: { ...asRow(fields), noteId, rev: rev + 1 },
    });
    if (count === 0) return false;
    await journalService(tx, {
      entity: 'service',
      entityId: id,
      stationId,
      staffId,
      action: 'corrected',
      changes,
      reasonId,
    });
    return true;
  });
}

/** Takes a record out of every count; the journal keeps it. @returns false when it was withdrawn before */
export async function withdrawService(
  db: Db,
  vault: Vault,
  { id, stationId, childIds }: ServiceRecord,
  { reason, staffId, at }: { reason: string; staffId: string; at: number },
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const withdrawnAt = new Date(at);
    const { count } = await tx.serviceRecord.updateMany({
      where: { id, withdrawnAt: null },
      data: { withdrawnAt, rev: { increment: 1 } },
    });
    if (count === 0) return false;
    const reasonId = await sealWords(tx, vault, { serviceId: id, childIds }, 'reason', reason);
    const changes = changesBetween({}, { withdrawnAt: withdrawnAt.toISOString() });
    await journalService(tx, {
      entity: 'service',
      entityId: id,
      stationId,
      staffId,
      action: 'withdrawn',
      changes,
      reasonId,
    });
    return true;
  });
}

/** Undefined: there is no such record. */
export async function readService(tx: Tx, id: string): Promise<ServiceRecord | undefined> {
  return (await tx.serviceRecord.findUnique({ where: { id } })) ?? undefined;
}

/** Ids of the records about these cases. */
export async function servicesAbout(tx: Tx, caseIds: readonly string[]): Promise<string[]> {
  if (caseIds.length === 0) return [];
  const rows = await tx.serviceRecord.findMany({ where: { caseId: { in: [...caseIds] } }, select: { id: true } });
  return rows.map(({ id }) => id);
}

export interface ServiceFilter {
  kind?: string;
  /** Milliseconds since the epoch: from the first, up to but without the second. */
  from?: number;
  until?: number;
  staffId?: string;
  childId?: string;
  groupId?: string;
  caseId?: string;
  withdrawn: boolean;
  /** Cases whose records are left out. */
  hidden?: readonly string[];
}

/** Where a page of records ends: newest first. */
export interface ServicePlace {
  at: number;
  id: string;
}

/** One page of records, newest first. */
export function listServices(
  tx: Tx,
  scope: Scope,
  filter: ServiceFilter,
  { after, take }: { after?: ServicePlace; take: number },
): Promise<ServiceRecord[]> {
  const at = after && new Date(after.at);
  const where = {
    AND: [whereOf(scope, filter), after ? { OR: [{ at: { lt: at } }, { at, id: { gt: after.id } }] } : {}],
  };
  return tx.serviceRecord.findMany({ where, orderBy: [{ at: 'desc' }, { id: 'asc' }], take });
}

/** How many there are in all. */
export const countServices = (tx: Tx, scope: Scope, filter: ServiceFilter): Promise<number> =>
  tx.serviceRecord.count({ where: whereOf(scope, filter) });

function whereOf(scope: Scope, filter: ServiceFilter): Prisma.ServiceRecordWhereInput {
  return {
    ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
    kind: filter.kind,
    groupId: filter.groupId,
    caseId: filter.caseId,
    withdrawnAt: filter.withdrawn ? { not: null } : null,
    at: {
      ...(filter.from !== undefined && { gte: new Date(filter.from) }),
      ...(filter.until !== undefined && { lt: new Date(filter.until) }),
    },
    ...(filter.staffId && { staffIds: { has: filter.staffId } }),
    ...(filter.childId && { childIds: { has: filter.childId } }),
    ...(filter.hidden?.length && { OR: [{ caseId: null }, { caseId: { notIn: [...filter.hidden] } }] }),
  };
}

/** Ids of a station's own that do not exist there: staff, children, a group, a case. */
export async function strangersOf(
  tx: Tx,
  stationId: string,
  { staffIds, childIds, groupId, caseId }: Pick<ServiceFields, 'staffIds' | 'childIds' | 'groupId' | 'caseId'>,
) {
  const [staff, children, group, found] = await Promise.all([
    tx.staff.findMany({ where: { id: { in: staffIds }, stationId }, select: { id: true } }),
    tx.registeredChild.findMany({ where: { id: { in: childIds }, stationId }, select: { id: true } }),
    groupId ? tx.serviceGroup.findFirst({ where: { id: groupId, stationId } }) : null,
    caseId ? tx.caseRow.findFirst({ where: { id: caseId, stationId, drill: false }, select: { id: true } }) : null,
  ]);
  const missing = (ids: string[], there: { id: string }[]): string[] =>
    ids.filter((id) => !there.some((one) => one.id === id));
  return {
    staffIds: missing(staffIds, staff),
    childIds: missing(childIds, children),
    group: group ?? undefined,
    noGroup: groupId !== null && !group,
    noCase: caseId !== null && !found,
  };
}
