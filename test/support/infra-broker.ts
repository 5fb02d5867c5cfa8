import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirOf } from '../../sandbox/config';
import { LOOPBACK } from '../../sandbox/ports';
import { migrate } from '../../sandbox/parts/data';
import type { Setting } from '../../sandbox/parts/node-parts';
import { asSuperuser, postgresUrl, SUPERUSER } from '../../sandbox/parts/postgres';
import { loadSecrets } from '../../sandbox/parts/secrets';
import { startDatabase, startTemporalServer } from '../../sandbox/parts/servers';
import { Supervisor } from '../../sandbox/parts/supervisor';
import { ensureTemporalBuilt, type TemporalPrograms } from '../../sandbox/parts/temporal-build';
import type { Progress } from '../../sandbox/progress';

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

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const progress: Progress = (what, work) => {
  say(what);
  return work(say);
};

/**
 * Starts one PostgreSQL and one Temporal the first time that a suite asks for them: a run of unit tests starts nothing.
 * It lives in Jest's main process, suites ask over HTTP.
 */
export class InfraBroker {
  private servers: Promise<SharedServers> | undefined;
  private supervisor: Supervisor | undefined;
  private dataDir: string | undefined;
  private readonly server: Server = createServer((_request, response) => {
    // A kept connection may be closed in the moment in which a suite uses it again.
    response.setHeader('connection', 'close');
    this.servers ??= this.startServers();
    this.servers.then(
      (servers) => response.end(JSON.stringify(servers)),
      (error: Error) => response.writeHead(503).end(`${error.name}: ${error.message}`),
    );
  });

  /** Begins to listen; resolves to the address that suites ask. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, LOOPBACK, () => {
        const address = this.server.address();
        if (typeof address === 'object' && address !== null) resolve(`http://${LOOPBACK}:${address.port}/`);
      });
    });
  }

  /** Has the Temporal server there; on a machine's very first run that is a build of minutes. */
  build(): Promise<TemporalPrograms> {
    return ensureTemporalBuilt(cacheDirOf(process.env), progress);
  }

  private async startServers(): Promise<SharedServers> {
    const programs = await this.build();
    const dataDir = await mkdtemp(join(tmpdir(), 'shouwang-test-'));
    this.dataDir = dataDir;
    const secrets = loadSecrets(dataDir);
    const supervisor = new Supervisor(dataDir, say);
    this.supervisor = supervisor;
    const options = { dataDir, secrets, supervisor, durable: false };
    const namespace = 'shouwang';
    const database = await startDatabase(options);
    if (database.port === undefined) throw new Error('the embedded PostgreSQL has no port');
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
    // Nobody may be connected to a template while it is copied.
    await asSuperuser(database.port, secrets, (client) =>
      client.query('ALTER DATABASE shouwang WITH IS_TEMPLATE true ALLOW_CONNECTIONS false'),
    );
    const adminUrl = postgresUrl(database.port, SUPERUSER, secrets.postgresPassword, 'postgres');
    return { temporalAddress, namespace, adminUrl, templateUrl: database.url, ownerUrl: database.ownerUrl };
  }

  /** Ends the servers that were started and removes their folder. */
  async stop(): Promise<void> {
    await this.servers?.catch((error: Error) => say(error.message));
    await this.supervisor?.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    if (this.dataDir !== undefined) await rm(this.dataDir, { recursive: true, force: true });
  }
}
