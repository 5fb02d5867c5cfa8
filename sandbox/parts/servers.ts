import { join } from 'node:path';
import { databaseUnreachable, temporalUnreachable } from '../failures';
import { LOOPBACK, rememberedPorts } from '../ports';
import { connected } from './connect';
import { APPLICATION, ensureDatabases, OWNER, postgresUrl, preparePostgres, TEMPORAL } from './postgres';
import type { Secrets } from './secrets';
import type { Supervisor } from './supervisor';
import { createTemporalDatabases, ensureNamespace, prepareTemporal, TEMPORAL_PORTS } from './temporal';
import type { TemporalPrograms } from './temporal-build';

/** Where the servers of one sandbox are, or shall be. */
export interface ServersOptions {
  dataDir: string;
  secrets: Secrets;
  supervisor: Supervisor;
  /** See PostgresOptions. */
  durable: boolean;
}

/** The database addresses that the others work with. */
export interface Database {
  /** The application's. */
  url: string;
  /** The same database for its owner, who migrates it. */
  ownerUrl: string;
  /** For a Temporal server of ours. */
  temporalUrl: string;
  /** The embedded server's port; undefined when a server was given. */
  port: number | undefined;
}

/** Starts the embedded PostgreSQL with its roles and databases. Throws DataFolderCorrupt, DiskFull. */
export async function startDatabase({ dataDir, secrets, supervisor, durable }: ServersOptions): Promise<Database> {
  const { postgres: port } = await rememberedPorts(join(dataDir, 'postgres-port.json'), ['postgres']);
  await supervisor.start(await preparePostgres({ dataDir, port, secrets, durable }));
  await ensureDatabases(port, secrets);
  return {
    url: postgresUrl(port, APPLICATION, secrets.applicationPassword, APPLICATION),
    ownerUrl: postgresUrl(port, OWNER, secrets.ownerPassword, APPLICATION),
    temporalUrl: postgresUrl(port, TEMPORAL, secrets.temporalPassword, 'temporal'),
    port,
  };
}

/** A database that was given, as the others work with it. */
export function givenDatabase(url: string): Database {
  return { url, ownerUrl: url, temporalUrl: url, port: undefined };
}

/** Checks a database that was given. Throws DatabaseUnreachable, which never shows the password. */
export async function reachDatabase(url: string): Promise<void> {
  try {
    await connected({ connectionString: url, connectionTimeoutMillis: 5_000 }, () => Promise.resolve());
  } catch (cause) {
    const { host, pathname } = new URL(url);
    const { message, code } = cause as NodeJS.ErrnoException;
    throw databaseUnreachable(`${host}${pathname}`, message || String(code), cause);
  }
}

/** Starts our Temporal server on the database and answers with its address; the namespace is registered. */
export async function startTemporalServer(
  { dataDir, supervisor }: ServersOptions,
  programs: TemporalPrograms,
  database: Database,
  namespace: string,
): Promise<string> {
  if (database.port === undefined) await createTemporalDatabases(database.temporalUrl);
  const ports = await rememberedPorts(join(dataDir, 'temporal-ports.json'), TEMPORAL_PORTS);
  await supervisor.start(await prepareTemporal({ programs, dataDir, ports, databaseUrl: database.temporalUrl }));
  const address = `${LOOPBACK}:${ports.frontend}`;
  await ensureNamespace(address, namespace);
  return address;
}

/** Checks a Temporal server that was given and registers the namespace if need be. Throws TemporalUnreachable. */
export async function reachTemporal(address: string, namespace: string): Promise<void> {
  try {
    await ensureNamespace(address, namespace);
  } catch (cause) {
    throw temporalUnreachable(address, cause);
  }
}
