/** Households (家庭): children of the register who live together. Who came and went stands in the journal of services. */
import type { Db, Tx } from '../db';
import { type Changes, journalService } from './journal';

export interface HouseholdSeen {
  id: string;
  stationId: string;
  number: string;
  children: { id: string; number: string }[];
}

const MEMBERS = {
  members: { select: { child: { select: { id: true, number: true } } }, orderBy: { childId: 'asc' } },
} as const;

/** Undefined: there is no such household. */
export async function readHousehold(tx: Tx, id: string): Promise<HouseholdSeen | undefined> {
  const row = await tx.household.findUnique({ where: { id }, include: MEMBERS });
  if (!row) return undefined;
  const { stationId, number, members } = row;
  return { id, stationId, number, children: members.map(({ child }) => child) };
}

/** The household of each of the children who has one. */
export async function householdsOf(tx: Tx, childIds: string[]): Promise<Map<string, { id: string; number: string }>> {
  const rows = await tx.householdMember.findMany({
    where: { childId: { in: childIds } },
    select: { childId: true, household: { select: { id: true, number: true } } },
  });
  return new Map(rows.map(({ childId, household }) => [childId, household]));
}

interface NewHousehold {
  id: string;
  stationId: string;
  childIds: string[];
  staffId: string;
}

/** The same again under the same id changes nothing. */
export async function makeHousehold(db: Db, { id, stationId, childIds, staffId }: NewHousehold): Promise<void> {
  await db.$transaction(async (tx) => {
    if (await tx.household.findUnique({ where: { id } })) return;
    // The count's row stays locked until the transaction ends, so that numbers have no gaps.
    const { value } = await tx.counter.upsert({
      where: { name: `household:${stationId}` },
      create: { name: `household:${stationId}`, value: 1 },
      update: { value: { increment: 1 } },
    });
    const number = `H${String(value).padStart(4, '0')}`;
    await tx.household.create({ data: { id, stationId, number, madeBy: staffId } });
    const about = { entity: 'household', entityId: id, stationId, staffId } as const;
    await journalService(tx, { ...about, action: 'entered', changes: { number: { from: null, to: number } } });
    for (const childId of childIds) await enter(tx, about, childId);
  });
}

type About = { entity: 'household'; entityId: string; stationId: string; staffId: string };
const change = (childId: string, from: boolean, to: boolean): Changes => ({ [`child ${childId}`]: { from, to } });

async function enter(tx: Tx, about: About, childId: string): Promise<void> {
  await tx.householdMember.create({ data: { childId, householdId: about.entityId } });
  await journalService(tx, { ...about, action: 'linked', changes: change(childId, false, true) });
}

/** A child moves in. @throws the database's P2002 where it lives in a household already */
export const moveIn = (db: Db, household: HouseholdSeen, childId: string, staffId: string): Promise<void> =>
  db.$transaction((tx) =>
    enter(tx, { entity: 'household', entityId: household.id, stationId: household.stationId, staffId }, childId),
  );

/** A child moves out. @returns false when it did not live there */
export const moveOut = (db: Db, { id, stationId }: HouseholdSeen, childId: string, staffId: string): Promise<boolean> =>
  db.$transaction(async (tx) => {
    const { count } = await tx.householdMember.deleteMany({ where: { householdId: id, childId } });
    if (count === 0) return false;
    const about = { entity: 'household', entityId: id, stationId, staffId } as const;
    await journalService(tx, { ...about, action: 'linked', changes: change(childId, true, false) });
    return true;
  });
