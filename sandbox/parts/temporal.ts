import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type pg from 'pg';
import { PROJECT } from '../config';
import { databaseRightsMissing, partFailed } from '../failures';
import { LOOPBACK } from '../ports';
import type { ChildSpec } from './child';
import { connected } from './connect';
import { TEMPORAL_DATABASES } from './postgres';
import { lastLine, run } from './run';
import type { TemporalPrograms } from './temporal-build';

/** The ports of one Temporal server: its four services, each with its membership port, and the front's HTTP port. */
export const TEMPORAL_PORTS = [
  'frontend',
  'frontendMembership',
  'frontendHttp',
  'matching',
  'matchingMembership',
  'history',
  'historyMembership',
  'worker',
  'workerMembership',
] as const;
export type TemporalPorts = Record<(typeof TEMPORAL_PORTS)[number], number>;

/** Days for which a closed case's history stays in Temporal. The journal in PostgreSQL keeps it for good. */
const RETENTION_DAYS = 30;
/** The services read their list of namespaces anew every few seconds at the latest. */
const NAMESPACE_PATIENCE_MS = 30_000;
/** gRPC's status code for something that is not there. */
const NOT_FOUND = 5;
const SCHEMAS: Record<(typeof TEMPORAL_DATABASES)[number], string> = {
  temporal: 'postgresql/v12/temporal',
  temporal_visibility: 'postgresql/v12/visibility',
};

/** What the Temporal server is started with. */
export interface TemporalOptions {
  programs: TemporalPrograms;
  dataDir: string;
  ports: TemporalPorts;
  /** A role that may use, and if need be create, the two databases; the path of the URL does not matter. */
  databaseUrl: string;
}

function datastore(url: URL, databaseName: string, maxConns: number): object {
  return {
    sql: {
      pluginName: 'postgres12_pgx',
      databaseName,
      connectAddr: `${url.hostname}:${url.port || '5432'}`,
      connectProtocol: 'tcp',
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  };
}

/** The server's configuration. JSON is YAML, and needs no care for quoting. */
function serverConfig({ ports, databaseUrl }: TemporalOptions): object {
  const url = new URL(databaseUrl);
  const service = (grpcPort: number, membershipPort: number, more = {}): object => ({
    rpc: { grpcPort, membershipPort, bindOnLocalHost: true, ...more },
  });
  const frontend = `${LOOPBACK}:${ports.frontend}`;
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      // Fixed for the life of the database.
      numHistoryShards: 4,
      datastores: { default: datastore(url, 'temporal', 20), visibility: datastore(url, 'temporal_visibility', 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: LOOPBACK } },
    services: {
      frontend: service(ports.frontend, ports.frontendMembership, { httpPort: ports.frontendHttp }),
      matching: service(ports.matching, ports.matchingMembership),
      history: service(ports.history, ports.historyMembership),
      worker: service(ports.worker, ports.workerMembership),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: frontend },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: join(PROJECT, 'sandbox/temporal-server/dynamic.yaml'), pollInterval: '10s' },
  };
}

/** Creates the two databases on a server that is not ours. Throws DatabaseRightsMissing. */
export async function createTemporalDatabases(databaseUrl: string): Promise<void> {
  try {
    await connected(databaseUrl, async (client) => {
      for (const database of TEMPORAL_DATABASES) {
        const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
        if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
      }
    });
  } catch (error) {
    const INSUFFICIENT_PRIVILEGE = '42501';
    if ((error as pg.DatabaseError).code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw databaseRightsMissing(decodeURIComponent(new URL(databaseUrl).username), error);
  }
}

/** Brings both databases to the schema of this server's version; nothing happens when they are. Throws PartFailed. */
async function applySchema({ programs, databaseUrl, dataDir }: TemporalOptions): Promise<void> {
  const url = new URL(databaseUrl);
  const env = { ...process.env, SQL_PASSWORD: decodeURIComponent(url.password) };
  const logFile = join(dataDir, 'logs/temporal-schema.log');
  const tool = async (database: string, args: string[]): Promise<void> => {
    const where = ['--plugin', 'postgres12_pgx', '--ep', url.hostname, '-p', url.port || '5432', '--db', database];
    const who = ['-u', decodeURIComponent(url.username)];
    const { code, output } = await run(programs.sqlTool, [...where, ...who, ...args], { env, logFile });
    if (code !== 0) throw partFailed('temporal-sql-tool', lastLine(output), logFile);
  };
  await Promise.all(
    TEMPORAL_DATABASES.map(async (database) => {
      const there = Object.assign(new URL(databaseUrl), { pathname: `/${database}` }).href;
      const { rows } = await connected(there, (client) =>
        client.query<{ found: string | null }>(`SELECT to_regclass('schema_version') AS found`),
      );
      if (rows[0]?.found == null) await tool(database, ['setup-schema', '-v', '0.0']);
      await tool(database, ['update-schema', '--schema-name', SCHEMAS[database]]);
    }),
  );
}

function isNotFound(error: unknown): boolean {
  if (!isGrpcServiceError(error)) return false;
  const code: number = error.code;
  return code === NOT_FOUND;
}

/**
 * Whether the services that a workflow needs have heard of a namespace: each keeps its own list, which a new one reaches
 * about a second after it was registered.
 */
async function isKnown({ workflowService }: Connection, namespace: string): Promise<boolean> {
  try {
    await workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'nobody' } });
    await workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: 'nobody' } });
    return true;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // Not the namespace but the workflow was not found: that is the last question, so everybody knows the namespace.
    return isGrpcServiceError(error) && !/namespace/i.test(error.details);
  }
}

/** Registers a namespace unless the server has it; resolves when it can be used. Also used on servers that are not ours. */
export async function ensureNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(`${RETENTION_DAYS} days`),
    });
    const until = Date.now() + NAMESPACE_PATIENCE_MS;
    while (!(await isKnown(connection, namespace)) && Date.now() < until) await sleep(100);
  } finally {
    await connection.close();
  }
}

/** Whether a Temporal server answers: its port is open some time before it does. */
async function isServing(address: string): Promise<boolean> {
  try {
    // Whoever asks comes again. The client's own tries would go on after this connection is closed, and end the process.
    const connection = await Connection.connect({ address, connectTimeout: 1_000, interceptors: [] });
    try {
      await connection.workflowService.listNamespaces({ pageSize: 1 });
      return true;
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (isGrpcServiceError(error) || (error as Error).message.includes('connect')) return false;
    throw error;
  }
}

/** The server collects before it takes more than this from the system (docs/adr/0037-what-temporal-keeps.md). */
const MEMORY = '512MiB';

/** What to run for a Temporal server; applies its schema and writes its configuration first. Throws PartFailed. */
export async function prepareTemporal(options: TemporalOptions): Promise<ChildSpec> {
  await applySchema(options);
  const file = join(options.dataDir, 'temporal.yaml');
  writeFileSync(file, JSON.stringify(serverConfig(options), null, 2), { mode: 0o600 });
  return {
    name: 'temporal',
    command: options.programs.server,
    args: ['--config-file', file, '--allow-no-auth', 'start'],
    env: { GOMEMLIMIT: MEMORY, ...process.env },
    probe: () => isServing(`${LOOPBACK}:${options.ports.frontend}`),
    logFile: join(options.dataDir, 'logs/temporal.log'),
  };
}
