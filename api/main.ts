import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { longestOf } from '../domain/sign-in';
import { installationKeys } from '../runtime/env';
import { createLogger } from '../runtime/log';
import { repeat } from '../runtime/repeat';
import { couldNotStart, endCleanly } from '../runtime/process';
import { startTracing, traceToTheEnd } from '../runtime/tracing';
import { createChildIndex, SAME_CHILD_INDEX } from '../store/child-index';
import { loadAccessPolicy } from '../store/access-policy';
import { createBlobs } from '../store/blobs/blobs';
import { loadContracts } from '../store/contracts';
import { workingAdmins } from '../store/admins';
import { callerOfUser } from '../store/callers';
import { openDb } from '../store/db';
import { loadForms } from '../store/forms';
import { forgetAnswers } from '../store/idempotency';
import { ringOf } from '../store/keys';
import { createLinks } from '../store/links';
import { phoneOf, sendSignInCode } from '../store/sign-in-codes';
import { tidySignIns } from '../store/sign-in-tidy';
import { loadSignInRules } from '../store/sign-in-rules';
import { loadPolicies } from '../store/policies';
import { loadScreening } from '../store/screening';
import { livePolicies } from '../store/policy-versions';
import { createRegister, REGISTER_INDEX } from '../store/services/children';
import { loadSurvey } from '../store/survey-words';
import { createVault } from '../store/vault';
import { watchChanges } from './access-journal';
import { createApp, type Mount } from './app';
import { createAuth } from './auth/auth';
import { unloaded, watchPolicies } from './policy-watch';
import { watchRecord } from './record-watch';
import { sweepReports } from './report-watch';
import { sweepClues } from './clue-sweep';
import { watchAttachments } from './attachment-watch';
import { createCaseGateway } from './case-gateway';
import { type ApiConfig, readConfig } from './config';
import type { ApiDeps } from './deps';
import { createPackGateway } from './pack-gateway';
import { LiveCases } from './live';
import { ROLES } from './permissions';
import { KEPT_OPEN_MS, REQUEST_MS, UPLOAD_MS } from './patience';
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
/** How often idle connections are closed at the end: each is idle again as soon as its request is answered. */
const IDLE_MS = 100;
const TIDY_MS = 3_600_000;

function wire(config: ApiConfig, log: Logger): ApiDeps {
  const db = openDb(config.databaseUrl);
  const { authSecret: secret, publicUrl, payloadKeys, temporal } = config;
  const keys = installationKeys(config);
  const vault = createVault({ db, keys: ringOf(keys) });
  // A seventh of what one address may ask altogether: passwords are slow on purpose.
  const signInsPerMinute = Math.ceil(config.ratePerMinute / 7);
  const links = createLinks({ db, secret: keys.links });
  const signInRules = loadSignInRules(config.policiesDir, ROLES);
  const sendCode = async (userId: string, code: string): Promise<void> => {
    const person = await callerOfUser(db, userId);
    const phone = person && (await phoneOf(db, person.staffId));
    if (phone) await sendSignInCode(links, db, phone.id, code);
  };
  const longestMs = longestOf(signInRules);
  return {
    config,
    db,
    log,
    vault,
    blobs: createBlobs(config.storage),
    links,
    signInRules,
    policies: livePolicies(db, loadPolicies(config.policiesDir), unloaded(log)),
    contracts: loadContracts(config.policiesDir),
    access: loadAccessPolicy(config.policiesDir),
    survey: loadSurvey(config.policiesDir),
    index: createChildIndex(keys.index(SAME_CHILD_INDEX)),
    screening: loadScreening(config.policiesDir),
    forms: loadForms(config.policiesDir),
    register: createRegister({ vault, secret: keys.index(REGISTER_INDEX) }),
    auth: createAuth({ db, secret, publicUrl, signInsPerMinute, longestMs, sendCode }),
    cases: createCaseGateway({ db, log, temporal, payloadKeys }),
    packs: createPackGateway({ temporal, payloadKeys }),
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
  deps.background.push(...watchRecord(deps), watchPolicies(deps), watchChanges(deps), watchAttachments(deps));
  deps.background.push(sweepClues(deps), ...sweepReports(deps));
  const tidy = async (): Promise<void> => {
    await tidySignIns(deps.db, Date.now());
    await forgetAnswers(deps.db);
  };
  const untidy = (error: unknown): void =>
    deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'what is over stays for now');
  deps.background.push(repeat(TIDY_MS, tidy, untidy));
  const app = createApp(deps, options.mount);
  const server = config.tls ? createTlsServer({ ...config.tls, minVersion: 'TLSv1.2' }, app) : createServer(app);
  // What takes longer, an upload over a slow line, says so itself; everything else is held to REQUEST_MS by `patience`.
  server.requestTimeout = UPLOAD_MS;
  server.headersTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEPT_OPEN_MS;
  const letGo = async (): Promise<void> => {
    await deps.live.stop();
    await Promise.all(deps.background.map((work) => work.stop()));
    await deps.cases.close();
    await deps.packs.close();
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
      // Those that had a request under way are idle once it is answered.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearInterval(idle);
      clearTimeout(timer);
      await letGo();
    },
  };
}

/** A new installation has nobody who could sign in: the log says what to do, and shows no link. */
async function sayWhoIsMissing({ db, log, config }: ApiDeps): Promise<void> {
  if (config.sandbox) return;
  try {
    if ((await workingAdmins(db)).length > 0) return;
    log.warn(
      { failure: 'NoAdministrator' },
      'no administrator can sign in: run npm run setup-link (dist/cli/setup-link)',
    );
  } catch (error) {
    log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'who can sign in is not known yet');
  }
}

/** The API as a process of its own: ends in good order on SIGTERM and SIGINT, and when the process that started it is gone. */
export async function runApi(mount?: Mount): Promise<void> {
  const log = createLogger(process.env['LOG_LEVEL'] ?? 'info', 'api');
  startTracing('api');
  try {
    const api = await startApi(readConfig(process.env), { mount, log });
    endCleanly(log, () => traceToTheEnd(() => api.close()));
    log.info({ port: api.port }, 'ready');
    void sayWhoIsMissing(api.deps);
  } catch (error) {
    couldNotStart(log, error);
  }
}

if (require.main === module) void runApi();
