/** Contacts as they are entered, verified by a code, put in order and taken away. */
import { e164 } from '../domain/phone';
import { DAY, MINUTE } from '../domain/zone';
import type { Contact } from '../prisma/generated/client';
import { CODE_MS, isCode, MOST_TRIES } from './contact-codes';
import { IN_ORDER, VERIFIED } from './contacts';
import type { Db, Tx } from './db';
import { makeVerifyText } from './help-texts';
import type { Links } from './links';
import { BY_INSTALLATION, noteChange } from './roster-journal';

export type Owner = { staffId: string } | { partnerId: string } | { stationId: string; dutyRole: string };
export interface NewContact {
  kind: 'phone' | 'email';
  value: string;
  label?: string;
}

/** One code a minute, and not more a day to one number, whoever asks. */
const CODE_EVERY_MS = MINUTE;
const CODES_A_DAY = 5;
/** One caller has so many codes sent a day, to whatever numbers. */
const CODES_A_CALLER = 30;

/** Numbers stand in one form, mailboxes as they were given. */
const formOf = ({ kind, value }: NewContact): string => (kind === 'phone' ? e164(value) : value.trim());

/** Who did it, and to whose station the entry belongs. */
export interface By {
  staffId: string;
  stationId: string | null;
}

/** Who loads the installation's file has no sign-in yet. */
const BY_FILE: By = { staffId: BY_INSTALLATION, stationId: null };

const note = (tx: Tx, { staffId, stationId }: By, action: string, { id, kind }: Contact): Promise<void> =>
  noteChange(tx, { staffId, action, stationId, refId: id, data: { kind } });

/**
 * Enters a contact, which does not count yet. The same id again changes nothing.
 * @param replacesId whose place it takes once it is verified; until then that one counts
 * @returns undefined: the owner has it already
 */
export async function addContact(
  db: Db,
  { id, owner, given, replacesId }: { id: string; owner: Owner; given: NewContact; replacesId?: string },
  by: By,
): Promise<Contact | undefined> {
  return db.$transaction(async (tx) => {
    const before = await tx.contact.findUnique({ where: { id } });
    if (before) return before;
    const last = await tx.contact.findFirst({ where: { ...owner, removedAt: null }, orderBy: { ord: 'desc' } });
    const { kind, label } = given;
    const row = { id, ...owner, kind, value: formOf(given), label, ord: (last?.ord ?? -1) + 1, replacesId };
    const { count } = await tx.contact.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) return undefined;
    const made = await tx.contact.findUniqueOrThrow({ where: { id } });
    await note(tx, by, 'contact.add', made);
    return made;
  });
}

/** As the installation's file gives it: another number than before takes the old one's place once it is verified. */
export async function putContact(
  db: Db,
  owner: Owner,
  { verified, ...given }: NewContact & { verified: boolean },
): Promise<void> {
  const value = formOf(given);
  await db.$transaction(async (tx) => {
    const live = await tx.contact.findMany({
      where: { ...owner, kind: given.kind, removedAt: null },
      orderBy: IN_ORDER,
    });
    const old = live.find((one) => one.verifiedAt !== null && one.value !== value);
    const known = live.find((one) => one.value === value);
    const row =
      known ?? (await tx.contact.create({ data: { ...owner, kind: given.kind, value, replacesId: old?.id ?? null } }));
    if (!known) await note(tx, BY_FILE, 'contact.add', row);
    if (!verified || row.verifiedAt !== null) return;
    await note(tx, BY_FILE, 'contact.verify', await count(tx, row));
  });
}

/** From now on it counts; what it replaces does not any more. */
async function count(tx: Tx, { id, replacesId, ord }: Contact): Promise<Contact> {
  const old = replacesId === null ? null : await tx.contact.findFirst({ where: { id: replacesId, removedAt: null } });
  const now = new Date();
  if (old) await tx.contact.update({ where: { id: old.id }, data: { removedAt: now } });
  return tx.contact.update({
    where: { id },
    data: { verifiedAt: now, codeSentAt: null, codeTries: 0, ord: old?.ord ?? ord },
  });
}

/** Sends a new code; an earlier one opens nothing any more. @returns when one may be asked for again, where it is too soon */
export async function sendCode(db: Db, contact: Contact, by: By): Promise<{ waitMs: number } | undefined> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS held FROM pg_advisory_xact_lock(hashtextextended(${`code/${contact.value}`}, 0))`;
    const alike = await tx.contact.findMany({
      where: { value: contact.value },
      select: { id: true, codeSentAt: true },
    });
    const now = Date.now();
    const last = Math.max(0, ...alike.map((one) => one.codeSentAt?.getTime() ?? 0));
    if (now - last < CODE_EVERY_MS) return { waitMs: last + CODE_EVERY_MS - now };
    const today = {
      action: 'contact.code',
      refId: { in: alike.map((one) => one.id) },
      at: { gt: new Date(now - DAY) },
    };
    const sent = await tx.rosterEvent.findMany({ where: today, orderBy: { id: 'asc' }, select: { at: true } });
    const oldest = sent.at(-CODES_A_DAY);
    if (oldest) return { waitMs: oldest.at.getTime() + DAY - now };
    const asked = { action: 'contact.code', staffId: by.staffId, at: { gt: new Date(now - DAY) } };
    if ((await tx.rosterEvent.count({ where: asked })) >= CODES_A_CALLER) return { waitMs: DAY };
    const row = await tx.contact.update({
      where: { id: contact.id },
      data: { codeRound: { increment: 1 }, codeSentAt: new Date(now), codeTries: 0 },
    });
    await makeVerifyText(tx, row);
    await note(tx, by, 'contact.code', row);
    return undefined;
  });
}

/**
 * Checks a code that was typed in. Each try is counted before it is compared, so that guesses at the same time all count.
 * @returns the contact, which counts from now on; how many tries are left after a wrong one; 'over' where there is no code
 *   to try: none was asked for, ten minutes have passed, or five tries were wrong
 */
export async function verifyContact(
  links: Pick<Links, 'derive'>,
  db: Db,
  contact: Contact,
  code: string,
  by: By,
): Promise<Contact | { left: number } | 'over'> {
  const alive = { codeSentAt: { gt: new Date(Date.now() - CODE_MS) }, codeTries: { lt: MOST_TRIES } };
  const tried = await db.contact.updateMany({
    where: { id: contact.id, removedAt: null, ...alive },
    data: { codeTries: { increment: 1 } },
  });
  if (tried.count === 0) return 'over';
  return db.$transaction(async (tx) => {
    const row = await tx.contact.findUniqueOrThrow({ where: { id: contact.id } });
    if (!isCode(links, row, code)) return { left: Math.max(0, MOST_TRIES - row.codeTries) };
    const verified = await count(tx, row);
    await note(tx, by, 'contact.verify', verified);
    return verified;
  });
}

/** Is it the only verified phone of its owner? */
export async function isLastPhone(tx: Tx, { id, kind, verifiedAt, staffId }: Contact): Promise<boolean> {
  if (kind !== 'phone' || verifiedAt === null || staffId === null) return false;
  return (await tx.contact.count({ where: { ...VERIFIED, kind, staffId, NOT: { id } } })) === 0;
}

/** Takes a contact away; its row stays. */
export async function removeContact(db: Db, { id }: Contact, by: By): Promise<Contact> {
  return db.$transaction(async (tx) => {
    const row = await tx.contact.update({ where: { id }, data: { removedAt: new Date() } });
    await note(tx, by, 'contact.remove', row);
    return row;
  });
}

/** Changes a contact’s place in the order, or its label. */
export async function arrangeContact(
  db: Db,
  { id }: Contact,
  change: { ord?: number; label?: string },
  by: By,
): Promise<Contact> {
  return db.$transaction(async (tx) => {
    const row = await tx.contact.update({ where: { id }, data: change });
    await note(tx, by, 'contact.arrange', row);
    return row;
  });
}
