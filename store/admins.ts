import type { Db } from './db';

/** Would the bureau be without an administrator if this user could not sign in any more? */
export async function isLastAdmin(db: Db, userId: string): Promise<boolean> {
  const admins = await db.staff.findMany({
    where: { role: 'admin', active: true, user: { OR: [{ banned: null }, { banned: false }] } },
    select: { userId: true },
  });
  return admins.length <= 1 && admins.some((one) => one.userId === userId);
}
