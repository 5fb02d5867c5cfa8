/** An S3 server (versitygw), built once a version from the Go module proxy and kept in the user's cache folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { StorageConfig } from '../../runtime/storage-env';
import { cacheDirOf, PROJECT } from '../../sandbox/config';
import { withLock } from '../../sandbox/lock';
import { lastLine, run } from '../../sandbox/parts/run';
import { freePorts } from '../../sandbox/ports';
import { eventually } from './system';

const MODULE = join(PROJECT, 'test/support/s3-server');
const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw';

async function ensureBuilt(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(join(MODULE, 'go.sum')));
  const cacheDir = cacheDirOf(process.env);
  const program = join(cacheDir, `s3-server-${hash.digest('hex').slice(0, 12)}`);
  mkdirSync(cacheDir, { recursive: true });
  await withLock(
    `${program}.lock`,
    async () => {
      if (existsSync(program)) return;
      const aside = `${program}.${process.pid}`;
      const args = ['build', '-p', '2', '-mod=readonly', '-buildvcs=false', '-trimpath', '-o', aside, PACKAGE];
      const { code, output } = await run('go', args, {
        cwd: MODULE,
        env: { ...process.env, GOFLAGS: '', GOWORK: 'off' },
      });
      if (code !== 0) throw new Error(`the S3 server could not be built: ${lastLine(output)}`);
      renameSync(aside, program);
    },
    ({ pid }) => process.stderr.write(`process ${pid} is building the S3 server, waiting\n`),
  );
  return program;
}

export interface S3Server {
  storage: StorageConfig & { kind: 's3' };
  stop(): Promise<void>;
}

const ended = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.once('exit', () => resolve()));

/** A server with one empty bucket. */
export async function startS3(): Promise<S3Server> {
  const program = await ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-s3-'));
  for (const name of ['data', 'meta', 'iam']) mkdirSync(join(folder, name));
  const [port = 0] = await freePorts(1);
  const [accessKeyId, secretAccessKey] = ['test-key', 'test-secret-of-s3'];
  const head = ['--quiet', '--port', `127.0.0.1:${port}`, '--access', accessKeyId, '--secret', secretAccessKey];
  const args = [...head, '--health', '/health', 'posix', '--sidecar', join(folder, 'meta'), join(folder, 'data')];
  const child = spawn(program, args, { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  const ask = (): Promise<boolean> =>
    fetch(`${endpoint}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(ask, (up) => up);
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'files' }));
  client.destroy();
  return {
    storage: { kind: 's3', endpoint, region: 'us-east-1', bucket: 'files', ...credentials, pathStyle: true },
    async stop() {
      const gone = ended(child);
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
