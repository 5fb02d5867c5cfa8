/** The record proves itself: what the application may not do, and what the owner of the database cannot do unseen. */
import pg from 'pg';
import { anchorDay, findOddLooks } from '../../api/record-watch';
import { run } from '../../cli/audit/main';
import { chainHash } from '../../store/journal';
import { eventually, Rig } from './cases/rig';

let rig: Rig;
let owner: pg.Client;
let first: string;
let second: string;
const DAY = 24 * 3_600_000;
const now = Date.now();
const output: string[] = [];

beforeAll(async () => {
  rig = await Rig.start();
  // What the API does by itself every minute is asked for here, moment by moment.
  await Promise.all(rig.api.deps.background.map((work) => work.stop()));
  owner = new pg.Client(rig.ownerUrl);
  await owner.connect();
  jest.spyOn(console, 'log').mockImplementation((line: string) => void output.push(line));
  first = await rig.report();
  second = await rig.report('donghu_worker1');
  const done = { outcome: 'done', note: '已核实' };
  for (const step of ['acknowledge', 'first_contact']) {
    await rig.post('xinhua_worker1', `/cases/${first}/steps/${step}/complete`, done);
  }
}, 600_000);
afterAll(async () => {
  jest.restoreAllMocks();
  await owner?.end();
  await rig?.stop();
});

/** `npm run audit -- …` on the rig's database. */
async function audit(...args: string[]): Promise<{ code: number; said: string }> {
  output.length = 0;
  const { databaseUrl, vaultKey } = rig.config;
  const code = await run(args, { DATABASE_URL: databaseUrl, VAULT_KEY: vaultKey });
  return { code, said: output.join('\n') };
}

/** Does something as the owner with the triggers off, verifies, and puts everything back. */
async function tampered(work: (sql: (text: string, values?: unknown[]) => Promise<unknown>) => Promise<void>) {
  const tables = ['events', 'access_log', 'anchors', 'anchor_heads', 'cases'];
  const triggers = async (word: string): Promise<void> => {
    for (const table of tables.slice(0, 4)) await owner.query(`ALTER TABLE ${table} ${word} TRIGGER USER`);
  };
  for (const table of tables) await owner.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
  await triggers('DISABLE');
  try {
    await work((text, values) => owner.query(text, values));
    return await audit('verify');
  } finally {
    for (const table of ['anchor_heads', 'anchors', 'access_log', 'events']) await owner.query(`DELETE FROM ${table}`);
    for (const table of ['events', 'access_log', 'anchors', 'anchor_heads'])
      await owner.query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
    await owner.query('UPDATE cases SET rev = kept.rev FROM kept_cases kept WHERE kept.id = cases.id');
    for (const table of tables) await owner.query(`DROP TABLE kept_${table}`);
    await triggers('ENABLE');
  }
}

describe('the application’s role', () => {
  test.each([
    `UPDATE events SET kind = 'x'`,
    'DELETE FROM events',
    'TRUNCATE events',
    `UPDATE access_log SET action = 'x'`,
    'DELETE FROM access_log',
    'DELETE FROM anchors',
    'UPDATE anchor_heads SET seq = 1',
    'DELETE FROM access_findings',
    'ALTER TABLE events DISABLE TRIGGER USER',
    'DROP TABLE events',
    'CREATE TABLE more (id int)',
    'DELETE FROM _prisma_migrations',
  ])('%s is refused', async (statement) => {
    const client = new pg.Client(rig.config.databaseUrl);
    await client.connect();
    try {
      await expect(client.query(statement)).rejects.toThrow(/permission denied|must be owner/);
    } finally {
      await client.end();
    }
  });

  test('even the owner is held up by the triggers', async () => {
    await expect(owner.query(`UPDATE events SET kind = 'x'`)).rejects.toThrow('append-only');
    await expect(owner.query('TRUNCATE anchors CASCADE')).rejects.toThrow('append-only');
  });
});

describe('npm run audit', () => {
  test('finds nothing in what was written, before and after anchoring', async () => {
    expect(await audit('verify')).toMatchObject({ code: 0, said: expect.stringContaining('there is no anchor yet') });
    expect(await anchorDay(rig.api.deps, now - DAY)).toMatchObject({ count: 2 });
    expect(await anchorDay(rig.api.deps, now - DAY)).toBeUndefined();
    await rig.post('xinhua_worker1', `/cases/${first}/risk`, { risk: 'critical', reason: '原因' });
    expect(await anchorDay(rig.api.deps, now)).toMatchObject({ count: 1 });
    const { code, said } = await audit('verify');
    expect(said).toContain('2 cases');
    expect(said).toContain('2 anchors');
    expect(code).toBe(0);
  });

  test('a changed entry, also one whose hashes were made anew', async () => {
    const changed = await tampered(async (sql) => {
      await sql(`UPDATE events SET data = data || '{"outcome":"not_possible"}' WHERE case_id = $1 AND seq = 2`, [
        first,
      ]);
    });
    expect(changed.code).toBe(1);
    expect(changed.said).toMatch(new RegExp(`changed +A0001 ${first} #2 `));

    const anew = await tampered(async (sql) => {
      const rows = await owner.query('SELECT * FROM events WHERE case_id = $1 ORDER BY seq', [first]);
      let prev: Uint8Array = Buffer.alloc(32);
      for (const row of rows.rows) {
        const { seq, at, actor_kind, kind, data } = row;
        const event = { seq, at: at.getTime(), actor: { kind: actor_kind, id: 'somebody-else' }, kind, data };
        const hash = chainHash(prev, first, event);
        const set = 'UPDATE events SET actor_id = $3, prev_hash = $4, hash = $5 WHERE case_id = $1 AND seq = $2';
        await sql(set, [first, seq, 'somebody-else', prev, hash]);
        prev = hash;
      }
    });
    expect(anew.code).toBe(1);
    expect(anew.said).toMatch(new RegExp(`rewritten +A0001 ${first} #`));
  });

  test('a removed entry, in the middle and at the end with the case’s row set back', async () => {
    const middle = await tampered(async (sql) => {
      await sql('DELETE FROM events WHERE case_id = $1 AND seq = 2', [first]);
    });
    expect(middle).toMatchObject({ code: 1, said: expect.stringMatching(new RegExp(`removed +A0001 ${first} #2 `)) });
    const end = await tampered(async (sql) => {
      const { rows } = await owner.query('SELECT max(seq) AS seq FROM events WHERE case_id = $1', [second]);
      await sql('DELETE FROM events WHERE case_id = $1 AND seq = $2', [second, rows[0].seq]);
      await sql('UPDATE cases SET rev = $2 WHERE id = $1', [second, rows[0].seq - 1]);
    });
    expect(end).toMatchObject({ code: 1, said: expect.stringMatching(new RegExp(`cut_off +A0002 ${second} #`)) });
  });

  test('two entries that changed places, an anchor and a line of the access log', async () => {
    const swapped = await tampered(async (sql) => {
      for (const [from, to] of [
        [1, -1],
        [2, 1],
        [-1, 2],
      ]) {
        await sql('UPDATE events SET seq = $3 WHERE case_id = $1 AND seq = $2', [first, from, to]);
      }
    });
    expect(swapped).toMatchObject({ code: 1, said: expect.stringMatching(/changed +A0001 .* #1 [^]*#2 /) });

    const anchor = await tampered(async (sql) => {
      await sql('UPDATE anchor_heads SET seq = seq - 1 WHERE case_id = $1', [second]);
    });
    expect(anchor).toMatchObject({ code: 1, said: expect.stringContaining('anchor_changed') });
  });

  test('looks that were taken out of the access log after an anchor', async () => {
    await rig.get('xinhua_worker2', `/cases/${first}`);
    // Lines are anchored once no transaction can still add one before them.
    await anchorDay(rig.api.deps, now + DAY);
    expect(await audit('verify')).toMatchObject({ code: 0 });
    const { code, said } = await tampered(async (sql) => {
      await sql('DELETE FROM access_log WHERE staff_id = $1', ['xinhua_worker2']);
    });
    expect(said).toMatch(/access_log_changed .*the access log up to the anchor/);
    expect(code).toBe(1);
  });

  test('anchors kept outside; wrong options', async () => {
    const { said } = await audit('anchors');
    expect(said).toMatch(/^\d{4}-\d\d-\d\d [0-9a-f]{64}\n/);
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await audit('verify', '--kept', '/nowhere')).code).toBe(2);
    expect((await audit('rewrite')).code).toBe(2);
    expect((await audit()).code).toBe(2);
    const nowhere = { DATABASE_URL: 'postgresql://nobody:hidden@127.0.0.1:9/none' };
    expect(await run(['verify'], nowhere)).toBe(1);
  });
});

describe('who looked', () => {
  const ask = (who: string, id: string, query = '') => rig.get(who, `/cases/${id}/access${query}`);

  test('a supervisor reads who looked and on what ground, also that they asked', async () => {
    await rig.post('xinhua_supervisor', `/cases/${first}/assign`, { staffId: 'xinhua_worker1' });
    for (const who of ['xinhua_worker1', 'xinhua_worker2', 'duty1', 'evaluator', 'donghu_worker1'])
      await rig.get(who, `/cases/${first}`);
    await ask('xinhua_supervisor', first);
    const { status, json } = await ask('xinhua_supervisor', first, '?limit=8');
    expect(status).toBe(200);
    expect(json['nextCursor']).toEqual(expect.any(String));
    expect(json['items']).toMatchObject([
      { staffId: 'xinhua_supervisor', action: 'access:read', ground: 'station' },
      { staffId: 'donghu_worker1', action: 'case:out-of-scope', allowed: false, ground: null },
      { staffId: 'evaluator', action: 'case:read', ground: 'oversight' },
      { staffId: 'duty1', action: 'case:read-reporter', ground: 'duty' },
      { staffId: 'duty1', action: 'case:read-child', ground: 'duty', name: '苏白露' },
      { staffId: 'xinhua_worker2', action: 'case:read-child', ground: 'station' },
      { staffId: 'xinhua_worker1', action: 'case:read-reporter', ground: 'assigned' },
      { staffId: 'xinhua_worker1', ground: 'assigned', allowed: true, address: expect.any(String) },
    ]);
    const more = await ask('xinhua_supervisor', first, `?cursor=${String(json['nextCursor'])}`);
    expect(more.status).toBe(200);
    expect((await ask('xinhua_supervisor', first, '?cursor=bm9wZQ')).status).toBe(422);
  });

  test('nobody else does, and another station’s supervisor learns nothing', async () => {
    expect((await ask('xinhua_worker1', first)).status).toBe(403);
    expect((await ask('donghu_supervisor', first)).status).toBe(404);
  });

  test('many refusals are a finding once, which duty is mailed and the supervisor reads', async () => {
    for (let i = 0; i < 10; i += 1) await rig.get('donghu_worker2', `/cases/${first}`);
    const found = await findOddLooks(rig.api.deps, Date.now());
    expect(found).toMatchObject([{ kind: 'many_refusals', who: 'donghu_worker2', count: 10 }]);
    expect(await findOddLooks(rig.api.deps, Date.now())).toEqual([]);
    const mails = await rig.api.deps.db.delivery.findMany({ where: { kind: 'access_odd' } });
    expect(mails.map(({ personId, channel }) => `${personId} ${channel}`).sort()).toEqual([
      'duty1 email',
      'duty2 email',
    ]);
    const sent = { kind: 'access_odd', state: { in: ['sent', 'delivered'] } };
    await eventually(async () => (await rig.api.deps.db.delivery.count({ where: sent })) === 2);
    const findings = (who: string) => rig.get(who, '/access/findings');
    expect((await findings('donghu_supervisor')).json['items']).toMatchObject([
      { who: 'donghu_worker2', name: '沈芒种' },
    ]);
    expect((await findings('duty1')).json['items']).toHaveLength(1);
    expect((await findings('xinhua_supervisor')).json['items']).toEqual([]);
    expect((await findings('xinhua_worker1')).status).toBe(403);
  });

  test('a search by name is a line, for one’s own name a finding, and never says what was searched', async () => {
    const { db } = rig.api.deps;
    const lines = () => db.accessLog.findMany({ where: { action: { startsWith: 'search:' } }, orderBy: { id: 'asc' } });
    for (const words of ['A0001', '王小明', '许小满'])
      expect((await rig.get('donghu_worker1', `/cases?q=${encodeURIComponent(words)}`)).status).toBe(200);
    const found = await lines();
    expect(found.map(({ staffId, action }) => [staffId, action])).toEqual([
      ['donghu_worker1', 'search:name'],
      ['donghu_worker1', 'search:own-name'],
    ]);
    expect(
      JSON.stringify(found, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toMatch(/小明|小满/);
    const made = await findOddLooks(rig.api.deps, Date.now());
    expect(made).toMatchObject([{ kind: 'own_name', who: 'donghu_worker1' }]);
  });

  test('nobody is told of their own pattern while somebody else can be', async () => {
    const { db } = rig.api.deps;
    const at = new Date();
    const line = { at, staffId: 'duty1', allowed: true, action: 'search:own-name' };
    await db.accessLog.create({ data: line });
    const [made] = await findOddLooks(rig.api.deps, Date.now());
    expect(made).toMatchObject({ kind: 'own_name', who: 'duty1' });
    const mails = await db.delivery.findMany({ where: { key: { startsWith: `notice/access_odd/${made?.id}/` } } });
    expect(mails.map(({ personId }) => personId)).toEqual(['duty2']);
  });
});
