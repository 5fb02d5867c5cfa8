// node deploy/people.mjs < people.yaml, in the API's environment: brings stations, staff, duties and partners to what the
// file says (deploy/people.example.yaml). Who has no sign-in yet gets one: the one-time link by which they set their password is
// printed this once. Whoever the file does not name stays as they are; `active: false` shuts somebody out.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { createAuth } from '../dist/api/auth/auth.js';
import { giveSetupLink, giveSignIn } from '../dist/api/auth/sign-ins.js';
import { readConfig } from '../dist/api/config.js';
import { ROLES } from '../dist/api/permissions.js';
import { PARTNER_KINDS } from '../dist/api/schemas/queries.js';
import { RUNG_ROLES } from '../dist/domain/model.js';
import { BY_COMMAND } from '../dist/store/account-journal.js';
import { putContact } from '../dist/store/contact-writes.js';
import { openDb } from '../dist/store/db.js';
import { endSessions } from '../dist/store/sessions.js';
import { putFixedDuty } from '../dist/store/fixed-duty.js';

const id = z.string().regex(/^[a-z0-9][a-z0-9_.]{2,29}$/, 'must be 3 to 30 small letters, digits, _ or .');
const name = z.string().trim().min(1);
const contact = {
  phone: z.e164().optional(),
  email: z.email().optional(),
  // Whoever loads the file has called the number; otherwise it counts once its code was entered.
  verified: z.boolean().default(false),
  active: z.boolean().default(true),
};
const People = z.strictObject({
  stations: z.array(z.strictObject({ id, name, bureau: z.boolean().default(false) })).default([]),
  staff: z
    .array(
      z.strictObject({ id, name, role: z.enum(ROLES), station: id, duty: z.enum(RUNG_ROLES).optional(), ...contact }),
    )
    .default([]),
  partners: z
    .array(z.strictObject({ id, kind: z.enum(PARTNER_KINDS), name, station: id.optional(), ...contact }))
    .default([]),
});

/** @throws Error naming every place in the file that is wrong */
function read(text) {
  const { data, error } = People.safeParse(parse(text));
  if (error) throw new Error(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  return data;
}

const put = (table, { id: key, ...rest }) =>
  table.upsert({ where: { id: key }, create: { id: key, ...rest }, update: rest });

/** Everybody signs in by the id that the file gives them. Undefined: they could before. */
async function newSetupLink({ db, auth, publicUrl }, { id: staffId, name: known, role, email, station: stationId }) {
  const there = await db.user.findUnique({ where: { username: staffId } });
  await giveSignIn({ db, auth }, { staffId, name: known, role, email });
  if (there) return undefined;
  const { url } = await giveSetupLink(db, publicUrl, { staffId, stationId, by: BY_COMMAND });
  return url;
}

async function putContacts(db, owner, { phone, email, verified }) {
  const given = Object.entries({ phone, email }).filter(([, value]) => value !== undefined);
  for (const [kind, value] of given) await putContact(db, owner, { kind, value, verified });
}

/** Their sessions are over at once; keys are refused with every request. */
async function shutOut(db, staffId) {
  const { userId } = await db.staff.findUniqueOrThrow({ where: { id: staffId } });
  if (userId) await endSessions(db, userId);
}

async function load(deps, { stations, staff, partners }) {
  const { db } = deps;
  for (const one of stations) await put(db.station, one);
  for (const { station: stationId, phone, email, verified, ...one } of partners) {
    await put(db.partner, { ...one, stationId });
    await putContacts(db, { partnerId: one.id }, { phone, email, verified });
  }
  for (const person of staff) {
    const { station: stationId, duty: role, phone, email, verified, ...one } = person;
    await put(db.staff, { ...one, stationId });
    await putContacts(db, { staffId: one.id }, { phone, email, verified });
    await putFixedDuty(db, one.id, one.active && role ? { role, stationId } : undefined);
    const link = one.active ? await newSetupLink(deps, person) : undefined;
    if (!one.active) await shutOut(db, one.id);
    console.log([person.id, person.role, link ?? '(has a sign-in)'].join('\t'));
  }
}

try {
  const { databaseUrl, authSecret: secret, publicUrl } = readConfig(process.env);
  const people = read(readFileSync(0, 'utf8'));
  const db = openDb(databaseUrl);
  await load({ db, publicUrl, auth: createAuth({ db, secret, publicUrl, signInsPerMinute: 1 }) }, people);
  const waiting = await db.contact.count({ where: { removedAt: null, verifiedAt: null } });
  if (waiting > 0)
    console.error(`${waiting} numbers and mailboxes wait for their code; nobody is told by them until then`);
  await db.$disconnect();
} catch (error) {
  console.error(`people: ${error.message.replaceAll(/\s+/g, ' ')}`);
  process.exitCode = 1;
}
