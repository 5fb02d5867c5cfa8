/** What an older installation has on its roster and in its contacts is there after the migration. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { PROJECT } from '../../../sandbox/config';
import { addressesOf, COUNTING } from '../../../store/contacts';
import { openDb, type Db } from '../../../store/db';
import { idsOnDuty } from '../../../store/roster';
import { infra, type TestDatabase } from '../../support/infra';

const MIGRATION = join(PROJECT, 'prisma/migrations/20261124010000_roster/migration.sql');
const BEFORE = `
  DROP TABLE rotations, leaves, duty_overrides, swaps, roster_events, contacts, roster_feeds;
  INSERT INTO stations (id, name) VALUES ('east', '城东站');
  INSERT INTO staff (id, station_id, name, role, phone, email) VALUES
    ('a', 'east', '甲', 'social_worker', '13800000001', 'a@shouwang.invalid'),
    ('b', 'east', '乙', 'social_worker', NULL, NULL);
  INSERT INTO partners (id, kind, name, phone) VALUES ('p', 'police', '派出所', '13800000002');
  INSERT INTO duties (id, station_id, role, staff_id, starts_at, ends_at) VALUES
    ('now', 'east', 'worker', 'a', '2020-01-01T00:00:30+08:00', NULL),
    ('over', 'east', 'worker', 'b', '2020-01-01T00:00:00+08:00', '2021-01-01T00:00:00+08:00');
`;

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await (await infra()).createDatabase();
  const client = new pg.Client(database.ownerUrl);
  await client.connect();
  await client.query(BEFORE);
  await client.query(readFileSync(MIGRATION, 'utf8'));
  await client.end();
  db = openDb(database.ownerUrl, 2);
}, 900_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

test('duties become rotations of one, with their beginnings and ends', async () => {
  const at = (time: string) => idsOnDuty(db, { role: 'worker', stationId: 'east' }, Date.parse(time));
  expect(await at('2020-01-01T00:00:29+08:00')).toEqual(['b']);
  expect((await at('2020-06-01T00:00:00+08:00')).sort()).toEqual(['a', 'b']);
  expect(await at('2026-11-24T12:00:00+08:00')).toEqual(['a']);
});

test('numbers and mailboxes that were told until now go on being told', async () => {
  const of = async (kind: 'staff' | 'partner', id: string, channel: 'sms' | 'email') => {
    const query = { where: { id }, select: { contacts: COUNTING } };
    const person = kind === 'staff' ? await db.staff.findUnique(query) : await db.partner.findUnique(query);
    return addressesOf(person?.contacts ?? [])[channel === 'sms' ? 'phone' : 'email'] ?? undefined;
  };
  expect(await of('staff', 'a', 'sms')).toBe('13800000001');
  expect(await of('staff', 'a', 'email')).toBe('a@shouwang.invalid');
  expect(await of('partner', 'p', 'sms')).toBe('13800000002');
  expect(await of('staff', 'b', 'sms')).toBeUndefined();
});
