import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Account } from '../../sandbox/data/accounts';
import type { SharedField, SharedServers } from './infra-broker';

/** A database of a suite's own. */
export interface TestDatabase {
  /** The application role's connection string. */
  url: string;
  /** That of the tables' owner, who may do what the application may not. */
  ownerUrl: string;
  /** Removes it; connections still open are cut. */
  drop(): Promise<void>;
}

/** One that holds the made-up field (演示数据), and its sign-ins. */
export interface FieldDatabase extends TestDatabase {
  accounts: Account[];
}

/** The real servers behind the tests. */
export interface Infra {
  temporalAddress: string;
  namespace: string;
  /** The superuser's connection, for what only an operator can do to a database. */
  adminUrl: string;
  /** A fresh, migrated, empty database. */
  createDatabase(): Promise<TestDatabase>;
  /** A fresh one with the made-up stations, staff and partners, but for robots: those are sealed under a key of one's own. */
  createField(): Promise<FieldDatabase>;
  /** A task queue that nobody else polls: `<label>-<random>`. */
  taskQueue(label?: string): string;
}

const random = (): string => randomBytes(6).toString('hex');

async function createDatabase(
  { adminUrl, templateUrl, ownerUrl }: SharedServers,
  from = new URL(templateUrl).pathname.slice(1),
): Promise<TestDatabase> {
  const name = `test_${random()}`;
  const owner = Object.assign(new URL(ownerUrl), { pathname: `/${name}` });
  const url = Object.assign(new URL(templateUrl), { pathname: `/${name}` }).href;
  const ask = async (at: string, statement: string): Promise<void> => {
    const client = new pg.Client(at);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const asAdmin = (statement: string): Promise<void> => ask(adminUrl, statement);
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${from} OWNER ${owner.username}`);
  // The first connection to a database takes the longest, on a busy machine more than the product's patience with one.
  await ask(url, 'SELECT 1');
  return {
    url,
    ownerUrl: owner.href,
    drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Asks the broker (infra-broker.ts) for one of the things that all suites share; the first who asks waits for it. */
async function shared<T>(what: string): Promise<T> {
  const broker = process.env['SHOUWANG_TEST_BROKER'];
  if (broker === undefined) throw new Error('infra() works in Jest suites only: jest.config.js starts its broker');
  const response = await fetch(broker + what);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

/**
 * The PostgreSQL and the Temporal server of this test run, started when the first suite asks (the very first time on a
 * machine that means building Temporal). Call it in beforeAll.
 */
export async function infra(): Promise<Infra> {
  const servers = await shared<SharedServers>('/servers');
  return {
    temporalAddress: servers.temporalAddress,
    namespace: servers.namespace,
    adminUrl: servers.adminUrl,
    createDatabase: () => createDatabase(servers),
    async createField() {
      const { template, accounts } = await shared<SharedField>('/field');
      return { ...(await createDatabase(servers, template)), accounts };
    },
    taskQueue: (label = 'test') => `${label}-${random()}`,
  };
}

/** The workflows of the sources as they are now, bundled once for all workers of the run. */
export async function workflowCode(): Promise<{ workflowBundle: { codePath: string } }> {
  return { workflowBundle: await shared('/workflows') };
}
