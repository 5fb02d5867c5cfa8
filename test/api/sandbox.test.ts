import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuth } from '../../api/auth/auth';
import { readAccounts, writeAccounts } from '../../sandbox/data/accounts';
import { loadMadeUpData } from '../../sandbox/data/load';
import { openDb } from '../../store/db';
import { infra } from '../support/infra';
import { type CaseBody, startSystem, type System } from '../support/system';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

interface Problem {
  status: number;
  errors?: { path: string }[];
}
const forward = (caseId: string, body: unknown) =>
  system.ask<Problem>('POST', `/sandbox/cases/${caseId}/fast-forward`, undefined, body);
const asOf = async (id: string): Promise<number> =>
  Date.parse((await system.ask<{ asOf: string }>('GET', `/api/v1/cases/${id}`, 'xinhua_worker1')).body.asOf);
const page = async (): Promise<string> => (await system.ask<string>('GET', '/sandbox')).body;
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const submit = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(system.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...form, ...headers },
    body: new URLSearchParams(fields),
  });

describe('the made-up data', () => {
  test('are two stations and a bureau, each role with its own phone, mailbox, password and token', async () => {
    const { body } = await system.ask<Record<string, string>[]>('GET', '/sandbox/accounts');
    expect(body).toHaveLength(10);
    for (const field of ['username', 'password', 'staffId', 'phone', 'email', 'token']) {
      expect(new Set(body.map((one) => one[field])).size).toBe(10);
    }
    const rolesOf = (station: string) =>
      body
        .filter((one) => one['stationId'] === station)
        .map((one) => one['role'] ?? '')
        .sort((a, b) => a.localeCompare(b));
    const station = ['social_worker', 'social_worker', 'supervisor'];
    expect([rolesOf('xinhua'), rolesOf('donghu')]).toEqual([station, station]);
    expect(rolesOf('bureau')).toEqual(['admin', 'duty_officer', 'duty_officer', 'evaluator']);
  });

  test('loaded again change nothing; a lost file gives new passwords that work', async () => {
    const database = await (await infra()).createDatabase();
    const db = openDb(database.url, 4);
    const publicUrl = 'http://127.0.0.1:3000';
    const auth = createAuth({ db, secret: 'x'.repeat(40), publicUrl, signInsPerMinute: 100 });
    const dir = mkdtempSync(join(tmpdir(), 'shouwang-data-'));
    const file = join(dir, 'accounts.json');
    try {
      const first = await loadMadeUpData({ db, auth, kept: readAccounts(file) });
      writeAccounts(file, first);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(await loadMadeUpData({ db, auth, kept: readAccounts(file) })).toEqual(first);
      expect(await db.apikey.count()).toBe(10);
      const anew = await loadMadeUpData({ db, auth, kept: [] });
      expect(await db.user.count()).toBe(10);
      const [one] = anew;
      const body = { username: one?.username ?? '', password: one?.password ?? '' };
      expect((await auth.api.signInUsername({ body }))?.user.username).toBe(one?.username);
    } finally {
      await db.$disconnect();
      await database.drop();
      rmSync(dir, { recursive: true });
    }
  });
});

describe('the clock of one case', () => {
  let made: CaseBody;
  beforeAll(async () => {
    made = await system.report('xinhua_worker1', { risk: 'high' });
  });

  test('moves by exactly what was asked, and goes on from there', async () => {
    const since = Date.now();
    const before = await asOf(made.id);
    expect((await forward(made.id, { seconds: 120 })).status).toBe(200);
    const moved = (await asOf(made.id)) - before;
    expect(moved).toBeGreaterThan(120_000 - 50);
    expect(moved).toBeLessThan(120_000 + (Date.now() - since) + 50);
  });

  test('two moves at once add up', async () => {
    const before = await asOf(made.id);
    const replies = await Promise.all([forward(made.id, { seconds: 60 }), forward(made.id, { seconds: 60 })]);
    expect(replies.map((one) => one.status)).toEqual([200, 200]);
    expect((await asOf(made.id)) - before).toBeGreaterThan(120_000 - 50);
  });

  test('arriving exactly at a reminder or a deadline, answers when its messages are out, and names their cases', async () => {
    const soonest = made.steps.map((one) => Date.parse(one.dueAt)).sort((a, b) => a - b)[0] ?? 0;
    // A minute before: the case's clock goes on while we look.
    await forward(made.id, { seconds: Math.floor((soonest - (await asOf(made.id))) / 1_000) - 60 });
    await system.told(made.id);
    await forward(made.id, { seconds: Math.ceil((soonest - (await asOf(made.id))) / 1_000) });
    const told = await system.told(made.id);
    expect(told.length).toBeGreaterThan(0);
    expect(told.every((one) => one.caseIds.includes(made.id) && one.text.includes(made.number))).toBe(true);
  });

  test('answers when a message is out whose first tries met a carrier that was away', async () => {
    const one = await system.report('xinhua_worker1', { risk: 'high' });
    const due = Math.min(...one.steps.map(({ dueAt }) => Date.parse(dueAt)));
    await forward(one.id, { seconds: Math.floor((due - (await asOf(one.id))) / 1_000) - 30 });
    await system.told(one.id);
    const away = { mode: 'down', only: { channel: 'sms' }, forMs: 6_000 };
    expect((await system.ask('POST', '/sandbox/carrier', undefined, away)).status).toBe(200);
    await forward(one.id, { seconds: Math.ceil((due - (await asOf(one.id))) / 1_000) });
    expect((await system.told(one.id)).filter(({ channel }) => channel === 'sms')).not.toEqual([]);
  });

  test.each([{}, { seconds: 0 }, { seconds: 1.5 }, { seconds: '60' }, { seconds: 60, why: 'x' }])(
    '%j is 422',
    async (body) => {
      const reply = await forward(made.id, body);
      expect(reply.status).toBe(422);
      expect(reply.body.errors).toHaveLength(1);
    },
  );

  test('of an unknown case is 404', async () => {
    expect((await forward('nowhere', { seconds: 60 })).status).toBe(404);
  });

  test('of a closed case is 409', async () => {
    const done = await system.report('xinhua_worker1');
    const post = (path: string, as: string, body: object) =>
      system.ask('POST', `/api/v1/cases/${done.id}${path}`, as, body);
    for (const step of done.steps)
      await post(`/steps/${step.id}/complete`, 'xinhua_worker1', { outcome: 'not_applicable', note: '演练' });
    expect((await post('/close', 'xinhua_worker1', { reason: '演练结束' })).status).toBe(200);
    expect((await post('/close/decision', 'xinhua_supervisor', { approve: true })).body.status).toBe('closed');
    expect((await forward(done.id, { seconds: 60 })).status).toBe(409);
  });
});

describe('the page', () => {
  test('shows who got what, without anything inline, and says SANDBOX', async () => {
    const html = await page();
    expect(html).toContain('SANDBOX');
    expect(html).toMatch(/林立春|周谷雨/);
    expect(html).toMatch(/<button>回复 \d{4}<\/button>/);
    expect(html).not.toMatch(/\sstyle=|\son\w+=|<script>(?!<)/);
    for (const file of ['/sandbox/page.css', '/sandbox/page.js']) {
      expect((await system.ask('GET', file)).status).toBe(200);
    }
  });

  test('answers a text by its button', async () => {
    const [, id = ''] = /name="id" value="(m\d+)"/.exec(await page()) ?? [];
    const [, code = ''] = /name="text" value="(\d{4})"/.exec(await page()) ?? [];
    const reply = await submit('/sandbox/page/reply', { id, text: code });
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/sandbox']);
  });

  test('says why a clock did not move', async () => {
    const reply = await submit('/sandbox/page/clock', { caseId: 'nowhere', minutes: '15' });
    expect(reply.status).toBe(404);
    expect(await reply.text()).toContain('操作未完成');
  });

  test('takes no form from another site', async () => {
    const reply = await submit(
      '/sandbox/page/clock',
      { caseId: 'x', minutes: '15' },
      { origin: 'https://evil.example' },
    );
    expect(reply.status).toBe(403);
  });
});

test('the carrier misbehaves when asked, and refuses what it does not know', async () => {
  const ask = (body: object) => system.ask<{ mode: string }>('POST', '/sandbox/carrier', undefined, body);
  expect((await ask({ mode: 'down' })).body.mode).toBe('down');
  expect((await ask({ mode: 'ok' })).body.mode).toBe('ok');
  expect((await ask({ mode: 'upside-down' })).status).toBe(422);
  expect((await system.ask('POST', '/sandbox/messages/m999999999/reply', undefined, { text: '1' })).status).toBe(404);
});

test('a stranger’s host name that leads here is refused', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${system.url}/sandbox/accounts`, { headers: { host: 'rebound.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });
  expect(status).toBe(403);
});
