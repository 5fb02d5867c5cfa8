/** Gives a member of staff a sign-in, and the link by which they set its password. */
import type { AccountAction } from '../../store/account-journal';
import { noteAccount } from '../../store/account-journal';
import type { Db } from '../../store/db';
import { makeSetupLink, setupUrl } from '../../store/setup-links';
import type { Auth } from './auth';

export interface NewSignIn {
  staffId: string;
  name: string;
  role: string;
  email?: string;
}

/** The user behind a member of staff, made where there is none; the name of the sign-in is the staff's id. */
export async function giveSignIn({ db, auth }: { db: Db; auth: Auth }, who: NewSignIn): Promise<string> {
  const { staffId, name, role, email } = who;
  const there = await db.user.findUnique({ where: { username: staffId }, select: { id: true } });
  const userId = there?.id ?? (await made());
  await db.staff.update({ where: { id: staffId }, data: { userId } });
  return userId;

  async function made(): Promise<string> {
    const { user } = await auth.api.createUser({
      body: {
        // better-auth wants an address of everybody's own; nothing is sent to it.
        email: email ?? `${staffId}@users.invalid`,
        name,
        role: role === 'admin' ? 'admin' : 'user',
        data: { username: staffId, displayUsername: staffId },
      },
    });
    return user.id;
  }
}

/** A link that is shown this once, to whoever hands it over in person. */
export async function giveSetupLink(
  db: Db,
  publicUrl: string,
  { staffId, stationId, by, action = 'setup-link.make' }: SetupFor,
): Promise<{ url: string; expiresAt: Date }> {
  return db.$transaction(async (tx) => {
    const { token, expiresAt } = await makeSetupLink(tx, { staffId, madeBy: by });
    await noteAccount(tx, { staffId: by, subjectId: staffId, stationId, action });
    return { url: setupUrl(publicUrl, token), expiresAt };
  });
}

interface SetupFor {
  staffId: string;
  stationId: string;
  /** Who makes it. */
  by: string;
  action?: AccountAction;
}
