/** A station moves (整站迁移): out of a running system, into an empty one, and every clock goes on there. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as audit } from '../../cli/audit/main';
import { run as exportRun } from '../../cli/export/main';
import { run as importRun } from '../../cli/import/main';
import { keyFrom, newRecipient } from '../../runtime/recipient';
import { ensureNamespace } from '../../sandbox/parts/temporal';
import { loadSecrets } from '../../sandbox/parts/secrets';
import { PROJECT } from '../../sandbox/config';
import { startStack, type Stack } from '../../sandbox/stack';
import { openDb } from '../../store/db';
import { KINDS } from '../../store/exchange/catalogue';
import type { Manifest } from '../../store/exchange/manifest';
import { openLines } from '../../store/exchange/sealing';
import { picture } from '../support/files';
import { infra, type TestDatabase } from '../support/infra';
import {
  type CaseBody,
  eventually,
  type Message,
  NEGLECT,
  type Reply,
  startSystem,
  type System,
} from '../support/system';

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
const HOUR = 3_600_000;

let old: System;
let folder: string;
let fresh: TestDatabase;
let address: string;
const namespace = `move-${randomBytes(4).toString('hex')}`;
const stacks: Stack[] = [];
const written: string[] = [];

beforeAll(async () => {
  old = await startSystem();
  folder = mkdtempSync(join(tmpdir(), 'shouwang-move-'));
  mkdirSync(at('new'));
  const servers = await infra();
  fresh = await servers.createDatabase();
  address = servers.temporalAddress;
  await ensureNamespace(address, namespace);
}, 900_000);
afterAll(async () => {
  for (const stack of stacks) await stack.stop();
  await old?.close();
  await fresh?.drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  written.length = 0;
  for (const to of ['log', 'error'] as const) {
    jest.spyOn(console, to).mockImplementation((...lines: unknown[]) => void written.push(lines.map(String).join(' ')));
  }
});
afterEach(() => jest.restoreAllMocks());

const at = (name: string): string => join(folder, name);
const post = (path: string, as: string, body: unknown = {}) => old.ask('POST', `/api/v1${path}`, as, body);
const output = (): string => written.join('\n');

/** What each system's commands are told. */
const oldEnv = async (): Promise<NodeJS.ProcessEnv> => ({
  DATABASE_URL: old.databaseUrl,
  VAULT_KEY: loadSecrets(old.dataDir).vaultKey,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: (await infra()).namespace,
  DATA_DIR: old.dataDir,
});
const newEnv = (): NodeJS.ProcessEnv => ({
  DATABASE_URL: fresh.url,
  VAULT_KEY: loadSecrets(at('new')).vaultKey,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
  DATA_DIR: at('new'),
  POLICIES_DIR: join(PROJECT, 'policies'),
});

async function attach(caseId: string, bytes: Buffer): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), '照片.jpg');
  const headers = { authorization: `Bearer ${old.account(WORKER).token}` };
  const response = await fetch(`${old.url}/api/v1/uploads/cases/${caseId}`, { method: 'POST', headers, body: form });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

interface Made {
  open: CaseBody;
  /** Its first contact is late while nothing runs. */
  late: CaseBody;
  /** An alert stands, and its clock was moved. */
  alarmed: CaseBody;
  closed: CaseBody;
  attachment: string;
  /** A report of the queue that nobody has screened. */
  waiting: string;
}
let made: Made;
const photo = picture('jpeg');

/** Cases in several states, with everything about them. */
async function work(): Promise<Made> {
  const open = await old.report(WORKER);
  await post(`/cases/${open.id}/assign`, SUPERVISOR, { staffId: WORKER });
  const noted = await post(`/cases/${open.id}/notes`, WORKER, { text: '孩子在姨妈家，情绪平稳。' });
  expect(noted.status).toBe(200);
  const referral = { partnerId: 'police-qinghe', purpose: 'protect', note: '请尽快核实' };
  expect((await post(`/cases/${open.id}/referrals`, WORKER, referral)).status).toBe(201);
  const paper = await old.ask('POST', `/api/v1/cases/${open.id}/papers`, WORKER, { form: 'visit' });
  expect(paper.status).toBe(201);
  const attachment = await attach(open.id, await photo);
  const named = { staffIds: [SUPERVISOR, WORKER], reason: '保密' };
  expect((await post(`/cases/${open.id}/restriction`, SUPERVISOR, named)).status).toBe(200);

  const closed = await old.report(WORKER, { risk: 'low', type: 'neglect' });
  for (const { id, state } of (await old.ask('GET', `/api/v1/cases/${closed.id}`, WORKER)).body.steps)
    if (!['done', 'cancelled'].includes(state))
      await post(`/cases/${closed.id}/steps/${id}/complete`, WORKER, { outcome: 'not_applicable', note: '样例' });
  await post(`/cases/${closed.id}/close`, WORKER, { reason: '样例结案' });
  expect((await post(`/cases/${closed.id}/close/decision`, SUPERVISOR, { approve: true })).status).toBe(200);

  const alarmed = await old.report(WORKER);
  await post(`/cases/${alarmed.id}/assign`, SUPERVISOR, { staffId: WORKER });
  await old.forward(alarmed.id, 125);

  const child = { name: '测试册丁四', sex: 'male', birthDate: '2015-03-07', idNumber: '654002201503070012' };
  const registered = await old.ask<{ id: string }>('POST', '/api/v1/children', WORKER, child);
  expect(registered.status).toBe(201);
  const service = { kind: 'home_visit', at: new Date(Date.now() - HOUR).toISOString(), minutes: 30, place: 'home' };
  const entered = await post('/services', WORKER, { ...service, childIds: [registered.body.id], note: '家访记录' });
  expect(entered.status).toBe(201);
  const source = { kind: 'hotline_12345', name: '12345 热线', stationId: 'xinhua' };
  const { key } = (await old.ask<{ key: string }>('POST', '/api/v1/sources', 'admin', source)).body;
  const told = { child: { name: '队列童戊五' }, narrative: '样例：孩子说不敢回家。' };
  const headers = { authorization: `Bearer ${key}`, 'idempotency-key': randomUUID() };
  const waiting = (await old.ask<{ id: string }>('POST', '/api/v1/intake', undefined, told, headers)).body.id;
  const late = await old.report(WORKER, { receivedAt: new Date(Date.now() - 2 * HOUR + 45_000).toISOString() });
  return { open, late, alarmed, closed, attachment, waiting };
}

/** Every file of an export with what was sealed opened; the manifest and its key aside. */
function contentOf(name: string, privateKey: string): Record<string, unknown[]> {
  const manifest = JSON.parse(readFileSync(join(at(name), 'manifest.json'), 'utf8')) as Manifest;
  const key = keyFrom(privateKey, manifest.sealing.ephemeral);
  const files = readdirSync(at(name)).filter((file) => file.endsWith('.jsonl'));
  return Object.fromEntries(
    files.map((file) => {
      const lines = readFileSync(join(at(name), file), 'utf8')
        .split('\n')
        .filter(Boolean);
      const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const kind = KINDS.find((one) => `${one.name}.jsonl` === file);
      return [file, kind ? openLines(key, kind, parsed) : parsed];
    }),
  );
}

test('leaves the running system as files in which nobody’s name stands', async () => {
  made = await work();
  expect(await importRun(['key', '--to', at('receiver.key')])).toBe(0);
  const publicKey = written.at(-1) ?? '';
  const args = ['--station', 'xinhua', '--out', at('out'), '--for', publicKey];
  expect([await exportRun(args, await oldEnv()), output()]).toEqual([0, expect.stringContaining('清单 sha256')]);
  const files = readdirSync(at('out')).filter((name) => name !== 'blobs');
  expect(files).toEqual(expect.arrayContaining(['manifest.json', 'cases.jsonl', 'events.jsonl', 'states.jsonl']));
  const { name } = await openOnce((db) => db.staff.findUniqueOrThrow({ where: { id: WORKER } }));
  const secrets = [
    NEGLECT.child.name,
    NEGLECT.reporter.phone,
    '姨妈家',
    '测试册丁四',
    '照片.jpg',
    '请尽快核实',
    '队列童戊五',
    name,
  ];
  for (const file of files) {
    const text = readFileSync(join(at('out'), file), 'utf8');
    for (const secret of [...secrets, String(old.account(WORKER).phone)])
      expect([file, text.includes(secret)]).toEqual([file, false]);
  }
  const content = contentOf('out', readFileSync(at('receiver.key'), 'utf8'));
  expect(JSON.stringify(content['vault-items.jsonl'])).toContain(NEGLECT.child.name);
  expect(content['cases.jsonl']).toHaveLength(4);
  // What the round trip holds equal is not nothing.
  for (const file of [
    'referrals',
    'case-named',
    'attachments',
    'case-papers',
    'registered-children',
    'services',
    'reports',
    'alerts',
  ])
    expect([file, content[`${file}.jsonl`]?.length]).not.toEqual([file, 0]);
  // Another station's stay where they are, and a folder with something in it is not written into.
  expect(await exportRun(args, await oldEnv())).toBe(1);
  expect(output()).toContain('the folder is not empty');
  expect(await exportRun(['--station', 'nowhere', '--out', at('no'), '--for', publicKey], await oldEnv())).toBe(1);
  expect(await exportRun(['--station', 'xinhua', '--out', at('no'), '--for', 'swpub1:abc'], await oldEnv())).toBe(1);
  expect(await exportRun(['--station', 'xinhua', '--out', at('no')], await oldEnv())).toBe(2);
}, 300_000);

async function openOnce<T>(work: (db: ReturnType<typeof openDb>) => Promise<T>, url = old.databaseUrl): Promise<T> {
  const db = openDb(url, 1);
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}
const isEmpty = (): Promise<boolean> =>
  openOnce(async (db) => (await db.caseRow.count()) + (await db.staff.count()) === 0, fresh.url);

test('what is changed, cut, or sealed for somebody else is not taken in, and nothing of it is', async () => {
  const key = ['--key', at('receiver.key')];
  const tries: [why: string, change: (dir: string) => void, more?: string[]][] = [
    ['events.jsonl', (dir) => appendFileSync(join(dir, 'events.jsonl'), '{}\n')],
    ['manifest.json', (dir) => rmSync(join(dir, 'manifest.json'))],
    ['steps.jsonl', (dir) => rmSync(join(dir, 'steps.jsonl'))],
    ['blobs', (dir) => appendFileSync(join(dir, 'blobs', readdirSync(join(dir, 'blobs'))[0] ?? ''), 'x')],
    ['another one', () => undefined, ['--sha256', randomBytes(32).toString('hex')]],
  ];
  for (const [why, change, more = []] of tries) {
    const dir = at(`bad-${randomUUID()}`);
    cpSync(at('out'), dir, { recursive: true });
    change(dir);
    expect([why, await importRun(['--in', dir, ...key, ...more], newEnv())]).toEqual([why, 1]);
    expect(output()).toContain(why);
  }
  expect(await importRun(['key', '--to', at('other.key')])).toBe(0);
  expect(await importRun(['--in', at('out'), '--key', at('other.key')], newEnv())).toBe(1);
  expect(output()).toContain('sealed for another key');
  // Its policy is not known here: everything was written by then, and nothing of it stays.
  expect(await importRun(['--in', at('out'), ...key], { ...newEnv(), POLICIES_DIR: otherPolicies() })).toBe(1);
  expect(output()).toContain('POLICIES_DIR/archive');
  expect(await isEmpty()).toBe(true);
  expect(await openOnce((db) => db.attachmentStage.count(), fresh.url)).toBe(0);
}, 300_000);

/** The same policies under another version's name. */
function otherPolicies(): string {
  const dir = at('policies');
  cpSync(join(PROJECT, 'policies'), dir, { recursive: true });
  const base = readFileSync(join(dir, 'base.yaml'), 'utf8');
  writeFileSync(join(dir, 'base.yaml'), base.replace(/^version: .*$/m, "version: '2099.1'"));
  return dir;
}

test('comes into an empty system whole: exported again, it is what it was', async () => {
  const key = ['--key', at('receiver.key')];
  expect([await importRun(['--in', at('out'), ...key], newEnv()), output()]).toEqual([
    0,
    expect.stringContaining('✓ 案件 4，待审报告 1'),
  ]);
  const other = newRecipient();
  const again = ['--station', 'xinhua', '--out', at('again'), '--for', other.publicKey];
  expect([await exportRun(again, newEnv()), output()]).toEqual([0, expect.any(String)]);
  const [before, after] = [
    contentOf('out', readFileSync(at('receiver.key'), 'utf8')),
    contentOf('again', other.privateKey),
  ];
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  for (const file of Object.keys(before)) expect([file, after[file]]).toEqual([file, before[file]]);
  for (const blob of readdirSync(join(at('out'), 'blobs'))) {
    expect(readFileSync(join(at('again'), 'blobs', blob))).toEqual(readFileSync(join(at('out'), 'blobs', blob)));
  }
  // Under this system's keys, not under the old one's.
  const kekOf = (url: string) =>
    openOnce(async (db) => (await db.vaultKey.findMany({ distinct: ['kekId'] })).map(({ kekId }) => kekId), url);
  expect(await kekOf(fresh.url)).not.toEqual(await kekOf(old.databaseUrl));
  const hashes = (url: string) =>
    openOnce(async (db) => (await db.registeredChild.findMany()).map(({ identity }) => identity?.length), url);
  expect(await hashes(fresh.url)).toEqual([32]);
  // A second time there is somebody here already.
  expect(await importRun(['--in', at('out'), ...key], newEnv())).toBe(1);
  expect(output()).toContain('the system is not empty');
}, 300_000);

test('and there every clock goes on: what is late is told, what is closed can be read, what is open can be worked', async () => {
  // From here on the old system tells nobody anything.
  await old.stack.stop();
  const stack = await startStack({
    ...{ dataDir: at('new'), databaseUrl: fresh.url, temporalAddress: address, namespace },
    taskQueue: (await infra()).taskQueue('move'),
  });
  stacks.push(stack);
  const ask = async <T = CaseBody>(method: string, path: string, as?: string, body?: unknown): Promise<Reply<T>> => {
    const token = stack.accounts.find(({ username }) => username === as)?.token;
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const response = await fetch(stack.url + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  };
  const caseOf = async (id: string): Promise<CaseBody & { child: unknown; workflow: string }> =>
    (await ask<CaseBody & { child: unknown; workflow: string }>('GET', `/api/v1/cases/${id}`, WORKER)).body;

  for (const { id, number } of [made.open, made.late, made.alarmed, made.closed]) {
    const found = await eventually(
      () => caseOf(id),
      ({ workflow }) => workflow === 'running',
      60_000,
    );
    expect(found).toMatchObject({ number, child: { name: NEGLECT.child.name } });
  }
  const watched = () => openOnce((db) => db.report.findUniqueOrThrow({ where: { id: made.waiting } }), fresh.url);
  const { dueAt } = await eventually(watched, ({ watch }) => watch === 'running', 60_000);
  const before = await openOnce((db) => db.report.findUniqueOrThrow({ where: { id: made.waiting } }));
  expect(dueAt).toEqual(before.dueAt);
  const { body: told } = await eventually(
    () => ask<Message[]>('GET', '/sandbox/messages'),
    ({ body }) =>
      body.some(
        ({ caseIds, channel, text }) =>
          caseIds.includes(made.late.id) && channel === 'sms' && text.includes('首次接触已逾期'),
      ),
    120_000,
  );
  expect(told.some(({ text }) => text.includes(made.late.number))).toBe(true);
  expect((await caseOf(made.late.id)).alerts.find(({ stepId }) => stepId === 'first_contact')).toMatchObject({
    state: 'open',
  });

  // Deadlines are the same moments.
  const dueOf = ({ steps }: CaseBody): [string, string][] => steps.map(({ id, dueAt }) => [id, dueAt]);
  expect(dueOf(await caseOf(made.open.id))).toEqual(expect.arrayContaining(dueOf(made.open)));
  // The alert that stood goes on with its next rung.
  const alarm = (await caseOf(made.alarmed.id)).alerts.find(({ stepId }) => stepId === 'first_contact');
  expect(alarm).toMatchObject({ state: 'open' });
  const done = await ask('POST', `/api/v1/cases/${made.open.id}/steps/first_contact/complete`, WORKER, {
    outcome: 'done',
    note: '见到孩子',
  });
  expect(done.status).toBe(200);
  expect(done.body.steps.find(({ id }) => id === 'first_contact')).toMatchObject({ state: 'done' });

  const timeline = await ask<{ items: { kind: string; note: string | null }[] }>(
    'GET',
    `/api/v1/cases/${made.open.id}/timeline`,
    WORKER,
  );
  expect(timeline.body.items.find(({ kind }) => kind === 'noted')).toMatchObject({ note: '孩子在姨妈家，情绪平稳。' });
  expect(await caseOf(made.closed.id)).toMatchObject({ status: 'closed' });
  const reopened = await ask('POST', `/api/v1/cases/${made.closed.id}/reopen`, SUPERVISOR, { reason: '新情况' });
  expect([reopened.status, reopened.body]).toMatchObject([200, { status: 'open' }]);
  expect((await ask('GET', `/api/v1/cases/${made.open.id}`, 'xinhua_worker2')).status).toBe(404);

  const headers = { authorization: `Bearer ${stack.accounts.find(({ username }) => username === WORKER)?.token}` };
  const file = await fetch(`${stack.url}/api/v1/attachments/${made.attachment}/content`, { headers });
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  const next = await ask('POST', '/api/v1/cases', WORKER, NEGLECT);
  expect(next.body.number).toBe(nextNumber([made.open, made.late, made.alarmed, made.closed]));
  expect([await audit(['verify'], newEnv()), output()]).toEqual([0, expect.stringContaining('nothing was changed')]);
}, 600_000);

function nextNumber(cases: CaseBody[]): string {
  const last = Math.max(...cases.map(({ number }) => Number(number.slice(1))));
  return `A${String(last + 1).padStart(4, '0')}`;
}
