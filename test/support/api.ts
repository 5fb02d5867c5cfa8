import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mount } from '../../api/app';
import type { ApiConfig } from '../../api/config';
import { type RunningApi, startApi } from '../../api/main';
import { payloadKeys } from '../../runtime/payload-codec';
import { PROJECT } from '../../sandbox/config';
import type { Account } from '../../sandbox/data/accounts';
import { freePorts } from '../../sandbox/ports';
import { infra } from './infra';

/** What came back: the body parsed where it is JSON, as text otherwise. */
export interface Reply {
  status: number;
  headers: Headers;
  body: Json;
}
/** A JSON value of which a test knows the shape. */
export type Json = { [key: string]: Json } & Json[] & string & number & boolean;

export interface Asking {
  /** Name of the sign-in whose token goes along; absent: nobody. */
  as?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Sent as it is, instead of `body`. */
  raw?: string | Uint8Array<ArrayBuffer>;
}

export interface TestApi {
  url: string;
  api: RunningApi;
  config: ApiConfig;
  accounts: Account[];
  /** The database as the owner of its tables, who may do what the application may not. */
  ownerUrl: string;
  account(username: string): Account;
  ask(method: string, path: string, asking?: Asking): Promise<Reply>;
  /** Stops the API and drops its database. */
  close(): Promise<void>;
}

export interface TestApiOptions {
  /** Changes to the configuration. */
  config?: Partial<ApiConfig>;
  mount?: Mount;
}

const MOST_TRIES = 5;
const word = (): string => randomBytes(24).toString('hex');

async function configFor(databaseUrl: string, dataDir: string): Promise<ApiConfig> {
  const { temporalAddress, namespace, taskQueue } = await infra();
  const [port = 0, closedPort = 0] = await freePorts(2);
  const vaultKey = randomBytes(32).toString('base64');
  return {
    host: '127.0.0.1',
    port,
    publicUrl: `http://127.0.0.1:${port}`,
    databaseUrl,
    temporal: { address: temporalAddress, namespace, taskQueue: taskQueue('api') },
    vaultKey,
    payloadKeys: payloadKeys(vaultKey),
    authSecret: word(),
    carrierSecret: word(),
    policiesDir: join(PROJECT, 'policies'),
    storage: { kind: 'disk', folder: join(dataDir, 'attachments') },
    trustProxy: [],
    ratePerMinute: 1_000_000,
    logLevel: 'silent',
    demandSecondFactor: false,
    sandbox: { carrierUrl: `http://127.0.0.1:${closedPort}`, accountsFile: join(dataDir, 'accounts.json') },
  };
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Json };
}

/** Another suite may take a port between our finding it free and our listening there: then it is another one. */
async function startOnFreePort(
  config: () => Promise<ApiConfig>,
  mount: Mount | undefined,
): Promise<{ config: ApiConfig; api: RunningApi }> {
  for (let tries = 1; ; tries += 1) {
    const tried = await config();
    try {
      return { config: tried, api: await startApi(tried, { mount }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === MOST_TRIES) throw error;
    }
  }
}

/** The whole API on a free port, with a database of its own that holds the made-up field and its sign-ins. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const database = await (await infra()).createField();
  const dataDir = mkdtempSync(join(tmpdir(), 'shouwang-api-'));
  const { config, api } = await startOnFreePort(
    async () => ({ ...(await configFor(database.url, dataDir)), ...options.config }),
    options.mount,
  );
  const { accounts } = database;
  const url = `http://127.0.0.1:${api.port}`;
  const account = (username: string): Account => {
    const found = accounts.find((one) => one.username === username);
    if (!found) throw new Error(`no made-up account ${username}`);
    return found;
  };
  return {
    url,
    api,
    config,
    accounts,
    ownerUrl: database.ownerUrl,
    account,
    async ask(method, path, { as, body, headers = {}, raw } = {}) {
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const all: Record<string, string> = {
        ...(as !== undefined && { authorization: `Bearer ${account(as).token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      };
      return replyOf(await fetch(url + path, { method, headers: all, body: sent, redirect: 'manual' }));
    },
    async close() {
      await api.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The cookies that an answer sets, as a browser would send them back. */
export const cookiesOf = (reply: Reply): string =>
  reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
