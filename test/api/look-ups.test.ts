/** What is looked up has an index: every foreign key, and the columns that requests ask for on tables that grow with each case. */
import { type Db, openDb } from '../../store/db';
import { infra, type TestDatabase } from '../support/infra';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await (await infra()).createDatabase();
  db = openDb(database.url, 2);
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

/** Foreign keys that do without: small tables, and rows that nothing ever deletes, so that nobody looks the other way. */
const WITHOUT: Record<string, string> = {
  'duties.staff_id': 'from before the roster; nothing reads it any more',
  'duty_overrides.staff_id': 'read by role and station; staff stay',
  'duty_overrides.station_id': 'read by role and station; stations stay',
  'rotations.station_id': 'read by role and station; stations stay',
  'reports.source_id': 'systems that report are revoked and stay',
};

test('every foreign key begins an index, or is known to need none', async () => {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.conrelid::regclass || '.' || string_agg(a.attname, ',' ORDER BY k.n) AS name
    FROM pg_constraint c
    CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY k(att, n)
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.att
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indpred IS NULL
        AND (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(c.conkey)] = c.conkey)
    GROUP BY c.oid, c.conrelid`;
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(WITHOUT).sort());
});

/** As the requests ask, about one case or child among many. */
const ASKED: [index: string, statement: string][] = [
  ['services_case_id_idx', `SELECT id FROM services WHERE case_id IN ('c-7')`],
  [
    'services_case_id_idx',
    `SELECT * FROM services WHERE case_id = 'c-7' AND withdrawn_at IS NULL ORDER BY at DESC, id LIMIT 51`,
  ],
  ['vault_items_subject_id_idx', `DELETE FROM vault_items WHERE subject_id = 's-7'`],
  [
    'attachments_case_id_idx',
    `SELECT * FROM attachments WHERE case_id = 'c-7' AND owner_kind IN ('case', 'referral') ORDER BY added_at, id`,
  ],
  ['referrals_sent_at_id_idx', `SELECT * FROM referrals ORDER BY sent_at DESC, id LIMIT 500`],
];

const MANY = 3_000;
const FILL = [
  `INSERT INTO stations (id, name) VALUES ('st', '测试站')`,
  `INSERT INTO partners (id, kind, name) VALUES ('p', 'police', '测试派出所')`,
  `INSERT INTO cases (id, number, station_id, type, risk, status, policy_version, subject_id, reported_by, received_at, reported_at, triggers,
    input, rev) SELECT 'c-' || n, 'N' || n, 'st', 'neglect', 'high', 'open', '1', 's-' || n, 'w', now(), now(), '{}', '{}', 1
    FROM generate_series(1, ${MANY}) n`,
  `INSERT INTO vault_keys (subject_id, wrapped, kek_id) SELECT 's-' || n, '', 'k' FROM generate_series(1, ${MANY}) n`,
  `INSERT INTO vault_items (id, subject_id, case_id, kind, sealed) SELECT 'v-' || n, 's-' || n, 'c-' || n, 'note', ''
    FROM generate_series(1, ${MANY}) n`,
  `INSERT INTO services (id, station_id, kind, at, minutes, place, case_id, staff_ids, child_ids, head_count, entered_by, entered_at)
    SELECT 'sv-' || n, 'st', 'home_visit', now() - n * interval '1 hour', 30, 'home', 'c-' || n, '{}', '{}', 1, 'w', now()
    FROM generate_series(1, ${MANY}) n`,
  `INSERT INTO attachments (id, owner_kind, owner_id, station_id, case_id, subject_id, item_id, blob_key, type, size, clean_size, added_by_kind,
    added_by, added_at) SELECT 'a-' || n, 'case', 'c-' || n, 'st', 'c-' || n, 's-' || n, 'v-' || n, 'b-' || n, 'image/jpeg', 1, 1, 'staff', 'w',
    now() FROM generate_series(1, ${MANY}) n`,
  `INSERT INTO referrals (id, case_id, partner_id, state, purpose, sent_at, confirm_by) SELECT 'r-' || n, 'c-' || n, 'p', 'sent', 'protect',
    now() - n * interval '1 hour', now() FROM generate_series(1, ${MANY}) n`,
  ...['vault_items', 'services', 'attachments', 'referrals'].map((table) => `ANALYZE ${table}`),
];

test('what requests ask for on tables that grow is found by its index', async () => {
  const owner = openDb(database.ownerUrl, 1);
  try {
    for (const statement of FILL) await owner.$executeRawUnsafe(statement);
  } finally {
    await owner.$disconnect();
  }
  for (const [index, statement] of ASKED) {
    const plan = await db.$queryRawUnsafe<Record<string, string>[]>(`EXPLAIN ${statement}`);
    const text = plan.map((line) => Object.values(line)[0]).join('\n');
    expect(text).toContain(index);
  }
}, 60_000);
