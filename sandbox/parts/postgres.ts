import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { dataFolderCorrupt, diskFull, type StartFailure } from '../failures';
import { LOOPBACK } from '../ports';
import { connected } from './connect';
import type { Child, ChildSpec } from './child';
import { postgresAccount, postgresBinary, type RunAs } from './postgres-binaries';
import { run } from './run';
import type { Secrets } from './secrets';

/** The role that may create roles and databases; only the supervisor and the tests use it. */
export const SUPERUSER = 'postgres';
/** The role of API and worker, which changes no table and no row of the journal, and the application's database. */
export const APPLICATION = 'shouwang';
/** Whose the tables are: migrations run as this role, and nothing else does. */
export const OWNER = 'shouwang_owner';
/** The role of the Temporal server and its two databases. */
export const TEMPORAL = 'temporal';
export const TEMPORAL_DATABASES = ['temporal', 'temporal_visibility'] as const;

/** The embedded PostgreSQL of one data folder. */
export interface PostgresOptions {
  dataDir: string;
  port: number;
  secrets: Secrets;
  /** False in tests alone: nothing is forced to disk, so a crash of the machine (not of the server) loses data. */
  durable: boolean;
}

const FULL_DISK = /No space left on device|Disk quota exceeded/;

/** A connection string for one role and database of the embedded server. */
export function postgresUrl(port: number, user: string, password: string, database: string): string {
  return `postgresql://${user}:${password}@${LOOPBACK}:${port}/${database}`;
}

function giveTo(account: RunAs, path: string): void {
  if (account.owner !== undefined) chownSync(path, account.owner.uid, account.owner.gid);
}

function commandFor({ prefix: [wrapper, ...more] }: RunAs, program: string, args: string[]): [string, string[]] {
  return wrapper === undefined ? [program, args] : [wrapper, [...more, program, ...args]];
}

/** Creates the cluster, aside and then renamed: a crash in the middle leaves nothing that looks whole. */
async function initialise(cluster: string, account: RunAs, options: PostgresOptions): Promise<void> {
  const { dataDir, secrets } = options;
  const aside = `${cluster}.new`;
  const passwordFile = join(dataDir, 'initdb-password');
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o700 });
  writeFileSync(passwordFile, secrets.postgresPassword, { mode: 0o600 });
  giveTo(account, aside);
  giveTo(account, passwordFile);
  const flags = [
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
    '--auth=scram-sha-256',
    `--username=${SUPERUSER}`,
  ];
  const args = [`--pgdata=${aside}`, `--pwfile=${passwordFile}`, ...flags, ...(options.durable ? [] : ['--no-sync'])];
  const env = { ...process.env, LC_ALL: 'C' };
  const logFile = join(dataDir, 'logs/postgres.log');
  const outcome = await run(...commandFor(account, postgresBinary('initdb'), args), {
    ...account.ids,
    cwd: '/',
    env,
    logFile,
  });
  rmSync(passwordFile);
  if (outcome.code !== 0) {
    rmSync(aside, { recursive: true, force: true });
    if (FULL_DISK.test(outcome.output)) throw diskFull(dataDir);
    throw outcome.error ?? new Error(`initdb: ${outcome.output.trimEnd().split('\n').at(-1)}; ${logFile}`);
  }
  renameSync(aside, cluster);
}

/** Makes the cluster if this is the first start; throws DataFolderCorrupt when there is something that is not a cluster. */
async function ensureCluster(cluster: string, account: RunAs, options: PostgresOptions): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  if (existsSync(cluster) && readdirSync(cluster).length > 0) {
    throw dataFolderCorrupt(options.dataDir, {
      zh: 'postgres 目录中缺少 PG_VERSION',
      en: 'PG_VERSION is missing from its folder postgres',
    });
  }
  rmSync(cluster, { recursive: true, force: true });
  await initialise(cluster, account, options);
}

/** What to run for the server of an initialised cluster. */
function serverSpec(cluster: string, account: RunAs, options: PostgresOptions): ChildSpec {
  const settings = {
    listen_addresses: LOOPBACK,
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Short statements by the thousand: compiling one takes longer than it saves, and the tables of Temporal and of a year's
    // cases fit into memory. Nothing here lets a commit return before it is on disk.
    jit: 'off',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', cluster, '-p', String(options.port), ...flags];
  const [command, commandArgs] = commandFor(account, postgresBinary('postgres'), args);
  return {
    name: 'postgres',
    command,
    args: commandArgs,
    cwd: '/',
    ...account.ids,
    env: { ...process.env, LC_ALL: 'C' },
    isReady: (line) => (line.includes('ready to accept connections') ? { port: options.port } : undefined),
    logFile: join(options.dataDir, 'logs/postgres.log'),
    explain: (child, cause) => explain(options.dataDir, child, cause),
    stopSignal: 'SIGINT',
    stopPatience: 30_000,
    // Crash recovery of a large database takes its time.
    readyPatience: 120_000,
  };
}

/** Why the server did not come up, in the user's words. */
function explain(dataDir: string, child: Child, cause: Error): StartFailure {
  if (FULL_DISK.test(child.log.tail())) return diskFull(dataDir, cause);
  // What an earlier run's end told its connections is not why this one cannot start.
  const why = child.log.problem(/(?:FATAL|PANIC):(?! +terminating connection) +(.*)$/) ?? cause.message;
  const file = child.spec.logFile;
  return dataFolderCorrupt(
    dataDir,
    { zh: `PostgreSQL 无法启动(${why};日志 ${file})`, en: `PostgreSQL refuses to start (${why}; log ${file})` },
    { cause },
  );
}

/**
 * What to run for the embedded PostgreSQL of a data folder; makes its cluster the first time.
 * Throws DataFolderCorrupt or DiskFull; so does the start of what it answers with.
 */
export async function preparePostgres(options: PostgresOptions): Promise<ChildSpec> {
  const cluster = join(options.dataDir, 'postgres');
  const account = postgresAccount(options.dataDir);
  await ensureCluster(cluster, account, options);
  return serverSpec(cluster, account, options);
}

/** Runs statements as the superuser. @param database where; the roles and databases of all are seen from each */
export async function asSuperuser<T>(
  port: number,
  secrets: Secrets,
  work: (client: pg.Client) => Promise<T>,
  database = 'postgres',
): Promise<T> {
  return connected(postgresUrl(port, SUPERUSER, secrets.postgresPassword, database), work);
}

/** Makes sure that the roles and databases of the application and of Temporal exist. */
export async function ensureDatabases(port: number, secrets: Secrets): Promise<void> {
  const wanted: [role: string, password: string, databases: readonly string[]][] = [
    [OWNER, secrets.ownerPassword, [APPLICATION]],
    [APPLICATION, secrets.applicationPassword, []],
    [TEMPORAL, secrets.temporalPassword, TEMPORAL_DATABASES],
  ];
  await asSuperuser(port, secrets, async (client) => {
    for (const [role, password, databases] of wanted) {
      const roles = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const verb = roles.rowCount === 0 ? 'CREATE' : 'ALTER';
      await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
      for (const database of databases) {
        const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
        if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database} OWNER ${role}`);
        else await client.query(`ALTER DATABASE ${database} OWNER TO ${role}`);
      }
    }
  });
  await takeTables(port, secrets);
}

/** Tables that the application's role made itself, before there was an owner, go over to the owner. */
async function takeTables(port: number, secrets: Secrets): Promise<void> {
  const own = `SELECT 1 FROM pg_class WHERE relowner = '${APPLICATION}'::regrole LIMIT 1`;
  await asSuperuser(
    port,
    secrets,
    async (client) => {
      if ((await client.query(own)).rowCount !== 0) await client.query(`REASSIGN OWNED BY ${APPLICATION} TO ${OWNER}`);
    },
    APPLICATION,
  );
}
