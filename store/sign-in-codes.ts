/**
 * Codes of a sign-in by text (登录验证码) on their way to a phone. Who checks them keeps a hash; what the worker has to send lies
 * here sealed under a key that the database does not hold, until the next one or until it is no good any more.
 */
import type { Contact } from '../prisma/generated/client';
import { IN_ORDER, VERIFIED } from './contacts';
import type { Db, Tx } from './db';
import { makeSignInText } from './help-texts';
import type { Links } from './links';
import { decrypt, encrypt } from './vault-cipher';

/** A code is good for this long, in minutes; its text says so. */
export const SIGN_IN_CODE_MINUTES = 5;
/** One code a minute, so many an hour. */
const EVERY_MS = 60_000;
const MOST_AN_HOUR = 6;
const HOUR_MS = 3_600_000;

type Deriving = Pick<Links, 'derive'>;

/** The phone that a person's codes go to: the first verified one. */
export const phoneOf = (tx: Tx, staffId: string): Promise<Contact | null> =>
  tx.contact.findFirst({ where: { staffId, kind: 'phone', ...VERIFIED }, orderBy: IN_ORDER });

const context = (contactId: string): string[] => ['sign-in-code', contactId];

/**
 * Takes the turn to send a code to this phone; two at the same moment cannot both have it.
 * @returns how long to wait, in milliseconds; 0: it may be sent now
 */
export async function beginCode(db: Db, contactId: string): Promise<number> {
  const now = Date.now();
  const since = { createdAt: { gt: new Date(now - HOUR_MS) }, kind: 'sign_in_code', personId: contactId };
  const sent = await db.delivery.findMany({
    where: since,
    orderBy: { createdAt: 'desc' },
    select: { createdAt: true },
  });
  const oldest = sent[MOST_AN_HOUR - 1];
  if (oldest) return Math.max(1, oldest.createdAt.getTime() + HOUR_MS - now);
  const taken = await db.$executeRaw`
    INSERT INTO sign_in_codes AS c (contact_id, sealed, at) VALUES (${contactId}, ''::bytea, now())
    ON CONFLICT (contact_id) DO UPDATE SET sealed = ''::bytea, at = now()
    WHERE c.at < now() - ${EVERY_MS} * interval '1 millisecond'`;
  return taken > 0 ? 0 : EVERY_MS;
}

/** Has the worker send it. */
export async function sendSignInCode(links: Deriving, db: Db, contactId: string, code: string): Promise<void> {
  const sealed = encrypt(links.derive('sign-in-code', contactId), Buffer.from(code), context(contactId));
  await db.$transaction(async (tx) => {
    const at = new Date();
    await tx.signInCode.update({ where: { contactId }, data: { sealed, at } });
    await makeSignInText(tx, contactId, at);
  });
}

/** The newest code that is still good; undefined: there is none. For the worker. */
export async function signInCode(links: Deriving, tx: Tx, contactId: string): Promise<string | undefined> {
  const row = await tx.signInCode.findUnique({ where: { contactId } });
  if (!row || row.sealed.length === 0 || row.at.getTime() < Date.now() - SIGN_IN_CODE_MINUTES * 60_000)
    return undefined;
  return decrypt(links.derive('sign-in-code', contactId), row.sealed, context(contactId), contactId).toString();
}
