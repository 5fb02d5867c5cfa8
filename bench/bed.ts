/**
 * What is measured: the whole product in processes of its own, as npm start runs it, on servers of this run's own that
 * force everything to disk; and beside it the yardsticks' worker on the same Temporal.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { cacheDirOf, PROJECT } from '../sandbox/config';
import { Child, pinoReady, type ChildSpec } from '../sandbox/parts/child';
import { migrate } from '../sandbox/parts/data';
import { DIST, logFileOf, type Setting } from '../sandbox/parts/node-parts';
import { loadSecrets, type Secrets } from '../sandbox/parts/secrets';
import { startDatabase, startTemporalServer } from '../sandbox/parts/servers';
import { Supervisor } from '../sandbox/parts/supervisor';
import { ensureTemporalBuilt } from '../sandbox/parts/temporal-build';
import type { Progress } from '../sandbox/progress';
import { startStack, type Stack } from '../sandbox/stack';
import { type Db, openDb } from '../store/db';
import { BARE_MARKS, BARE_QUEUE } from './bare/worker';
import { httpClient, type Http } from './http';

export interface Bed {
  stack: Stack;
  http: Http;
  client: Client;
  /** The client's own connection, for what has no method of its own. */
  connection: Connection;
  /** The product's own task queue, and the yardsticks'. */
  queues: { ours: string; bare: string };
  db: Db;
  /** The driver by itself, for yardsticks and seeds. */
  pool: pg.Pool;
  /** The tables' owner, who may make tables; the application may not. */
  ownerUrl: string;
  secrets: Secrets;
  dataDir: string;
  /** Where the yardsticks' activities write when they ran. */
  bareMarks: string;
  stop(): Promise<void>;
}

const NAMESPACE = 'shouwang';
/** Networks (运营商) say seconds later that a phone has a text; the sandbox is quick with it for people who watch. */
const RECEIPTS = { CARRIER_RECEIPT_DELAY_MS: '3000' };
const QUEUES = { ours: 'shouwang', bare: 'bare' };

function bareWorker(dataDir: string, temporalAddress: string, marks: string): ChildSpec {
  return {
    name: 'bare',
    command: process.execPath,
    args: [join(DIST, 'bench/bare/worker.js')],
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'],
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_NAMESPACE: NAMESPACE,
      [BARE_QUEUE]: QUEUES.bare,
      [BARE_MARKS]: marks,
    },
    ipc: true,
    isReady: pinoReady,
    logFile: logFileOf(dataDir, 'bare'),
  };
}

/**
 * Starts everything in a new folder, or in `dataDir`. Throws PartFailed and what else a start may fail with, with nothing
 * left running.
 * @param env variables for the product's processes, on top of what npm start gives them
 */
export async function startBed(progress: Progress, env: NodeJS.ProcessEnv = {}): Promise<Bed> {
  const programs = await ensureTemporalBuilt(cacheDirOf(process.env), progress);
  const dataDir = mkdtempSync(join(process.env['BENCH_DIR'] || tmpdir(), 'shouwang-bench-'));
  mkdirSync(join(dataDir, 'logs'));
  const secrets = loadSecrets(dataDir);
  const supervisor = new Supervisor(dataDir, (line) => void process.stderr.write(`${line}\n`));
  const endings: (() => Promise<unknown>)[] = [
    () => Promise.resolve(rmSync(dataDir, { recursive: true, force: true })),
    () => supervisor.stop(),
  ];
  const endAll = async (): Promise<void> => {
    for (const end of [...endings].reverse()) await end();
  };
  let ending: Promise<void> | undefined;
  // A signal and the measurement that it broke off both want it stopped: neither may end the process before all of it is.
  const stop = (): Promise<void> => (ending ??= endAll());
  try {
    const servers = { dataDir, secrets, supervisor, durable: true };
    const database = await startDatabase(servers);
    const setting: Setting = {
      ...{ dataDir, secrets, namespace: NAMESPACE, taskQueue: QUEUES.ours },
      ...{
        databaseUrl: database.url,
        ownerUrl: database.ownerUrl,
        temporalAddress: '',
        port: 0,
        carrierPort: 0,
        smtpPort: 0,
      },
    };
    const [temporalAddress] = await Promise.all([
      startTemporalServer(servers, programs, database, NAMESPACE),
      migrate(setting),
    ]);
    const bareMarks = join(dataDir, 'bare.jsonl');
    const bare = new Child(bareWorker(dataDir, temporalAddress, bareMarks));
    endings.push(() => bare.stop());
    const stack = await startStack({ ...setting, port: undefined, temporalAddress, env: { ...RECEIPTS, ...env } });
    endings.push(() => stack.stop());
    await bare.ready;
    const connection = await Connection.connect({ address: temporalAddress });
    endings.push(() => connection.close());
    const pool = new pg.Pool({ connectionString: database.url, max: 10 });
    const db = openDb(database.url, 10);
    const http = httpClient(stack);
    endings.push(
      () => pool.end(),
      () => db.$disconnect(),
      () => Promise.resolve(http.close()),
    );
    const client = new Client({ connection, namespace: NAMESPACE });
    return {
      stack,
      http,
      client,
      connection,
      queues: QUEUES,
      db,
      pool,
      ownerUrl: database.ownerUrl,
      secrets,
      dataDir,
      bareMarks,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
