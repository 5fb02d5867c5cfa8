/** Compose's own parser, built once a version from the Go module proxy and kept in the user's cache folder. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirOf, PROJECT } from '../../sandbox/config';
import { withLock } from '../../sandbox/lock';
import { lastLine, run, type Outcome } from '../../sandbox/parts/run';

const MODULE = join(PROJECT, 'test/support/compose-check');
const SOURCES = ['main.go', 'go.mod', 'go.sum'];

async function build(program: string, env: NodeJS.ProcessEnv): Promise<void> {
  const aside = `${program}.${process.pid}`;
  const args = ['build', '-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', '-s -w', '-o', aside, '.'];
  const { code, output, error } = await run('go', args, { cwd: MODULE, env });
  if (error?.code === 'ENOENT') throw new Error('Go is missing: docker-compose.yml cannot be checked without it');
  if (code !== 0) throw new Error(`the Compose checker could not be built: ${lastLine(output)}`);
  renameSync(aside, program);
}

/**
 * The checker's program (cold about 20 seconds).
 * @throws Error saying so when there is no Go, or when it cannot be built
 */
export async function ensureComposeChecker(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const hash = createHash('sha256');
  for (const name of SOURCES) hash.update(readFileSync(join(MODULE, name)));
  const cacheDir = cacheDirOf(env);
  const program = join(cacheDir, `compose-check-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(program)) return program;
  mkdirSync(cacheDir, { recursive: true });
  // The user's own flags (a vendor mode, a workspace) are meant for other modules than this one.
  const goEnv = { ...env, GOFLAGS: '', GOWORK: 'off' };
  await withLock(
    `${program}.lock`,
    async () => {
      if (!existsSync(program)) await build(program, goEnv);
    },
    ({ pid }) => process.stderr.write(`process ${pid} is building the Compose checker, waiting\n`),
  );
  return program;
}

/** Reads docker-compose.yml with these variables and no others. */
export function resolveCompose(program: string, variables: Record<string, string>): Promise<Outcome> {
  return run(program, ['docker-compose.yml'], { cwd: PROJECT, env: variables });
}
