import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAccounts, type Account } from './banner';
import { Child, type Ending } from './parts/child';
import { loadData } from './parts/data';
import { accountsFile, NODE_PARTS, nodePart, type NodePart, type Setting } from './parts/node-parts';
import { loadSecrets } from './parts/secrets';
import { freePorts, LOOPBACK } from './ports';

/** What a stack is started on. The database is migrated, the namespace registered. */
export interface StackOptions {
  /** Logs, sign-ins, the carrier's records and the keys: a stack started again on it with the same database goes on. */
  dataDir: string;
  databaseUrl: string;
  temporalAddress: string;
  namespace: string;
  taskQueue: string;
  /** The API's port; a free one when none is named. */
  port?: number;
  /** Variables that win over those that the parts would get. */
  env?: NodeJS.ProcessEnv;
}

/** One part of a running stack, for tests that hurt it. */
export interface StackPart {
  readonly pid: number;
  /** Sends a signal; resolves when the process is gone for SIGKILL and SIGTERM, at once for others. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it if it runs, starts it again and resolves when it is ready. */
  restart(): Promise<void>;
  /** All that it has logged, over restarts. */
  logs(): string;
}

/** The product in processes of its own, as npm start runs it, without its servers. */
export interface Stack {
  /** The API's address. */
  url: string;
  /** The carrier double's address (its control API is below /control). */
  carrierUrl: string;
  accounts: Account[];
  part(name: NodePart): StackPart;
  stop(): Promise<void>;
}

const ENDING_SIGNALS = new Set<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT']);

class Part implements StackPart {
  private child: Child;

  constructor(
    private readonly name: NodePart,
    private readonly setting: Setting,
  ) {
    this.child = new Child(nodePart(name, setting));
  }

  get ready(): Promise<unknown> {
    return this.child.ready;
  }

  get pid(): number {
    return this.child.pid;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    if (ENDING_SIGNALS.has(signal)) await this.child.exited;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.child = new Child(nodePart(this.name, this.setting));
    await this.child.ready;
  }

  async stop(): Promise<Ending> {
    // A part that a test has paused cannot end.
    this.child.kill('SIGCONT');
    return this.child.stop();
  }

  logs(): string {
    return this.child.log.read();
  }
}

/** Variables of the test runner that would make the parts behave as in a unit test. */
const RUNNERS_OWN = { NODE_ENV: undefined, JEST_WORKER_ID: undefined, NODE_OPTIONS: undefined };

/**
 * Starts carrier, worker and API from dist/ as black boxes and loads the made-up data. Throws PartFailed, with nothing left
 * running.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, databaseUrl, temporalAddress, namespace, taskQueue, env } = options;
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const onFreePorts = async (): Promise<Setting> => {
    const [carrierPort = 0, smtpPort = 0, freePort = 0] = await freePorts(3);
    return {
      ...{ dataDir, databaseUrl, temporalAddress, namespace, taskQueue, carrierPort, smtpPort },
      port: options.port ?? freePort,
      secrets: loadSecrets(dataDir),
      env: { ...RUNNERS_OWN, ...env },
    };
  };
  if (!existsSync(accountsFile(dataDir))) await loadData(await onFreePorts());
  // Ports that were free before the data were loaded, which takes seconds, may be somebody else's by now.
  const setting = await onFreePorts();
  const parts = new Map(NODE_PARTS.map((name) => [name, new Part(name, setting)]));
  const stop = async (): Promise<void> => {
    for (const name of [...NODE_PARTS].reverse()) await parts.get(name)?.stop();
  };
  try {
    await Promise.all([...parts.values()].map((part) => part.ready));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://${LOOPBACK}:${setting.port}`,
    carrierUrl: `http://${LOOPBACK}:${setting.carrierPort}`,
    accounts: readAccounts(accountsFile(dataDir)),
    part: (name) => {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`no part named ${name}`);
      return part;
    },
    stop,
  };
}
