import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../config';
import { diskAlmostFull, diskFull, goMissing, goTooOld, temporalBuildFailed } from '../failures';
import { withLock } from '../lock';
import type { Progress } from '../progress';
import { lastLine, run } from './run';

const MODULE = join(PROJECT, 'sandbox/temporal-server');
const PROGRAMS = {
  'temporal-server': 'go.temporal.io/server/cmd/server',
  'temporal-sql-tool': 'go.temporal.io/server/cmd/tools/sql',
} as const;
/** Room that the build and Go's own caches take, measured: 3 GB in all, rounded up. */
const BUILD_MB = 4_000;

/** Where a built Temporal server and its schema tool are. */
export interface TemporalPrograms {
  server: string;
  sqlTool: string;
}

/** The versions that sandbox/temporal-server/go.mod names. */
function pinned(): { temporal: string; go: string } {
  const text = readFileSync(join(MODULE, 'go.mod'), 'utf8');
  const temporal = text.match(/^\s*go\.temporal\.io\/server v(\S+)/m)?.[1];
  const go = text.match(/^go (\S+)$/m)?.[1];
  if (temporal === undefined || go === undefined) throw new Error(`${MODULE}/go.mod names no version`);
  return { temporal, go };
}

/** Compares versions such as 1.26.8 number by number. */
function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (const [index, wanted] of (theirs ?? []).entries()) {
    const have = ours?.[index] ?? 0;
    if (have !== wanted) return have < wanted;
  }
  return false;
}

/** Throws GoMissing or GoTooOld. Asked inside the module, Go has its chance to fetch a newer toolchain if it may. */
async function checkGo(env: NodeJS.ProcessEnv): Promise<void> {
  const { go } = pinned();
  const { code, output } = await run('go', ['env', 'GOVERSION'], { cwd: MODULE, env });
  const found = output.match(/^go(\d+\.\d+(?:\.\d+)?)/m)?.[1];
  if (found !== undefined && isOlder(found, go)) throw goTooOld(found, go);
  if (code === 0) return;
  // A Go that may not fetch toolchains refuses the module with "go.mod requires go >= 1.26.8 (running go 1.24.1; …)".
  const running = output.match(/running go (\d+\.\d+(?:\.\d+)?)/)?.[1];
  throw running === undefined ? goMissing(go) : goTooOld(running, go);
}

async function build(target: string, cacheDir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { bavail, bsize } = statfsSync(cacheDir);
  const freeMb = Math.floor((bavail * bsize) / 1_048_576);
  if (freeMb < BUILD_MB) throw diskAlmostFull(cacheDir, freeMb, BUILD_MB);
  const aside = `${target}.${process.pid}`;
  const logFile = `${target}.log`;
  try {
    for (const [name, source] of Object.entries(PROGRAMS)) {
      const args = ['build', '-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', '-s -w'];
      const result = await run('go', [...args, '-o', join(aside, name), source], { cwd: MODULE, env, logFile });
      if (result.output.includes('no space left on device')) throw diskFull(cacheDir);
      if (result.code !== 0) throw temporalBuildFailed(logFile, lastLine(result.output));
    }
    renameSync(aside, target);
    rmSync(logFile, { force: true });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * The Temporal server, built from the Go module proxy once a version and kept for all checkouts of this user (cold on two
 * cores: about 5 minutes). Processes that want it at the same time wait for the one that builds.
 * Throws GoMissing, GoTooOld, TemporalBuildFailed, DiskAlmostFull or DiskFull.
 */
export async function ensureTemporalBuilt(cacheDir: string, progress: Progress): Promise<TemporalPrograms> {
  const sums = createHash('sha256').update(readFileSync(join(MODULE, 'go.sum')));
  const key = sums.digest('hex').slice(0, 12);
  const target = join(cacheDir, `temporal-${pinned().temporal}-${key}`);
  const programs = { server: join(target, 'temporal-server'), sqlTool: join(target, 'temporal-sql-tool') };
  if (existsSync(programs.server)) return programs;
  mkdirSync(cacheDir, { recursive: true });
  // The user's own flags (a vendor mode, a workspace) are meant for other modules than this one.
  const env = { ...process.env, GOFLAGS: '', GOWORK: 'off' };
  await checkGo(env);
  const what = `编译 Temporal 服务(仅首次,约 5 分钟)· building the Temporal server (first time only, about 5 minutes)`;
  await progress(what, (say) =>
    withLock(
      `${target}.lock`,
      async () => {
        if (!existsSync(programs.server)) await build(target, cacheDir, env);
      },
      ({ pid }) => say(`进程 ${pid} 正在编译,等待中 · process ${pid} is building it, waiting`),
    ),
  );
  return programs;
}
