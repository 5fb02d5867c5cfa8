// node deploy/people.mjs < people.yaml, in the API's environment: brings stations, staff, duties and partners to what the
// file says (deploy/people.example.yaml). Who has no sign-in yet gets one, and its password is printed this once. Whoever
// the file does not name stays as they are; `active: false` shuts somebody out.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { createAuth } from '../dist/api/auth/auth.js';
import { readConfig } from '../dist/api/config.js';
import { ROLES } from '../dist/api/permissions.js';
import { PARTNER_KINDS } from '../dist/api/schemas/queries.js';
import { RUNG_ROLES } from '../dist/domain/model.js';
import { openDb } from '../dist/store/db.js';

const id = z.string().regex(/^[a-z0-9][a-z0-9_.]{2,29}$/, 'must be 3 to 30 small letters, digits, _ or .');
const name = z.string().trim().min(1);
const contact = { phone: z.e164().optional(), email: z.email().optional(), active: z.boolean().default(true) };
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
async function newPassword({ db, auth }, { id: username, name: known, role, email }) {
  const link = (userId) => db.staff.update({ where: { id: username }, data: { userId } });
  const there = await db.user.findUnique({ where: { username } });
  if (there) return void (await link(there.id));
  const password = randomBytes(12).toString('base64url');
  const { user } = await auth.api.createUser({
    body: {
      // Sign-in wants an address of everybody's own; nothing is sent to it.
      email: email ?? `${username}@users.invalid`,
      name: known,
      password,
      role: role === 'admin' ? 'admin' : 'user',
      data: { username, displayUsername: username },
    },
  });
  await link(user.id);
  return password;
}

/** One duty without an end for whoever has one; it ends when the file no longer gives it. */
async function putDuty(db, { id: staffId, duty: role, station: stationId, active }) {
  const current = { staffId, endsAt: null };
  const kept = await db.duty.findFirst({ where: { ...current, role, stationId } });
  const now = new Date();
  await db.duty.updateMany({
    where: role && active ? { ...current, NOT: { role, stationId } } : current,
    data: { endsAt: now },
  });
  if (role && active && !kept) await db.duty.create({ data: { staffId, role, stationId, startsAt: now } });
}

async function load(deps, { stations, staff, partners }) {
  const { db } = deps;
  for (const one of stations) await put(db.station, one);
  for (const { station: stationId, ...one } of partners) await put(db.partner, { ...one, stationId });
  for (const person of staff) {
    const { station: stationId, duty: _duty, ...one } = person;
    await put(db.staff, { ...one, stationId });
    await putDuty(db, person);
    const password = await newPassword(deps, person);
    console.log([person.id, person.role, password ?? '(has a sign-in)'].join('\t'));
  }
}

try {
  const { databaseUrl, authSecret: secret, publicUrl } = readConfig(process.env);
  const people = read(readFileSync(0, 'utf8'));
  const db = openDb(databaseUrl);
  await load({ db, auth: createAuth({ db, secret, publicUrl, signInsPerMinute: 1 }) }, people);
  await db.$disconnect();
} catch (error) {
  console.error(`people: ${error.message.replaceAll(/\s+/g, ' ')}`);
  process.exitCode = 1;
}
