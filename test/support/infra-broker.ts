import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirOf } from '../../sandbox/config';
import { type Account, readAccounts } from '../../sandbox/data/accounts';
import { LOOPBACK } from '../../sandbox/ports';
import { loadData, migrate } from '../../sandbox/parts/data';
import { accountsFile, type Setting } from '../../sandbox/parts/node-parts';
import { asSuperuser, postgresUrl, SUPERUSER } from '../../sandbox/parts/postgres';
import { loadSecrets } from '../../sandbox/parts/secrets';
import { startDatabase, startTemporalServer } from '../../sandbox/parts/servers';
import { Supervisor } from '../../sandbox/parts/supervisor';
import { ensureTemporalBuilt, type TemporalPrograms } from '../../sandbox/parts/temporal-build';
import type { Progress } from '../../sandbox/progress';
import { bundleInto } from './workflow-bundle';

/** The servers that all suites of one run share; what the broker answers with. */
export interface SharedServers {
  temporalAddress: string;
  namespace: string;
  /** The superuser's connection, which creates a database per suite. */
  adminUrl: string;
  /** The application role's connection, with the template's name as the database. */
  templateUrl: string;
  /** The same for the owner of the tables. */
  ownerUrl: string;
}

/** The template with the made-up field (演示数据) in it, loaded once: passwords are slow on purpose. */
export interface SharedField {
  template: string;
  accounts: Account[];
}

/** Whoever asks for something under its name gets it made once. */
const ASKED = { servers: '/servers', field: '/field', workflows: '/workflows' } as const;
type Asked = (typeof ASKED)[keyof typeof ASKED];

const FIELD = 'shouwang_field';
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const progress: Progress = (what, work) => {
  say(what);
  return work(say);
};

/** Everything that was started, with what is needed to go on from there. */
interface Started {
  answer: SharedServers;
  setting: Setting;
  port: number;
}

/**
 * Starts one PostgreSQL and one Temporal the first time that a suite asks for them: a run of unit tests starts nothing.
 * It lives in Jest's main process, suites ask over HTTP.
 */
export class InfraBroker {
  private readonly made = new Map<Asked, Promise<unknown>>();
  private started: Promise<Started> | undefined;
  private supervisor: Supervisor | undefined;
  private readonly folders: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    // A kept connection may be closed in the moment in which a suite uses it again.
    response.setHeader('connection', 'close');
    this.answer(request.url).then(
      (answer) => response.end(JSON.stringify(answer)),
      (error: Error) => response.writeHead(503).end(`${error.name}: ${error.message}`),
    );
  });

  /** Begins to listen; resolves to the address that suites ask. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, LOOPBACK, () => {
        const address = this.server.address();
        if (typeof address === 'object' && address !== null) resolve(`http://${LOOPBACK}:${address.port}`);
      });
    });
  }

  /** Has the Temporal server there; on a machine's very first run that is a build of minutes. */
  build(): Promise<TemporalPrograms> {
    return ensureTemporalBuilt(cacheDirOf(process.env), progress);
  }

  private async answer(url = ''): Promise<unknown> {
    const make: Record<Asked, () => Promise<unknown>> = {
      [ASKED.servers]: async () => (await this.servers()).answer,
      [ASKED.field]: () => this.makeField(),
      [ASKED.workflows]: async () => ({ codePath: await bundleInto(await this.folder()) }),
    };
    const asked = Object.values(ASKED).find((one) => one === url);
    if (asked === undefined) throw new Error(`nobody makes ${url}`);
    const known = this.made.get(asked) ?? make[asked]();
    this.made.set(asked, known);
    return known;
  }

  private async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'shouwang-test-'));
    this.folders.push(folder);
    return folder;
  }

  private servers(): Promise<Started> {
    return (this.started ??= this.startServers());
  }

  private async startServers(): Promise<Started> {
    const programs = await this.build();
    const dataDir = await this.folder();
    const secrets = loadSecrets(dataDir);
    const supervisor = new Supervisor(dataDir, say);
    this.supervisor = supervisor;
    const options = { dataDir, secrets, supervisor, durable: false };
    const namespace = 'shouwang';
    const database = await startDatabase(options);
    const { port } = database;
    if (port === undefined) throw new Error('the embedded PostgreSQL has no port');
    const setting: Setting = {
      dataDir,
      secrets,
      databaseUrl: database.url,
      ownerUrl: database.ownerUrl,
      temporalAddress: '',
      namespace,
      taskQueue: '',
      port: 0,
      carrierPort: 0,
      smtpPort: 0,
    };
    const [temporalAddress] = await Promise.all([
      startTemporalServer(options, programs, database, namespace),
      migrate(setting),
    ]);
    await this.freeze({ setting, port }, 'shouwang');
    const adminUrl = postgresUrl(port, SUPERUSER, secrets.postgresPassword, 'postgres');
    const answer = { temporalAddress, namespace, adminUrl, templateUrl: database.url, ownerUrl: database.ownerUrl };
    return { answer, setting, port };
  }

  /** Nobody may be connected to a template while it is copied. */
  private async freeze({ setting, port }: Pick<Started, 'setting' | 'port'>, name: string): Promise<void> {
    const freeze = `ALTER DATABASE ${name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`;
    await asSuperuser(port, setting.secrets, (client) => client.query(freeze));
  }

  private async makeField(): Promise<SharedField> {
    const started = await this.servers();
    const { setting, port } = started;
    const owner = new URL(started.answer.ownerUrl).username;
    await asSuperuser(port, setting.secrets, (client) =>
      client.query(`CREATE DATABASE ${FIELD} TEMPLATE shouwang OWNER ${owner}`),
    );
    const dataDir = await this.folder();
    const databaseUrl = Object.assign(new URL(setting.databaseUrl), { pathname: `/${FIELD}` }).href;
    await loadData({ ...setting, dataDir, databaseUrl, port: 1, env: { NODE_ENV: undefined } });
    // Their keys are sealed under each installation's own key.
    await asSuperuser(port, setting.secrets, (client) => client.query('DELETE FROM robots'), FIELD);
    await this.freeze(started, FIELD);
    return { template: FIELD, accounts: readAccounts(accountsFile(dataDir)) };
  }

  /** Ends the servers that were started and removes their folders. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.made.values());
    await this.supervisor?.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }
}
