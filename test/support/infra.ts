import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { SharedServers } from './infra-broker';

/** A database of a suite's own. */
export interface TestDatabase {
  /** The application role's connection string. */
  url: string;
  /** That of the tables' owner, who may do what the application may not. */
  ownerUrl: string;
  /** Removes it; connections still open are cut. */
  drop(): Promise<void>;
}

/** The real servers behind the tests. */
export interface Infra {
  temporalAddress: string;
  namespace: string;
  /** The superuser's connection, for what only an operator can do to a database. */
  adminUrl: string;
  /** A fresh, migrated, empty database. */
  createDatabase(): Promise<TestDatabase>;
  /** A task queue that nobody else polls: `<label>-<random>`. */
  taskQueue(label?: string): string;
}

const random = (): string => randomBytes(6).toString('hex');

async function createDatabase({ adminUrl, templateUrl, ownerUrl }: SharedServers): Promise<TestDatabase> {
  const template = new URL(templateUrl);
  const owner = new URL(ownerUrl);
  const name = `test_${random()}`;
  const ask = async (url: string, statement: string): Promise<void> => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const asAdmin = (statement: string): Promise<void> => ask(adminUrl, statement);
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)} OWNER ${owner.username}`);
  template.pathname = `/${name}`;
  owner.pathname = `/${name}`;
  // The first connection to a database takes the longest, on a busy machine more than the product's patience with one.
  await ask(template.href, 'SELECT 1');
  return {
    url: template.href,
    ownerUrl: owner.href,
    drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/**
 * The PostgreSQL and the Temporal server of this test run, started when the first suite asks (the very first time on a
 * machine that means building Temporal). Call it in beforeAll.
 */
export async function infra(): Promise<Infra> {
  const broker = process.env['SHOUWANG_TEST_BROKER'];
  if (broker === undefined) throw new Error('infra() works in Jest suites only: jest.config.js starts its broker');
  const response = await fetch(broker);
  if (!response.ok) throw new Error(await response.text());
  const servers = (await response.json()) as SharedServers;
  return {
    temporalAddress: servers.temporalAddress,
    namespace: servers.namespace,
    adminUrl: servers.adminUrl,
    createDatabase: () => createDatabase(servers),
    taskQueue: (label = 'test') => `${label}-${random()}`,
  };
}
