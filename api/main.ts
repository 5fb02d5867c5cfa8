import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { installationKeys } from '../runtime/env';
import { createLogger } from '../runtime/log';
import { couldNotStart, endCleanly } from '../runtime/process';
import { loadAccessPolicy } from '../store/access-policy';
import { createBlobs } from '../store/blobs/blobs';
import { loadContracts } from '../store/contracts';
import { openDb } from '../store/db';
import { loadForms } from '../store/forms';
import { ringOf } from '../store/keys';
import { createLinks } from '../store/links';
import { loadPolicies } from '../store/policies';
import { createRegister, REGISTER_INDEX } from '../store/services/children';
import { createVault } from '../store/vault';
import { watchChanges } from './access-journal';
import { createApp, type Mount } from './app';
import { createAuth } from './auth/auth';
import { watchRecord } from './record-watch';
import { watchAttachments } from './attachment-watch';
import { createCaseGateway } from './case-gateway';
import { type ApiConfig, readConfig } from './config';
import type { ApiDeps } from './deps';
import { LiveCases } from './live';
import { REQUEST_MS, UPLOAD_MS } from './patience';
import { createMetrics } from './metrics';
import { ApiDocs } from './openapi';

export interface RunningApi {
  port: number;
  deps: ApiDeps;
  /** Takes nothing new, finishes what is under way, lets go of everything. */
  close(): Promise<void>;
}

/** Requests under way get this long at the end. */
const DRAIN_MS = 10_000;

function wire(config: ApiConfig, log: Logger): ApiDeps {
  const db = openDb(config.databaseUrl);
  const { authSecret: secret, publicUrl, payloadKeys, temporal } = config;
  const keys = installationKeys(config);
  const vault = createVault({ db, keys: ringOf(keys) });
  // A seventh of what one address may ask altogether: passwords are slow on purpose.
  const signInsPerMinute = Math.ceil(config.ratePerMinute / 7);
  return {
    config,
    db,
    log,
    vault,
    blobs: createBlobs(config.storage),
    forms: loadForms(config.policiesDir),
    links: createLinks({ db, secret: keys.links }),
    policies: loadPolicies(config.policiesDir),
    contracts: loadContracts(config.policiesDir),
    access: loadAccessPolicy(config.policiesDir),
    register: createRegister({ vault, secret: keys.index(REGISTER_INDEX) }),
    auth: createAuth({ db, secret, publicUrl, signInsPerMinute }),
    cases: createCaseGateway({ db, log, temporal, payloadKeys }),
    metrics: createMetrics(),
    docs: new ApiDocs(),
    live: new LiveCases(db, log),
    background: [],
  };
}

/**
 * Starts the API. It listens even while the database or Temporal is away, answers 503 then, and recovers by itself.
 * @throws PolicyInvalid, or the system's error when the port cannot be had (EADDRINUSE, EACCES)
 */
export async function startApi(config: ApiConfig, options: { mount?: Mount; log?: Logger } = {}): Promise<RunningApi> {
  const deps = wire(config, options.log ?? createLogger(config.logLevel, 'api'));
  deps.background.push(...watchRecord(deps), watchChanges(deps), watchAttachments(deps));
  const server = createServer(createApp(deps, options.mount));
  // What takes longer, an upload over a slow line, says so itself; everything else is held to REQUEST_MS by `patience`.
  server.requestTimeout = UPLOAD_MS;
  server.headersTimeout = REQUEST_MS;
  const letGo = async (): Promise<void> => {
    await deps.live.stop();
    await Promise.all(deps.background.map((work) => work.stop()));
    await deps.cases.close();
    await deps.db.$disconnect();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, config.host, resolve);
    });
  } catch (error) {
    await letGo();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    deps,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      deps.live.end();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(timer);
      await letGo();
    },
  };
}

/** The API as a process of its own: ends in good order on SIGTERM and SIGINT, and when the process that started it is gone. */
export async function runApi(mount?: Mount): Promise<void> {
  const log = createLogger(process.env['LOG_LEVEL'] ?? 'info', 'api');
  try {
    const api = await startApi(readConfig(process.env), { mount, log });
    endCleanly(log, () => api.close());
    log.info({ port: api.port }, 'ready');
  } catch (error) {
    couldNotStart(log, error);
  }
}

if (require.main === module) void runApi();
