/** The loss of the machine: a backup taken from the running system, restored into an empty folder, goes on with every timer. */
import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { placeOf } from '../../cli/place';
import { PROJECT } from '../../sandbox/config';
import { freePorts } from '../../sandbox/ports';
import { openDb } from '../../store/db';
import { eraseSubject } from '../../store/erasures';
import { createVault } from '../../store/vault';
import { picture } from '../support/files';
import { killAll, processesOf, startProduct, type SupervisedRun } from '../support/supervised';
import { eventually, NEGLECT, type CaseBody, type Message } from '../support/system';

const READY = /Ctrl-C stops everything/;
const HOUR = 3_600_000;

let folder: string;
const runs: SupervisedRun[] = [];
const BACKUP_KEY = randomBytes(32).toString('base64');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shouwang-restore-'));
});
afterAll(async () => {
  for (const run of runs) {
    run.process.kill('SIGTERM');
    await run.exited;
  }
  rmSync(folder, { recursive: true, force: true });
});

const dirOf = (name: string): string => join(folder, name);

/** One `npm run …` in a sandbox's folder. */
function command(script: string, name: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const cleared = { NODE_ENV: undefined, TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };
  return spawnSync(process.execPath, [join(PROJECT, `scripts/${script}.mjs`), ...args], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, ...cleared, DATA_DIR: dirOf(name), BACKUP_KEY, ...env },
  });
}

async function start(name: string) {
  const [port = 0] = await freePorts(1);
  const run = startProduct({ DATA_DIR: dirOf(name), PORT: String(port) });
  runs.push(run);
  await run.until(READY);
  const url = `http://127.0.0.1:${port}`;
  const accounts = (await (await fetch(`${url}/sandbox/accounts`)).json()) as { username: string; token: string }[];
  const token = accounts.find(({ username }) => username === 'xinhua_worker1')?.token ?? '';
  return {
    run,
    async ask<T = CaseBody>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    /** Sends a photo to a case. @returns its id */
    async attach(caseId: string, photo: Buffer): Promise<string> {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(photo)]), '照片.jpg');
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/api/v1/uploads/cases/${caseId}`, { method: 'POST', headers, body: form });
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    },
    async content(id: string): Promise<Buffer> {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/api/v1/attachments/${id}/content`, { headers });
      return Buffer.from(await response.arrayBuffer());
    },
  };
}
type Sandbox = Awaited<ReturnType<typeof start>>;

interface Timeline {
  items: { at: string; kind: string; data: Record<string, unknown> }[];
}
const told = async ({ ask }: Sandbox, id: string): Promise<Message[]> =>
  (await ask<Message[]>('GET', '/sandbox/messages')).filter(({ caseIds }) => caseIds.includes(id));
const dueOf = (body: CaseBody): string => body.steps.find(({ id }) => id === 'first_contact')?.dueAt ?? '';

async function destroyKey(caseId: string): Promise<void> {
  const { databaseUrl, keys } = placeOf({ DATA_DIR: dirOf('first') });
  if (!keys) throw new Error('a sandbox has keys');
  const db = openDb(databaseUrl, 1);
  try {
    const { subjectId } = await db.caseRow.findUniqueOrThrow({ where: { id: caseId } });
    await db.$transaction((tx) => eraseSubject(tx, createVault({ db, keys }), subjectId));
  } finally {
    await db.$disconnect();
  }
}

test('a backup of the running system, restored into an empty folder, tells what is late and what becomes late', async () => {
  const before = await start('first');
  const report = (receivedAt: number): Promise<CaseBody> =>
    before.ask('POST', '/api/v1/cases', { ...NEGLECT, receivedAt: new Date(receivedAt).toISOString() });
  // A first contact is due two hours after the receipt: one passes while nothing runs, one is far ahead.
  const ahead = await report(Date.now());
  const erased = await report(Date.now());
  const photo = await picture('jpeg');
  const attached = await before.attach(ahead.id, photo);
  const late = await report(Date.now() - 2 * HOUR + 20_000);
  // From here on this system tells nobody anything, however long the backup takes.
  expect(killAll(dirOf('first'), /worker\/main\.js/, 'SIGSTOP')).toBe(1);

  const made = command('backup', 'first', ['--to', dirOf('backups')]);
  expect(made.stderr + made.stdout).toContain('every file checked');
  expect(made.status).toBe(0);
  // After the backup was made a child's key is destroyed: the backup still has it.
  await destroyKey(erased.id);
  const keysMade = command('backup', 'first', ['keys', '--to', dirOf('keys')]);
  expect([keysMade.status, keysMade.stdout]).toEqual([0, expect.stringContaining('含销毁清单 1 项')]);
  const [file = ''] = readdirSync(dirOf('backups')).map((name) => join(dirOf('backups'), name));
  const bytes = readFileSync(file);
  for (const clear of [NEGLECT.child.name, late.id, 'shouwang_owner']) expect(bytes.includes(clear)).toBe(false);

  before.run.process.kill('SIGKILL');
  await before.run.exited;
  // Its parts end by themselves as well: one may be gone by then.
  killAll(dirOf('first'));
  await eventually(
    async () => processesOf(dirOf('first')),
    (left) => left.length === 0,
  );
  rmSync(dirOf('first'), { recursive: true, force: true });

  const changed = join(folder, 'changed.backup');
  writeFileSync(changed, bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1));
  const cut = join(folder, 'cut.backup');
  writeFileSync(cut, bytes.subarray(0, bytes.length - 30));
  const keys = ['--keys', dirOf('keys')];
  for (const [args, env, failure] of [
    [[changed, ...keys], {}, 'BackupSealBroken'],
    [[cut, ...keys], {}, 'BackupCutShort'],
    [[file, ...keys], { BACKUP_KEY: randomBytes(32).toString('base64') }, 'BackupSealBroken'],
    [[file, ...keys], { BACKUP_KEY: '' }, 'KeyUnfit'],
    [[dirOf('keys'), ...keys], {}, 'BackupOfAnother'],
    [[file, ...keys], { DATA_DIR: folder }, 'TargetNotEmpty'],
  ] as const) {
    const { status, stderr } = command('restore', 'second', [...args], env);
    expect([status, stderr]).toEqual([1, expect.stringContaining(failure)]);
  }

  const restored = command('restore', 'second', [file, ...keys]);
  expect([restored.status, restored.stderr]).toEqual([0, expect.any(String)]);
  const after = await start('second');
  const seen = await eventually(
    () => told(after, late.id),
    (messages) => messages.some(({ channel, text }) => channel === 'sms' && text.includes('首次接触已逾期')),
    90_000,
  );
  expect(seen.length).toBeGreaterThan(0);
  const { alerts } = await after.ask('GET', `/api/v1/cases/${late.id}`);
  const opened = alerts.find(({ stepId }) => stepId === 'first_contact')?.openedAt ?? '';
  expect(Date.parse(opened)).toBeGreaterThan(Date.parse(dueOf(late)));

  const file2 = await after.ask<CaseBody & { child: unknown }>('GET', `/api/v1/cases/${ahead.id}`);
  expect(file2).toMatchObject({ child: { name: NEGLECT.child.name }, status: 'open' });
  expect(dueOf(file2)).toBe(dueOf(ahead));
  expect(await after.ask('GET', `/api/v1/cases/${erased.id}`)).toMatchObject({ number: erased.number, child: null });
  const pixels = (bytes: Buffer): Promise<Buffer> => sharp(bytes).raw().toBuffer();
  expect((await pixels(await after.content(attached))).equals(await pixels(photo))).toBe(true);
  await after.ask('POST', `/sandbox/cases/${ahead.id}/fast-forward`, { seconds: 2 * 3600 + 1 });
  const { items } = await after.ask<Timeline>('GET', `/api/v1/cases/${ahead.id}/timeline`);
  const overdue = items.find(({ kind, data }) => kind === 'step_overdue' && data['stepId'] === 'first_contact');
  // Neither early nor, for what happens after healing, more than a minute late.
  const lateBy = Date.parse(overdue?.at ?? '') - Date.parse(dueOf(ahead));
  expect(lateBy).toBeGreaterThanOrEqual(0);
  expect(lateBy).toBeLessThan(60_000);

  const history = command('history', 'second', [ahead.id]);
  expect([history.status, history.stderr]).toEqual([0, expect.any(String)]);
  expect(JSON.parse(history.stdout)).toMatchObject({ events: expect.any(Array) });
  expect(Buffer.from(history.stdout).length).toBeGreaterThan(1_000);
  expect(command('history', 'second', [randomUUID()]).stderr).toContain('there is no workflow of that case');

  const verified = command('audit', 'second', ['verify']);
  expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining('nothing was changed')]);
}, 900_000);
