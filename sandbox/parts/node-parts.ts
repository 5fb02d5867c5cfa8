import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../config';
import { LOOPBACK } from '../ports';
import { pinoReady, type ChildSpec } from './child';
import type { Secrets } from './secrets';

/** The parts of the product that are processes of Node. */
export const NODE_PARTS = ['carrier', 'worker', 'api'] as const;
export type NodePart = (typeof NODE_PARTS)[number];

/** Where compiled programs are: this file's own tree when it is compiled itself, else dist/. */
export const DIST = existsSync(join(PROJECT, 'dist')) ? join(PROJECT, 'dist') : PROJECT;
const PROGRAMS: Record<NodePart, string> = {
  carrier: 'sandbox/carrier/main.js',
  worker: 'worker/main.js',
  api: 'sandbox/api-main.js',
};

/** What all parts of one running sandbox have in common. */
export interface Setting {
  dataDir: string;
  secrets: Secrets;
  databaseUrl: string;
  /** The owner of the tables, for migrations; absent where a server was given: its role is the owner. */
  ownerUrl?: string;
  temporalAddress: string;
  namespace: string;
  taskQueue: string;
  port: number;
  carrierPort: number;
  smtpPort: number;
  /** Variables that win over all others. */
  env?: NodeJS.ProcessEnv;
}

/** Where the made-up sign-ins are written and read. */
export const accountsFile = (dataDir: string): string => join(dataDir, 'accounts.json');
/** Where one part's log is. */
export const logFileOf = (dataDir: string, part: string): string => join(dataDir, 'logs', `${part}.log`);

/**
 * The worker's connections where PostgreSQL runs on the same cores: two for each of them, and no more than its own default.
 * With ten on two cores they stood in one another's way (ADR 38).
 */
const workerConnections = (): number => Math.min(10, Math.max(4, 2 * availableParallelism()));

/** The environment of every part: the same for all, each reads what it needs. */
export function environment(setting: Setting): NodeJS.ProcessEnv {
  const { secrets, dataDir, port, carrierPort } = setting;
  const api = `http://${LOOPBACK}:${port}`;
  const carrier = `${LOOPBACK}:${carrierPort}`;
  return {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(port),
    HOST: LOOPBACK,
    PUBLIC_URL: api,
    DATABASE_URL: setting.databaseUrl,
    TEMPORAL_ADDRESS: setting.temporalAddress,
    TEMPORAL_NAMESPACE: setting.namespace,
    TEMPORAL_TASK_QUEUE: setting.taskQueue,
    VAULT_KEY: secrets.vaultKey,
    AUTH_SECRET: secrets.authSecret,
    TENCENT_SECRET_ID: secrets.tencentSecretId,
    TENCENT_SECRET_KEY: secrets.tencentSecretKey,
    TENCENT_REGION: 'ap-guangzhou',
    TENCENT_PROTOCOL: 'http',
    TENCENT_SMS_ENDPOINT: carrier,
    TENCENT_VMS_ENDPOINT: carrier,
    TENCENT_SMS_APP_ID: secrets.smsAppId,
    TENCENT_VMS_APP_ID: secrets.voiceAppId,
    TENCENT_SMS_SIGN: '守望',
    CARRIER_SECRET: secrets.carrierSecret,
    CARRIER_PORT: String(carrierPort),
    CARRIER_DATA_DIR: join(dataDir, 'carrier'),
    CALLBACK_BASE: api,
    SMTP_PORT: String(setting.smtpPort),
    SMTP_URL: `smtp://${LOOPBACK}:${setting.smtpPort}`,
    MAIL_FROM: '守望 <noreply@shouwang.invalid>',
    WECOM_URL: `http://${carrier}`,
    DINGTALK_URL: `http://${carrier}`,
    VAPID_PUBLIC_KEY: secrets.vapidPublicKey,
    VAPID_PRIVATE_KEY: secrets.vapidPrivateKey,
    VAPID_SUBJECT: 'mailto:push@shouwang.invalid',
    // A push service of one's own on this machine, as the tests have one.
    PUSH_SERVICES: `http://${LOOPBACK}`,
    POLICIES_DIR: join(PROJECT, 'policies'),
    TEXTS_FILE: join(PROJECT, 'policies/texts.yaml'),
    // A moved clock would run into them at once; POST /sandbox/carrier switches them on, at the carrier's too.
    SMS_LIMITS: 'off',
    VOICE_LIMITS: 'off',
    WORKER_DB_CONNECTIONS: process.env['WORKER_DB_CONNECTIONS'] ?? String(workerConnections()),
    SANDBOX: '1',
    SANDBOX_CARRIER_URL: `http://${carrier}`,
    SANDBOX_ACCOUNTS_FILE: accountsFile(dataDir),
    ...setting.env,
  };
}

/** What to run for one of our own parts. */
export function nodePart(name: NodePart, setting: Setting): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', join(DIST, PROGRAMS[name])],
    cwd: PROJECT,
    env: environment(setting),
    ipc: true,
    isReady: pinoReady,
    logFile: logFileOf(setting.dataDir, name),
  };
}
