/** deploy/people.mjs: how an installation gets its stations, its staff and its first administrator. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { openDb, type Db } from '../../store/db';
import { findSetupLink } from '../../store/setup-links';
import { infra, type TestDatabase } from '../support/infra';

const SECRET = 's'.repeat(40);
const PUBLIC_URL = 'https://shouwang.invalid';
const EXAMPLE = readFileSync(join(PROJECT, 'deploy/people.example.yaml'), 'utf8');

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await (await infra()).createDatabase();
  db = openDb(database.url, 2);
}, 900_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

/** The command, with a file on its standard input; its lines as fields. */
function load(file: string) {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: 'temporal.invalid:7233',
    PUBLIC_URL,
    VAULT_KEY: Buffer.alloc(32, 7).toString('base64'),
    AUTH_SECRET: SECRET,
    CARRIER_SECRET: 'c'.repeat(32),
  };
  const options = { input: file, env, encoding: 'utf8', cwd: PROJECT } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['deploy/people.mjs'], options);
  const lines = stdout.trim().split('\n');
  return { status, stderr, people: new Map(lines.map((line) => [line.split('\t')[0], line.split('\t')[2]])) };
}

const onDuty = async () =>
  (await db.rotation.findMany({ where: { endsAt: null } })).flatMap((duty) => duty.members).sort();
const contacts = () => db.contact.findMany({ orderBy: { id: 'asc' } });

test('who the file names gets a link to set a password with; nothing is printed that would let anybody in later', async () => {
  const { status, people } = load(EXAMPLE);
  expect(status).toBe(0);
  const link = new URL(people.get('zhang_admin') ?? '');
  expect(link.origin + link.pathname).toBe(`${PUBLIC_URL}/set-up`);
  expect(await findSetupLink(db, link.hash.slice(1))).toBe('zhang_admin');
  expect(await db.account.count()).toBe(0);
  expect(await db.staff.count({ where: { userId: { not: null } } })).toBe(4);
  expect(await onDuty()).toEqual(['li_duty', 'wang_lead', 'zhao_work']);
  expect(await db.partner.count()).toBe(1);
});

test('the same file again changes nothing and shows no link', async () => {
  const before = await db.rotation.findMany({ orderBy: { id: 'asc' } });
  const known = await contacts();
  const { people } = load(EXAMPLE);
  expect([...people.values()]).toEqual(Array(4).fill('(has a sign-in)'));
  expect(await db.rotation.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
  expect(await contacts()).toEqual(known);
});

test('who is not active any more is off duty and shut out', async () => {
  load(EXAMPLE.replace('id: zhao_work,', 'id: zhao_work, active: false,'));
  expect(await db.staff.findUnique({ where: { id: 'zhao_work' } })).toMatchObject({ active: false });
  expect(await onDuty()).toEqual(['li_duty', 'wang_lead']);
});

test('a number that the file calls verified counts; another waits, and the old one counts until then', async () => {
  const verified = async (staffId: string) =>
    (await contacts()).flatMap((one) => (one.staffId === staffId && one.verifiedAt && !one.removedAt ? one.value : []));
  expect(await verified('li_duty')).toEqual(['+8613800000001']);
  expect(await verified('zhao_work')).toEqual([]);
  const { stderr } = load(EXAMPLE.replace("'+8613800000001', verified: true", "'+8613800000009'"));
  expect(stderr).toContain('wait for their code');
  expect(await verified('li_duty')).toEqual(['+8613800000001']);
  load(EXAMPLE.replace('+8613800000001', '+8613800000009'));
  expect(await verified('li_duty')).toEqual(['+8613800000009']);
});

test('a file that is wrong is refused whole, naming every place', async () => {
  const { status, stderr } = load('staff: [{ id: A, name: 钱某, role: boss, station: station1 }]');
  expect(status).toBe(1);
  expect(stderr).toContain('staff.0.id: must be 3 to 30');
  expect(stderr).toContain('staff.0.role:');
  expect(await db.staff.count()).toBe(4);
});
