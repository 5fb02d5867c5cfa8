import { homedir } from 'node:os';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { configurationWrong } from './failures';

/** What the sandbox is told by environment variables, checked once. */
export interface SandboxConfig {
  /** PORT (3000): where the API listens. */
  port: number;
  /** DATA_DIR (.shouwang/ in the project): everything that must be there at the next start. Absolute. */
  dataDir: string;
  /** TEMPORAL_ADDRESS: a Temporal server to use instead of our own. */
  temporalAddress: string | undefined;
  /** DATABASE_URL: a PostgreSQL database to use instead of our own. */
  databaseUrl: string | undefined;
  /** TEMPORAL_NAMESPACE (shouwang). */
  namespace: string;
  /** TEMPORAL_TASK_QUEUE (shouwang). */
  taskQueue: string;
  /** MIN_FREE_MB (500): less room than this on the disk of DATA_DIR and we do not start. */
  minFreeMb: number;
  /** Where built Temporal servers are kept for all checkouts: $XDG_CACHE_HOME/shouwang or ~/.cache/shouwang. */
  cacheDir: string;
}

/** In a restored folder: whose keys had been destroyed, one a line. */
export const ERASED_FILE = 'erased-subjects';

/** The project's folder: the nearest one above this file that holds package-lock.json (compiled files lie deeper). */
export const PROJECT = ((): string => {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (dirname(folder) === folder) throw new Error(`${__dirname} is not inside the project`);
    folder = dirname(folder);
  }
  return folder;
})();

/** The folder that all checkouts of this user share. */
export function cacheDirOf(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'shouwang');
}

function wholeNumber(env: NodeJS.ProcessEnv, variable: string, fallback: number, least: number, most: number): number {
  const text = env[variable];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw configurationWrong(variable, {
    zh: `应为 ${least} 到 ${most} 之间的整数,当前为“${text}”`,
    en: `must be a whole number from ${least} to ${most}, not "${text}"`,
  });
}

function databaseUrl(env: NodeJS.ProcessEnv): string | undefined {
  const text = env['DATABASE_URL'];
  if (!text) return undefined;
  if (/^postgres(ql)?:\/\/[^/]+\/[^/]+/.test(text) && URL.canParse(text)) return text;
  throw configurationWrong('DATABASE_URL', {
    zh: '应为 postgresql://用户:密码@主机:端口/数据库名 的形式',
    en: 'must look like postgresql://user:password@host:port/database',
  });
}

function temporalAddress(env: NodeJS.ProcessEnv): string | undefined {
  const text = env['TEMPORAL_ADDRESS'];
  if (!text) return undefined;
  if (/^[^\s/:]+:\d{1,5}$/.test(text)) return text;
  throw configurationWrong('TEMPORAL_ADDRESS', {
    zh: `应为 主机:端口 的形式,当前为“${text}”`,
    en: `must look like host:port, not "${text}"`,
  });
}

/** Reads the sandbox's configuration. Throws ConfigurationWrong naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv): SandboxConfig {
  return {
    port: wholeNumber(env, 'PORT', 3000, 1, 65535),
    dataDir: env['DATA_DIR'] ? resolve(env['DATA_DIR']) : join(PROJECT, '.shouwang'),
    temporalAddress: temporalAddress(env),
    databaseUrl: databaseUrl(env),
    namespace: env['TEMPORAL_NAMESPACE'] || 'shouwang',
    taskQueue: env['TEMPORAL_TASK_QUEUE'] || 'shouwang',
    minFreeMb: wholeNumber(env, 'MIN_FREE_MB', 500, 0, 1e12),
    cacheDir: cacheDirOf(env),
  };
}
