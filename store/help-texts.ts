/**
 * Texts that help somebody whose reply acknowledged nothing, and codes that somebody waits for. They belong to no workflow; the
 * worker's courier sends them.
 */
import type { TextKind } from '../domain/text-kinds';
import { e164 } from '../domain/phone';
import { rankOf } from '../domain/urgency';
import { peopleAt } from './contacts';
import type { Db, Tx } from './db';

/** All keys of help texts begin with this, so that the few waiting ones are found by the primary key. */
const PREFIX = 'help/';
/** The first key after them. */
const AFTER = 'help0';
/** Help that comes later than this confuses more than it helps. */
const OF_USE_MS = 10 * 60_000;
/** A mail waits in its box anyway. */
const MAIL_OF_USE_MS = 24 * 60 * 60_000;

interface HelpText {
  name: string;
  kind: TextKind;
  channel?: 'sms' | 'email';
  personKind: 'staff' | 'partner' | 'contact';
  personId: string;
  caseId?: string;
  alertId?: string;
  vars: Record<string, string>;
}

async function make(db: Tx, { name, channel = 'sms', ...text }: HelpText): Promise<string | undefined> {
  const key = `${PREFIX}${name}/${channel}/${text.personId}`;
  const row = { ...text, key, channel, priority: rankOf(text.kind), at: new Date() };
  const { count } = await db.delivery.createMany({ data: [row], skipDuplicates: true });
  return count > 0 ? key : undefined;
}

/** A reply whose alert is over: said once a code. Undefined: it was said before. */
export async function makeLateText(
  db: Db,
  { caseId, alertId, personId, code }: { caseId: string; alertId: string; personId: string; code: string },
): Promise<string | undefined> {
  const row = await db.caseRow.findUnique({ where: { id: caseId }, select: { number: true } });
  if (!row) return undefined;
  const vars = { code, number: row.number };
  return make(db, {
    name: `late_code/${alertId}`,
    kind: 'late_code',
    personKind: 'staff',
    personId,
    caseId,
    alertId,
    vars,
  });
}

/**
 * A reply without a known code: said once a phone and Beijing day, and only to phones that are somebody's.
 * @param day yyyy-mm-dd
 */
export async function makeUnknownText(db: Db, given: string, day: string): Promise<string | undefined> {
  const phone = e164(given);
  const { staff, partners, contacts } = await peopleAt(db, phone, true);
  const personId = staff[0] ?? partners[0] ?? contacts[0];
  if (personId === undefined) return undefined;
  const { count } = await db.replyHelp.createMany({ data: [{ phone, day }], skipDuplicates: true });
  if (count === 0) return undefined;
  const personKind = staff.length > 0 ? 'staff' : partners.length > 0 ? 'partner' : 'contact';
  return make(db, { name: `unknown_code/${day}`, kind: 'unknown_code', personKind, personId, vars: {} });
}

/** The code by which a number or mailbox is verified: one message a code. The code is made when the message is sent. */
export async function makeVerifyText(tx: Tx, contact: { id: string; kind: string; codeRound: number }): Promise<void> {
  await make(tx, {
    name: `verify_contact/${contact.id}.${contact.codeRound}`,
    channel: contact.kind === 'email' ? 'email' : 'sms',
    kind: 'verify_contact',
    personKind: 'contact',
    personId: contact.id,
    vars: {},
  });
}

/** The code by which a partner (协作单位) signs in; the code is made when the message is sent. */
export async function makePartnerCodeText(
  tx: Tx,
  { signInId, contactId: personId }: { signInId: string; contactId: string },
): Promise<void> {
  await make(tx, { name: `partner_code/${signInId}`, kind: 'partner_code', personKind: 'contact', personId, vars: {} });
}

/** The code of a sign-in (登录验证码), to a phone that its owner has verified. It is put in when the text is sent. */
export async function makeSignInText(tx: Tx, contactId: string, at: Date): Promise<void> {
  const name = `sign_in_code/${at.getTime()}`;
  await make(tx, { name, kind: 'sign_in_code', personKind: 'contact', personId: contactId, vars: {} });
}

/**
 * Puts help texts that have not ended among the notices, which see each of them out; one that is there already stays as it is.
 * Whoever makes them need not know of it.
 */
export async function queueHelpTexts(db: Db): Promise<void> {
  await db.$executeRaw`
    INSERT INTO notices (key, deliver_by)
    SELECT key, created_at + interval '1 millisecond' * CASE channel WHEN 'email' THEN ${MAIL_OF_USE_MS}::int ELSE ${OF_USE_MS}::int END
    FROM deliveries WHERE key >= ${PREFIX} AND key < ${AFTER} AND state IN ('pending', 'sending')
    ON CONFLICT (key) DO NOTHING`;
}
