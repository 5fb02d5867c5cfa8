import type { Tx } from './db';

/** Held while anybody is disabled or moved: of two administrators who shut each other out, one alone succeeds. */
const LOCK = 0x5eed_ad31;

/** To be called in a transaction before isLastAdmin. */
export async function holdAdmins(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
}

/** Those who can sign in and run the system, by their staff id. */
export async function workingAdmins(tx: Tx): Promise<string[]> {
  const rows = await tx.staff.findMany({
    where: {
      ...{ role: 'admin', active: true },
      user: {
        OR: [{ banned: null }, { banned: false }],
        accounts: { some: { providerId: 'credential', password: { not: null } } },
      },
    },
    select: { id: true },
  });
  return rows.map((one) => one.id);
}

/** Would nobody run the system if this person could not any more? */
export async function isLastAdmin(tx: Tx, staffId: string): Promise<boolean> {
  const admins = await workingAdmins(tx);
  return admins.length === 1 && admins[0] === staffId;
}
