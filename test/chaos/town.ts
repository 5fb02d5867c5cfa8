/** A running product, and hands to use it and to hurt it. What fails meanwhile is tried again, as people do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf } from '../../cli/place';
import type { Ladder } from '../../domain/alert';
import type { PlannedStep } from '../../domain/model';
import { readAccounts, type Account } from '../../sandbox/banner';
import { PROJECT } from '../../sandbox/config';
import { freePorts } from '../../sandbox/ports';
import { loadSecrets } from '../../sandbox/parts/secrets';
import { openDb, type Db } from '../../store/db';
import { takeReport } from '../../store/intake';
import { keyRing } from '../../store/keys';
import { createVault } from '../../store/vault';
import { type SmallDisk, smallDisk } from '../support/small-disk';
import { killAll, processesOf, startProduct, type SupervisedRun } from '../support/supervised';
import { LADDER_MS, ROLES } from './oracle';

export const STATION = 'xinhua';
const PARTS = {
  worker: /worker\/main\.js/,
  api: /sandbox\/api-main\.js/,
  carrier: /carrier\/main\.js/,
  temporal: /temporal-server/,
  postgres: /postgres.* -D /,
} as const;
export type PartName = keyof typeof PARTS;

const LADDER: Ladder = {
  rungs: ROLES.map((to) => ({ to, afterMs: LADDER_MS.after[to], channels: ['sms', 'email'] })),
  repeatMs: LADDER_MS.repeat,
  ackBuysMs: LADDER_MS.ackBuys,
  deliverWithinMs: 8_000,
};
/** In memory: more than a run of an hour writes. */
const DISK_MB = 4_000;
const AGAIN_MS = 400;
const PATIENCE_MS = 240_000;

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export class Town {
  private constructor(
    private readonly run: SupervisedRun,
    readonly dataDir: string,
    readonly url: string,
    readonly accounts: Account[],
    readonly db: Db,
    /** The data folder's own, to be filled; undefined where this user may not mount one. */
    readonly disk: SmallDisk | undefined,
  ) {}

  static async start(): Promise<Town> {
    const disk = smallDisk(DISK_MB);
    if (disk === undefined) process.stderr.write('chaos only root may mount a disk of its own: it is not filled\n');
    const dataDir = disk === undefined ? mkdtempSync(join(tmpdir(), 'shouwang-chaos-')) : join(disk.folder, 'data');
    const [port = 0] = await freePorts(1);
    const run = startProduct({ DATA_DIR: dataDir, PORT: String(port) });
    await run.until('Ctrl-C stops everything');
    const { databaseUrl } = placeOf({ DATA_DIR: dataDir });
    const accounts = readAccounts(join(dataDir, 'accounts.json'));
    return new Town(run, dataDir, `http://127.0.0.1:${port}`, accounts, openDb(databaseUrl, 3), disk);
  }

  async stop(): Promise<void> {
    await this.db.$disconnect();
    for (const part of Object.keys(PARTS) as PartName[]) this.signal(part, 'SIGCONT');
    this.run.process.kill('SIGTERM');
    await this.run.exited;
    if (this.disk) return this.disk.remove();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** @returns whether there was such a process */
  signal(part: PartName, signal: NodeJS.Signals): boolean {
    return killAll(this.dataDir, PARTS[part], signal) > 0;
  }

  /** Starts one more of a running part, with the same configuration and these variables on top; false: none runs now. */
  async another(part: 'worker' | 'api', env: NodeJS.ProcessEnv): Promise<ChildProcess | undefined> {
    const found = processesOf(this.dataDir).find((one) => PARTS[part].test(one.command));
    if (!found) return undefined;
    const [port = 0] = await freePorts(1);
    const [command = '', ...args] = found.command.split(' ');
    const own = Object.fromEntries(environOf(found.pid).map((line) => line.split(/=(.*)/s).slice(0, 2)));
    // It says nothing to whoever keeps the first one.
    const apart = { NODE_CHANNEL_FD: undefined, NODE_CHANNEL_SERIALIZATION_MODE: undefined };
    return spawn(command, args, {
      env: { ...own, ...apart, PORT: String(port), ...env },
      stdio: 'ignore',
      cwd: PROJECT,
    });
  }

  /** Again and again until it works: what a person does whose network fails. @throws the last error after four minutes */
  async persist<T>(work: () => Promise<T>, isGood: (value: T) => boolean = () => true): Promise<T> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      let problem: unknown;
      try {
        const value = await work();
        if (isGood(value)) return value;
        problem = new Error(`not good: ${JSON.stringify(value).slice(-300)}`);
      } catch (error) {
        problem = error;
      }
      if (Date.now() > until) throw problem;
      await sleep(AGAIN_MS);
    }
  }

  async ask(method: string, path: string, body?: object, key?: string): Promise<Answer> {
    const account = this.accounts.find((one) => one.username === `${STATION}_supervisor`);
    const response = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(20_000),
      headers: {
        authorization: `Bearer ${account?.token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  carrier(mode: string): Promise<Answer> {
    return this.persist(
      () => this.ask('POST', '/sandbox/carrier', { mode }),
      ({ status }) => status === 200,
    );
  }

  /** Writes a case down whose only step is due at `dueAt`; the API starts it. The same id again changes nothing. */
  async write(caseId: string, dueAt: number): Promise<void> {
    const at = Date.now();
    const keys = keyRing(loadSecrets(this.dataDir).vaultKey);
    await takeReport(this.db, createVault({ db: this.db, keys }), {
      ...{ caseId, stationId: STATION, policyVersion: 'chaos', at, drill: false },
      facts: { type: 'neglect', risk: 'critical', receivedAt: at, triggers: [], guardianIsSuspect: false },
      ladder: LADDER,
      planned: [stepDue(at, dueAt)],
      actor: { kind: 'staff', id: `${STATION}_supervisor` },
      child: {},
      narrative: '演练混乱测试',
    });
  }
}

/** Empty when it has ended meanwhile. */
function environOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

const stepDue = (startAt: number, dueAt: number): PlannedStep => ({
  ...{ id: 'first_contact', kind: 'first_contact', binds: 'station', start: 'receipt', extendable: true },
  ...{ startAt, dueAt },
  basis: { kind: 'judgement', figure: '演示' },
});
