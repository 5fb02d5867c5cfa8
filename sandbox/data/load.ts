import { randomBytes } from 'node:crypto';
import { defaultKeyHasher } from '@better-auth/api-key';
import type { Auth } from '../../api/auth/auth';
import type { Db } from '../../store/db';
import type { Account } from './accounts';
import { mailboxOf, type MadeUpPerson, PARTNERS, PEOPLE, STATIONS } from './people';

export interface LoadOptions {
  db: Db;
  auth: Auth;
  /** The sign-ins of an earlier start, which stay as they are. */
  kept: Account[];
}

/** On duty since before any case can have begun. */
const ON_DUTY_SINCE = new Date('2020-01-01T00:00:00+08:00');

async function loadField(db: Db): Promise<void> {
  await db.station.createMany({ data: [...STATIONS], skipDuplicates: true });
  await db.partner.createMany({
    data: PARTNERS.map((one) => ({ ...one, email: mailboxOf(one.id) })),
    skipDuplicates: true,
  });
  await db.staff.createMany({
    data: PEOPLE.map(({ username: id, name, role, stationId, phone }) => {
      return { id, name, role, stationId, phone, email: mailboxOf(id) };
    }),
    skipDuplicates: true,
  });
  const duties = PEOPLE.flatMap(({ username, stationId, duty }) =>
    duty ? [{ id: `duty-${username}`, stationId, role: duty, staffId: username, startsAt: ON_DUTY_SINCE }] : [],
  );
  await db.duty.createMany({ data: duties, skipDuplicates: true });
  const employed = PEOPLE.filter(({ role }) => role === 'social_worker' || role === 'supervisor');
  await db.post.createMany({
    data: employed.map(({ username, stationId, role }) => ({
      ...{ id: `post-${username}`, stationId, staffId: username, startsAt: ON_DUTY_SINCE, enteredBy: username },
      ...{ fullTime: true, childWelfare: role === 'social_worker' },
    })),
    skipDuplicates: true,
  });
}

async function userOf({ db, auth }: LoadOptions, person: MadeUpPerson, password: string): Promise<string> {
  const { username, name, role } = person;
  const there = await db.user.findUnique({ where: { username } });
  if (there) return there.id;
  const { user } = await auth.api.createUser({
    body: {
      email: mailboxOf(username),
      name,
      password,
      role: role === 'admin' ? 'admin' : 'user',
      data: { username, displayUsername: username },
    },
  });
  return user.id;
}

/** A password that the file no longer knows, or a database that was set up anew: the file's word counts. */
async function agreePassword({ db, auth }: LoadOptions, userId: string, password: string): Promise<void> {
  const { password: words, internalAdapter } = await auth.$context;
  const account = await db.account.findFirst({ where: { userId, providerId: 'credential' } });
  if (account?.password && (await words.verify({ hash: account.password, password }))) return;
  await internalAdapter.updatePassword(userId, await words.hash(password));
}

async function agreeToken({ db, auth }: LoadOptions, userId: string, token: string | undefined): Promise<string> {
  if (token !== undefined) {
    const there = await db.apikey.findFirst({ where: { key: await defaultKeyHasher(token), referenceId: userId } });
    if (there) return token;
  }
  const made = await auth.api.createApiKey({ body: { userId, name: 'sandbox' } });
  return made.key;
}

async function signInOf(options: LoadOptions, person: MadeUpPerson): Promise<Account> {
  const { username, role, stationId, phone } = person;
  const before = options.kept.find((one) => one.username === username);
  const password = before?.password ?? randomBytes(9).toString('base64url');
  const userId = await userOf(options, person, password);
  await agreePassword(options, userId, password);
  await options.db.staff.update({ where: { id: username }, data: { userId } });
  const token = await agreeToken(options, userId, before?.token);
  return { username, password, role, stationId, staffId: username, phone, email: mailboxOf(username), token };
}

/** Puts the made-up field into the database where it is not there yet. @returns every sign-in */
export async function loadMadeUpData(options: LoadOptions): Promise<Account[]> {
  await loadField(options.db);
  return Promise.all(PEOPLE.map((person) => signInOf(options, person)));
}
