import { randomBytes } from 'node:crypto';
import { defaultKeyHasher } from '@better-auth/api-key';
import type { Auth } from '../../api/auth/auth';
import type { Db } from '../../store/db';
import type { Account } from './accounts';
import { mailboxOf, type MadeUpPerson, PARTNERS, PEOPLE, ROTATIONS, STATIONS } from './people';

export interface LoadOptions {
  db: Db;
  auth: Auth;
  /** The sign-ins of an earlier start, which stay as they are. */
  kept: Account[];
}

/** On duty since before any case can have begun; a Monday, at the hour of the hand-over. */
const ON_DUTY_SINCE = new Date('2019-12-30T09:00:00+08:00');
const WEEK_DAYS = 7;

async function loadField(db: Db): Promise<void> {
  await db.station.createMany({ data: [...STATIONS], skipDuplicates: true });
  await db.partner.createMany({
    data: PARTNERS.map(({ id, kind, name, duties }) => ({ id, kind, name, ...(duties && { duties }) })),
    skipDuplicates: true,
  });
  await db.staff.createMany({
    data: PEOPLE.map(({ username: id, name, role, stationId }) => ({ id, name, role, stationId })),
    skipDuplicates: true,
  });
  await db.contact.createMany({
    data: [
      ...PEOPLE.flatMap(({ username, phone }) => contactsOf({ staffId: username }, username, phone)),
      ...PARTNERS.flatMap(({ id, phone }) => contactsOf({ partnerId: id }, id, phone)),
      ...PARTNERS.flatMap(({ id, second }) => secondOf(id, second)),
    ],
    skipDuplicates: true,
  });
  const rotations = [...PEOPLE.flatMap(fixedDuty), ...ROTATIONS];
  await db.rotation.createMany({
    data: rotations.map((one) => ({ ...one, members: [...one.members], startsAt: ON_DUTY_SINCE })),
    skipDuplicates: true,
  });
  const employed = PEOPLE.filter(({ role }) => role === 'social_worker' || role === 'supervisor');
  await db.post.createMany({
    data: employed.map(({ username, stationId, role }) => ({
      ...{ id: `post-${username}`, stationId, staffId: username, startsAt: ON_DUTY_SINCE, enteredBy: username },
      ...{ fullTime: true, childWelfare: role === 'social_worker' },
    })),
    skipDuplicates: true,
  });
}

/** Verified since ever: a made-up phone shows its texts on the sandbox's page. */
const contactsOf = (owner: { staffId: string } | { partnerId: string }, id: string, phone: string) => [
  { ...owner, id: `phone-${id}`, kind: 'phone', value: phone, verifiedAt: ON_DUTY_SINCE },
  { ...owner, id: `email-${id}`, kind: 'email', value: mailboxOf(id), verifiedAt: ON_DUTY_SINCE },
];

const secondOf = (partnerId: string, value: string | undefined) =>
  value === undefined
    ? []
    : [{ partnerId, id: `second-${partnerId}`, kind: 'phone', value, ord: 1, verifiedAt: ON_DUTY_SINCE }];

const fixedDuty = ({ username, stationId, duty }: MadeUpPerson) =>
  duty
    ? [{ id: `duty-${username}`, stationId, role: duty, name: '固定值班', members: [username], shiftDays: WEEK_DAYS }]
    : [];

async function userOf(options: LoadOptions, person: MadeUpPerson, password: string): Promise<string> {
  const { db, auth } = options;
  const { username, name, role } = person;
  const there = await db.user.findUnique({ where: { username } });
  if (there) {
    await agreePassword(options, there.id, password);
    return there.id;
  }
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
  await options.db.staff.update({ where: { id: username }, data: { userId } });
  const token = await agreeToken(options, userId, before?.token);
  return { username, password, role, stationId, staffId: username, phone, email: mailboxOf(username), token };
}

/** Puts the made-up field into the database where it is not there yet. @returns every sign-in */
export async function loadMadeUpData(options: LoadOptions): Promise<Account[]> {
  await loadField(options.db);
  return Promise.all(PEOPLE.map((person) => signInOf(options, person)));
}
