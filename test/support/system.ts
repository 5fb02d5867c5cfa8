/** The whole product as black boxes on a database of its own, and the hands that its users would have. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../../sandbox/banner';
import { writeAccounts } from '../../sandbox/data/accounts';
import { loadRobots } from '../../sandbox/data/robots';
import { accountsFile } from '../../sandbox/parts/node-parts';
import { payloadKeys, type PayloadKeys } from '../../runtime/payload-codec';
import { loadSecrets } from '../../sandbox/parts/secrets';
import { startStack, type Stack } from '../../sandbox/stack';
import { openDb } from '../../store/db';
import { keyRing } from '../../store/keys';
import { createRobots } from '../../store/robots';
import type { AlertAnswer, ReferralAnswer, StepAnswer } from '../../api/schemas/answers';
import { type FieldDatabase, infra } from './infra';
import { removeSchedules } from './schedules';

export interface Message {
  id: string;
  at: string;
  channel: 'sms' | 'voice' | 'email';
  to: string;
  text: string;
  caseIds: string[];
  status: string;
}

/** A case as the API answers it, as far as the tests look. */
export interface CaseBody {
  id: string;
  number: string;
  status: string;
  workflow: 'running' | 'pending';
  receivedAt: string;
  /** What the case's own clock shows. */
  asOf: string;
  steps: StepAnswer[];
  alerts: AlertAnswer[];
  referrals: ReferralAnswer[];
}

export interface Reply<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface System {
  url: string;
  stack: Stack;
  /** The application's database, and the folder with logs, sign-ins and the carrier's records. */
  databaseUrl: string;
  dataDir: string;
  /** What its workflows' payloads are encrypted with. */
  payloadKeys: PayloadKeys;
  account(username: string): Account;
  /** One request; `as` is a username whose token goes along. */
  ask<T = CaseBody>(
    method: string,
    path: string,
    as?: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply<T>>;
  /** Reports a case and returns the answer's body; fails unless it was taken. */
  report(as: string, more?: object): Promise<CaseBody>;
  /** Moves a case's clock by minutes of its own time. */
  forward(caseId: string, minutes: number): Promise<void>;
  /** The messages of a case that came since the last look, oldest first, as `who channel: text`. */
  told(caseId: string): Promise<Message[]>;
  /** All that come from the last look on, until they are as wanted: those of one moment may come one by one. */
  toldUntil(caseId: string, wanted: (messages: Message[]) => boolean): Promise<Message[]>;
  /** Who a message went to, by the name of the sign-in or the partner's number. */
  who(message: Message): string;
  close(): Promise<void>;
}

/** Before a test is given up without a word. */
const DEADLINE_MS = 50_000;

/** Asks again until the answer is as wanted; what happens in other processes cannot be awaited otherwise. */
export async function eventually<T>(
  look: () => Promise<T>,
  wanted: (seen: T) => boolean,
  ms = DEADLINE_MS,
): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > until) throw new Error(`not so within ${ms} ms; last seen: ${JSON.stringify(seen)}`);
    await sleep(150);
  }
}

export const NEGLECT = {
  type: 'neglect',
  risk: 'critical',
  child: { name: '测试儿童', sex: 'female', birthDate: '2017-05-04' },
  reporter: { name: '测试报告人', phone: '13800009999', role: 'teacher' },
  narrative: '演示:孩子连续三天无人照料。',
};

/** Puts the sign-ins of a database into a folder, and the folder's robots into the database: nothing is loaded again. */
export async function moveIn(dataDir: string, { url, accounts }: FieldDatabase): Promise<void> {
  writeAccounts(accountsFile(dataDir), accounts);
  const db = openDb(url, 1);
  try {
    await loadRobots(db, createRobots(keyRing(loadSecrets(dataDir).vaultKey)));
  } finally {
    await db.$disconnect();
  }
}

/** @param env variables for the product’s processes, on top of those that they get */
export async function startSystem(env: NodeJS.ProcessEnv = {}): Promise<System> {
  const servers = await infra();
  const database = await servers.createField();
  const dataDir = mkdtempSync(join(tmpdir(), 'shouwang-system-'));
  await moveIn(dataDir, database);
  const temporal = {
    address: servers.temporalAddress,
    namespace: servers.namespace,
    taskQueue: servers.taskQueue('system'),
  };
  const stack = await startStack({
    dataDir,
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    env,
  });
  let since: string | undefined;
  const account = (username: string): Account => {
    const found = stack.accounts.find((one) => one.username === username);
    if (!found) throw new Error(`no made-up account ${username}`);
    return found;
  };
  const ask = async <T = CaseBody>(
    method: string,
    path: string,
    as?: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> => {
    const response = await fetch(stack.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(as !== undefined && { authorization: `Bearer ${account(as).token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  };
  const told = async (caseId: string): Promise<Message[]> => {
    const path = `/sandbox/messages${since === undefined ? '' : `?since=${since}`}`;
    const messages = (await ask<Message[]>('GET', path)).body;
    since = messages.at(-1)?.id ?? since;
    return messages.filter((message) => message.caseIds.includes(caseId));
  };
  return {
    url: stack.url,
    stack,
    databaseUrl: database.url,
    dataDir,
    payloadKeys: payloadKeys(loadSecrets(dataDir).vaultKey),
    account,
    ask,
    async report(as, more = {}) {
      const reply = await ask('POST', '/api/v1/cases', as, { ...NEGLECT, ...more });
      if (reply.status !== 201 && reply.status !== 202) throw new Error(JSON.stringify(reply.body));
      return reply.body;
    },
    async forward(caseId, minutes) {
      const path = `/sandbox/cases/${caseId}/fast-forward`;
      const reply = await ask('POST', path, undefined, { seconds: Math.round(minutes * 60) });
      if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
    },
    told,
    toldUntil(caseId, wanted) {
      const all: Message[] = [];
      return eventually(async () => {
        all.push(...(await told(caseId)));
        return all;
      }, wanted);
    },
    who: ({ to }) => stack.accounts.find((one) => one.phone === to || one.email === to)?.username ?? to,
    async close() {
      await stack.stop();
      await removeSchedules(temporal);
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
