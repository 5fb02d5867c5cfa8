/** Staff and partners as screens list them. */
import type { Partner, Staff, Station } from '../prisma/generated/client';
import type { Scope } from './cases';
import { COUNTING } from './contacts';
import type { Tx } from './db';

/** Active staff of the stations in scope with the contacts that count, by station and name. */
export const listStaff = (tx: Tx, scope: Scope) =>
  tx.staff.findMany({
    where: { active: true, ...(scope !== 'all' && { stationId: { in: scope.stationIds } }) },
    include: { contacts: COUNTING },
    orderBy: [{ stationId: 'asc' }, { name: 'asc' }, { id: 'asc' }],
  });

/** Who may be given a case of the station; undefined: nobody of that id who is active there. */
export async function readAssignee(tx: Tx, staffId: string, stationId: string): Promise<Staff | undefined> {
  return (await tx.staff.findFirst({ where: { id: staffId, stationId, active: true } })) ?? undefined;
}

/** The stations in scope by name; the bureau, which has no cases of its own, is left out. */
export const listStations = (tx: Tx, scope: Scope): Promise<Station[]> =>
  tx.station.findMany({
    where: { bureau: false, ...(scope !== 'all' && { id: { in: scope.stationIds } }) },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });

const worksWith = (scope: Scope) =>
  scope === 'all' ? {} : { OR: [{ stationId: null }, { stationId: { in: scope.stationIds } }] };

/** Active partners that work with the stations in scope. */
export const listPartners = (tx: Tx, scope: Scope, kind: string | undefined): Promise<Partner[]> =>
  tx.partner.findMany({
    where: { active: true, kind, ...worksWith(scope) },
    orderBy: [{ kind: 'asc' }, { name: 'asc' }, { id: 'asc' }],
  });

/** An active partner, whichever stations it works with. */
export const readPartner = async (tx: Tx, id: string): Promise<Partner | undefined> =>
  (await tx.partner.findUnique({ where: { id, active: true } })) ?? undefined;

/** An active partner that works with the station. */
export async function readPartnerOf(tx: Tx, partnerId: string, stationId: string): Promise<Partner | undefined> {
  const where = { id: partnerId, active: true, ...worksWith({ stationIds: [stationId] }) };
  return (await tx.partner.findFirst({ where })) ?? undefined;
}
