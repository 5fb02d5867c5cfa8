/** kill -9 of the servers under a running system: deadlines are told once and promptly, what was answered is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAccounts } from '../../sandbox/banner';
import { freePorts } from '../../sandbox/ports';
import { killAll, startProduct, type SupervisedRun } from '../support/supervised';
import { eventually, NEGLECT, type CaseBody, type Message } from '../support/system';

const START_MS = 900_000;
const MINUTE = 60_000;

let dataDir: string;
let url: string;
let token: string;
let run: SupervisedRun;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'shouwang-servers-'));
  const [port = 0] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  env = { DATA_DIR: dataDir, PORT: String(port) };
  run = startProduct(env);
  await run.until('Ctrl-C stops everything');
  const accounts = readAccounts(join(dataDir, 'accounts.json'));
  token = accounts.find((one) => one.username === 'xinhua_worker1')?.token ?? '';
}, START_MS);

afterAll(async () => {
  run.process.kill('SIGTERM');
  await run.exited;
  rmSync(dataDir, { recursive: true, force: true });
});

interface Answer<T> {
  response: Response;
  body: T;
}

const ask = async <T = CaseBody>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer: Answer<T> = { response, body: (await response.json()) as T };
  return answer;
};

const report = (receivedAt: number) =>
  ask('POST', '/api/v1/cases', { ...NEGLECT, receivedAt: new Date(receivedAt).toISOString() });

function killServer(command: RegExp): void {
  if (killAll(dataDir, command) === 0) throw new Error(`no ${String(command)} runs`);
}

test('Temporal killed across a deadline: a report is taken meanwhile, and the deadline is told once and promptly', async () => {
  // The acknowledgement of a critical case is due after 15 minutes: ten seconds from now.
  const { body: due } = await report(Date.now() - 15 * MINUTE + 10_000);
  killServer(/temporal-server/);
  const meanwhile = await report(Date.now());
  expect([201, 202]).toContain(meanwhile.response.status);
  await run.until('temporal is back');
  const late = async () =>
    (await ask<Message[]>('GET', '/sandbox/messages')).body.filter(
      (one) => one.channel === 'sms' && one.caseIds.includes(due.id) && one.text.includes('受理分派已逾期'),
    );
  const told = await eventually(late, (seen) => seen.length >= 2, 60_000);
  const dueAt = Date.parse(due.steps.find((step) => step.id === 'acknowledge')?.dueAt ?? '');
  for (const one of told) expect(Date.parse(one.at)).toBeGreaterThanOrEqual(dueAt);
  expect(new Set(told.map((one) => one.to)).size).toBe(told.length);
  await eventually(
    async () => (await ask<{ workflow: string }>('GET', `/api/v1/cases/${meanwhile.body.id}`)).body.workflow,
    (workflow) => workflow === 'running',
  );
}, 180_000);

test('PostgreSQL killed: 503 with Retry-After meanwhile, and what was answered is there', async () => {
  const { body: made } = await report(Date.now());
  killServer(/postgres.* -D /);
  const away = await eventually(
    async () => {
      const seen = await ask<object>('GET', `/api/v1/cases/${made.id}`);
      // It may have come back while this process did not get its turn.
      if (seen.response.status !== 503) killAll(dataDir, /postgres.* -D /);
      return seen;
    },
    ({ response }) => response.status === 503,
  );
  expect(away.response.headers.get('retry-after')).toBe('5');
  const back = await eventually(
    () => ask('GET', `/api/v1/cases/${made.id}`),
    ({ response }) => response.status === 200,
    90_000,
  );
  expect(back.body.number).toBe(made.number);
  const assigned = await eventually(
    () => ask<{ assignee: string }>('POST', `/api/v1/cases/${made.id}/assign`, { staffId: 'xinhua_worker2' }),
    ({ response }) => response.status === 200,
    90_000,
  );
  expect(assigned.body.assignee).toBe('xinhua_worker2');
}, 240_000);

test('stopped and started again: every case, timer and message is still there', async () => {
  const { body: made } = await report(Date.now());
  // A text that has no receipt yet may have one afterwards.
  const before = await eventually(
    async () => (await ask<Message[]>('GET', '/sandbox/messages')).body,
    (messages) => messages.every(({ status }) => status !== 'accepted'),
  );
  run.process.kill('SIGTERM');
  expect((await run.exited).code).toBe(0);
  run = startProduct(env);
  await run.until('Ctrl-C stops everything');
  const after = (await ask<Message[]>('GET', '/sandbox/messages')).body;
  expect(before.length).toBeGreaterThan(0);
  expect(after.slice(0, before.length)).toEqual(before);
  expect((await ask('GET', `/api/v1/cases/${made.id}`)).body.number).toBe(made.number);
  const moved = await ask<object>('POST', `/sandbox/cases/${made.id}/fast-forward`, { seconds: 16 * 60 });
  expect(moved.response.status).toBe(200);
  const told = await eventually(
    async () => (await ask<Message[]>('GET', '/sandbox/messages')).body.filter((one) => one.caseIds.includes(made.id)),
    (messages) => messages.some((one) => one.text.includes('受理分派已逾期')),
  );
  expect(told.length).toBeGreaterThan(0);
}, 180_000);
