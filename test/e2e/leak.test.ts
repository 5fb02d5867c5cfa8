/**
 * Marks are planted wherever a person can write something about a child, the main path is walked, and then everything that
 * the system said, sent, logged or stored is searched: outside the vault no mark may be found, in whatever spelling.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { ReferralAnswer } from '../../api/schemas/answers';
import { caseWorkflowId } from '../../domain/ids';
import { runsOf } from '../support/histories';
import { infra } from '../support/infra';
import { MARKED_REPORT, MARKS, marksIn, REGISTER_MARKS, WANTED } from '../support/marks';
import { eventually, startSystem, type CaseBody, type System } from '../support/system';

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
const REPORT = MARKED_REPORT;

let system: System;
const searched = new Map<string, number>();
const found: string[] = [];

/** @param where kind of place, and which one */
function search(where: string, which: string, what: string | Uint8Array): void {
  searched.set(where, (searched.get(where) ?? 0) + 1);
  for (const name of marksIn(what)) found.push(`${name} in ${where} ${which}`);
}

beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

/** Every answer is searched, with its headers: writes answer without a word of the child. */
async function post<T = CaseBody>(path: string, as: string, body: unknown, headers = {}): Promise<T> {
  const reply = await system.ask<T>('POST', path, as, body, headers);
  search('answers to writes', path, JSON.stringify(reply.body));
  search('headers', path, JSON.stringify([...reply.headers]));
  return reply.body;
}

async function refuse(path: string, as: string | undefined, body: unknown): Promise<void> {
  const reply = await system.ask('POST', path, as, body);
  expect(reply.status).toBeGreaterThanOrEqual(400);
  search('refusals', `${path} ${reply.status}`, JSON.stringify(reply.body));
}

/** The partner reads the child's page, which is for them; its address, and the refusals on the way, are searched. */
async function partner(caseId: string, sent: ReferralAnswer): Promise<void> {
  const messages = await eventually(
    () => system.told(caseId),
    (all) => all.some(({ text }) => text.includes('/r/')),
  );
  const link = /\/r\/([\w-]{22,})/.exec(messages.map(({ text }) => text).join('\n'))?.[0] ?? '';
  const form = async (path: string, fields: Record<string, string>) => {
    const headers = { origin: system.url };
    const init = { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) } as const;
    const reply = await fetch(system.url + path, init);
    search('addresses', path, reply.headers.get('location') ?? '');
    return reply;
  };
  expect((await fetch(system.url + link)).status).toBe(200);
  expect((await form(`${link}/confirm`, {})).status).toBeLessThan(400);
  const shown = marksIn(await (await form(`${link}/feedback`, { outcome: MARKS.feedback })).text());
  expect(shown).toEqual(expect.arrayContaining(['child', 'narrative']));
  expect(shown.filter((name) => ['reporter', 'reporterPhone', 'note', 'reason', 'feedback'].includes(name))).toEqual(
    [],
  );
  expect((await form(`${link}/feedback`, { outcome: 'done', text: MARKS.feedback })).status).toBeLessThan(400);
  expect((await form('/r', { code: 'ZZZZZZ', phoneTail: '0000' })).status).toBe(404);
  expect(sent.state).toBe('sent');
}

/** Who may know of the case: restricted, a conflict, broken glass; every word of it is the child's story. */
async function shields(caseId: string, number: string): Promise<void> {
  const path = `/api/v1/cases/${caseId}`;
  await post(`${path}/restriction`, SUPERVISOR, { staffIds: [WORKER], reason: MARKS.restrict });
  await post('/api/v1/break-glass', 'duty1', { number, reason: MARKS.glass });
  await refuse('/api/v1/break-glass', 'duty2', { number: MARKS.glass, reason: MARKS.glass });
  await refuse(`${path}/restriction`, SUPERVISOR, { staffIds: [MARKS.child], reason: MARKS.restrict });
  await refuse(`${path}/conflicts`, WORKER, { staffId: MARKS.child, reason: MARKS.conflict });
  await post(`${path}/conflicts`, SUPERVISOR, { staffId: 'xinhua_worker2', reason: MARKS.conflict });
  await refuse(path, 'xinhua_worker2', undefined);
  await post(`${path}/restriction/end`, SUPERVISOR, { reason: MARKS.restrict });
  await eventually(
    async () => (await system.ask<object[]>('GET', '/sandbox/messages')).body,
    (all) => all.some((one) => JSON.stringify(one).includes('紧急查阅')),
  );
}

/** A child on the register, a service for it, corrected and withdrawn, and a retention that is prolonged. */
async function register(): Promise<string> {
  const marks = REGISTER_MARKS;
  const child = { name: marks.registered, idNumber: marks.registeredNumber, guardian: marks.guardian };
  const more = { guardianPhone: marks.guardianPhone, note: marks.registerNote };
  // The answer is the child's file, which is for whoever enters it.
  const { body, status } = await system.ask<{ id: string }>('POST', '/api/v1/children', WORKER, { ...child, ...more });
  expect([status, marksIn(JSON.stringify(body))]).toEqual([201, expect.arrayContaining(['registered', 'guardian'])]);
  await refuse('/api/v1/children', WORKER, { ...child, birthDate: marks.registerNote, [marks.guardian]: 1 });
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const service = { kind: 'visit', at, minutes: 30, place: 'home', childIds: [body.id], headCount: 0 };
  const made = await system.ask<{ id: string }>('POST', '/api/v1/services', WORKER, {
    ...{ ...service, note: marks.serviceNote },
  });
  expect([made.status, marksIn(JSON.stringify(made.body))]).toEqual([201, ['serviceNote']]);
  const path = `/api/v1/services/${made.body.id}`;
  const corrected = await system.ask('PATCH', path, WORKER, { minutes: 40, reason: marks.correction });
  const withdrawn = await system.ask('POST', `${path}/withdraw`, SUPERVISOR, { reason: marks.withdrawal });
  expect([corrected.status, withdrawn.status]).toEqual([200, 200]);
  await refuse('/api/v1/services', 'evaluator', { ...service, note: marks.serviceNote });
  return body.id;
}

/** Its time is over: the supervisor keeps it, with a reason. */
async function keep(childId: string): Promise<void> {
  const client = new pg.Client(system.databaseUrl);
  await client.connect();
  try {
    await client.query(
      `INSERT INTO erasures (id, entity, entity_id, station_id, subject_id, kind, basis, state, due_at)
       SELECT 'leak', 'child', id, station_id, subject_id, 'register', '', 'proposed', now()
       FROM registered_children WHERE id = $1`,
      [childId],
    );
  } finally {
    await client.end();
  }
  const until = new Date(Date.now() + 86_400_000).toISOString();
  await refuse('/api/v1/erasures/leak/keep', SUPERVISOR, { until: REGISTER_MARKS.keep, reason: REGISTER_MARKS.keep });
  await post('/api/v1/erasures/leak/keep', SUPERVISOR, { until, reason: REGISTER_MARKS.keep });
}

/** Whatever is documented and can be read, as those who must not read of the child; a new route is searched by itself. */
async function readEverything(caseId: string): Promise<void> {
  const { body } = await system.ask<{ paths: Record<string, object> }>('GET', '/openapi.json');
  for (const [path, methods] of Object.entries(body.paths)) {
    if (!('get' in methods) || !path.startsWith('/api/v1/') || path.endsWith('/stream')) continue;
    const address = path.replace(/\{\w+\}/, caseId).replace(/\{\w+\}/g, 'unknown');
    for (const as of ['admin', 'evaluator', 'donghu_supervisor'])
      search('answers to others', `${as} ${path}`, JSON.stringify((await system.ask('GET', address, as)).body));
  }
  const asked = `/api/v1/cases?q=${encodeURIComponent(MARKS.child)}`;
  search('answers to others', asked, JSON.stringify((await system.ask('GET', asked, WORKER)).body));
}

async function searchDatabase(): Promise<void> {
  const client = new pg.Client(system.databaseUrl);
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      searched.set('tables', (searched.get('tables') ?? 0) + 1);
      for (const { row } of rows) search('rows', name, row);
    }
  } finally {
    await client.end();
  }
}

async function searchTemporal(caseIds: string[]): Promise<void> {
  const { temporalAddress, namespace } = await infra();
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const client = new Client({ connection, namespace });
    for (const id of caseIds) {
      for (const { runId, bytes, json } of await runsOf(id, system.payloadKeys)) {
        search('histories, as kept', runId, bytes.kept);
        search('histories, opened', runId, bytes.clear);
        // Under the codec not even the ids of staff can be read.
        expect(Buffer.from(bytes.kept).includes(WORKER)).toBe(false);
        expect(Buffer.from(bytes.clear).includes(WORKER)).toBe(true);
        expect(json.length).toBeGreaterThan(1_000);
      }
      const seen = await client.workflow.getHandle(caseWorkflowId(id)).describe();
      search(
        'memos and search attributes',
        id,
        JSON.stringify([seen.memo, seen.searchAttributes, seen.typedSearchAttributes, seen.raw]),
      );
    }
  } finally {
    await connection.close();
  }
}

function searchFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    search('files', file, bytes);
    if (file.endsWith('.log')) {
      for (const line of bytes.toString().split('\n')) search('log lines', file, line);
    }
  }
}

test('the search finds a mark in every spelling', () => {
  for (const { name, forms } of WANTED) for (const form of forms) expect(marksIn(form)).toContain(name);
  expect(marksIn(Buffer.from(`xx${MARKS.child}yy`).toString('base64'))).toEqual(['child']);
});

test('what people write about a child is found nowhere outside the vault', async () => {
  const made = await post('/api/v1/cases', WORKER, REPORT, { 'idempotency-key': 'leak-1' });
  await post('/api/v1/cases', WORKER, REPORT, { 'idempotency-key': 'leak-1' });
  const { id } = made;
  const path = `/api/v1/cases/${id}`;

  await refuse('/api/v1/cases', WORKER, {
    ...REPORT,
    child: { ...REPORT.child, birthDate: MARKS.child, [MARKS.note]: 1 },
  });
  await refuse('/api/v1/cases', WORKER, {
    ...REPORT,
    risk: MARKS.reason,
    triggers: [MARKS.note],
    receivedAt: MARKS.phone,
  });
  await refuse('/api/v1/cases', WORKER, { ...REPORT, narrative: MARKS.narrative.repeat(40_000) });
  await refuse('/api/v1/cases', undefined, REPORT);
  await refuse('/api/v1/cases', 'evaluator', REPORT);
  await refuse(`${path}/close`, 'donghu_worker1', { reason: MARKS.close });
  await refuse(`${path}/steps/${encodeURIComponent(MARKS.note)}/complete`, WORKER, {
    outcome: 'done',
    note: MARKS.note,
  });
  await refuse(`${path}/close`, WORKER, { reason: MARKS.close });

  await post(`${path}/assign`, SUPERVISOR, { staffId: system.account(WORKER).staffId });
  await system.forward(id, 150);
  await post(`${path}/risk`, SUPERVISOR, { risk: 'high', reason: MARKS.reason });
  await shields(id, made.number);
  const childId = await register();
  const sent = await post<ReferralAnswer>(`${path}/referrals`, WORKER, {
    ...{ partnerId: 'police-qinghe', purpose: 'investigate', note: MARKS.referral },
  });
  await partner(id, sent);
  const alert = (await system.ask('GET', path, WORKER)).body.alerts.find(({ state }) => state === 'open');
  await post(`/api/v1/alerts/${alert?.id}/ack`, WORKER, { note: MARKS.note });
  const late = (await system.ask('GET', path, WORKER)).body.steps.find(
    ({ extendable, state }) => extendable && state === 'pending',
  );
  if (late) {
    const until = new Date(Date.parse(late.dueAt) + 86_400_000).toISOString();
    await post(`${path}/steps/${late.id}/extend`, WORKER, { until, reason: MARKS.reason });
    await post(`${path}/steps/${late.id}/extend/decision`, SUPERVISOR, { approve: true, note: MARKS.decision });
  }
  for (const { id: step } of (await system.ask('GET', path, WORKER)).body.steps.filter(
    ({ state }) => !['done', 'cancelled'].includes(state),
  ))
    await post(`${path}/steps/${step}/complete`, WORKER, { outcome: 'not_applicable', note: MARKS.note });
  await post(`${path}/close`, WORKER, { reason: MARKS.close });
  expect(await post(`${path}/close/decision`, SUPERVISOR, { approve: true, note: MARKS.decision })).toMatchObject({
    status: 'closed',
  });

  await keep(childId);
  await readEverything(id);

  // The vault has them, for those who may see: otherwise there would be nothing to leak.
  // What happened beside the workflow may come onto the journal a moment later.
  const kept = await eventually(
    async () => {
      const asked = [path, `${path}/timeline`].map((one) => system.ask('GET', one, WORKER));
      return marksIn(JSON.stringify((await Promise.all(asked)).map(({ body }) => body)));
    },
    (marks) => marks.length >= Object.keys(MARKS).length,
  );
  expect(kept).toEqual(Object.keys(MARKS));

  for (const as of ['admin', 'evaluator'])
    for (const what of ['', '/timeline'])
      search('answers to oversight', as, JSON.stringify((await system.ask('GET', path + what, as)).body));
  for (const what of ['/api/v1/cases', '/api/v1/alerts', '/api/v1/partners', `/api/v1/cases/${id}/access`])
    search('lists', what, JSON.stringify((await system.ask('GET', what, SUPERVISOR)).body));
  for (const page of ['/metrics', '/readyz', '/openapi.json', '/docs', '/sandbox', '/sandbox/accounts'])
    search('public pages', page, await (await fetch(system.url + page)).text());
  const { body: messages } = await system.ask<object[]>('GET', '/sandbox/messages');
  for (const message of messages) search('texts and mails', 'message', JSON.stringify(message));

  await searchDatabase();
  await searchTemporal([id]);
  for (const part of ['api', 'worker', 'carrier'] as const) search('logs', part, system.stack.part(part).logs());
  searchFiles(system.dataDir);

  expect(found).toEqual([]);
  const places = [...searched].map(([where, count]) => `${where}: ${count}`);
  const all = [...searched.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(`searched ${all} places for ${WANTED.length} marks: ${places.join(', ')}\n`);
  for (const where of ['rows', 'log lines', 'files', 'texts and mails', 'refusals', 'histories, opened', 'addresses'])
    expect([where, searched.get(where)]).toEqual([where, expect.any(Number)]);
}, 180_000);
