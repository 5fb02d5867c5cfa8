/** The directory of partners (协作单位目录). Nobody is removed: who is retired stays for the record. */
import { Prisma } from '../prisma/generated/client';
import type { Partner } from '../prisma/generated/client';
import type { Hours } from '../domain/roster/model';
import { IN_ORDER } from './contacts';
import type { Db, Tx } from './db';
import { noteChange } from './roster-journal';

export interface PartnerDuty {
  law: string;
  article: string;
  duty: string;
}
export interface PartnerWords {
  name?: string;
  area?: string | null;
  hours?: Hours[] | null;
  duties?: PartnerDuty[];
}

/** Its hours as rules have them; undefined: always. */
export const hoursOfPartner = ({ hours }: Pick<Partner, 'hours'>): Hours[] | undefined =>
  hours === null ? undefined : (hours as unknown as Hours[]);
export const dutiesOf = ({ duties }: Pick<Partner, 'duties'>): PartnerDuty[] =>
  (duties ?? []) as unknown as PartnerDuty[];

const columns = ({ name, area, hours, duties }: PartnerWords) => ({
  ...(name !== undefined && { name }),
  ...(area !== undefined && { area }),
  ...(hours !== undefined && {
    hours: hours === null ? Prisma.DbNull : hours.map((one) => ({ ...one, weekdays: [...one.weekdays] })),
  }),
  ...(duties !== undefined && { duties: duties.map((one) => ({ ...one })) }),
});

/** An active partner with its contacts in their order. */
export const readPartnerWhole = (tx: Tx, id: string) =>
  tx.partner.findUnique({
    where: { id, active: true },
    include: { contacts: { where: { removedAt: null }, orderBy: IN_ORDER } },
  });

/** The same id again changes nothing. */
export async function addPartner(
  db: Db,
  {
    id,
    kind,
    stationId,
    ...words
  }: PartnerWords & { id: string; kind: string; name: string; stationId: string | null },
  by: string,
): Promise<Partner> {
  return db.$transaction(async (tx) => {
    const row = { id, kind, stationId, ...columns(words), name: words.name };
    const { count } = await tx.partner.createMany({ data: [row], skipDuplicates: true });
    if (count > 0) await noteChange(tx, { staffId: by, action: 'partner.add', stationId, refId: id, data: { kind } });
    return tx.partner.findUniqueOrThrow({ where: { id } });
  });
}

/** Changes what the directory says of a partner, and writes down who did. */
export async function changePartner(
  db: Db,
  { id, stationId }: Partner,
  words: PartnerWords,
  by: string,
): Promise<Partner> {
  return db.$transaction(async (tx) => {
    const fields = Object.keys(words);
    await noteChange(tx, { staffId: by, action: 'partner.change', stationId, refId: id, data: { fields } });
    return tx.partner.update({ where: { id }, data: columns(words) });
  });
}

/** Referrals that are with the partner, or wait to be sent there. */
const openReferrals = (tx: Tx, partnerId: string): Promise<number> =>
  tx.referral.count({ where: { partnerId, state: { notIn: ['closed', 'revoked', 'declined'] } } });

/** @returns undefined while referrals are open there: their pages would be gone */
export async function retirePartner(db: Db, { id, stationId }: Partner, by: string): Promise<Partner | undefined> {
  return db.$transaction(async (tx) => {
    if ((await openReferrals(tx, id)) > 0) return undefined;
    await noteChange(tx, { staffId: by, action: 'partner.retire', stationId, refId: id });
    return tx.partner.update({ where: { id }, data: { active: false } });
  });
}
