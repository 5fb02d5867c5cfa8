import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { banner, readAccounts } from './banner';
import { readConfig, type SandboxConfig } from './config';
import { asStartFailure, dataFolderBusy, dataFolderNotWritable, diskAlmostFull, type StartFailure } from './failures';
import { tryLock, type Lock } from './lock';
import { prepareData } from './parts/data';
import { watchDisk } from './parts/disk-watch';
import { accountsFile, nodePart, type Setting } from './parts/node-parts';
import { loadSecrets } from './parts/secrets';
import { givenDatabase, reachDatabase, reachTemporal, startDatabase, startTemporalServer } from './parts/servers';
import { Supervisor } from './parts/supervisor';
import { ensureTemporalBuilt, type TemporalPrograms } from './parts/temporal-build';
import { claimPort, LOOPBACK, rememberedPorts } from './ports';
import type { Progress } from './progress';

/** npm and the terminal may both hand on one Ctrl-C: a second signal within this time is the same one. */
const SAME_SIGNAL_MS = 1_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Makes DATA_DIR and checks that there is room and right to write. Throws DiskAlmostFull, DataFolderNotWritable, DiskFull. */
function openDataFolder({ dataDir, minFreeMb }: SandboxConfig): void {
  try {
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    writeFileSync(join(dataDir, '.writable'), '\n');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code ?? '')) {
      throw dataFolderNotWritable(dataDir, error);
    }
    throw error;
  }
  const { bavail, bsize } = statfsSync(dataDir);
  const freeMb = Math.floor((bavail * bsize) / 1_048_576);
  if (freeMb < minFreeMb) throw diskAlmostFull(dataDir, freeMb, minFreeMb);
}

function lockDataFolder(dataDir: string): Lock {
  const lock = tryLock(join(dataDir, 'supervisor.lock'));
  if ('release' in lock) return lock;
  throw dataFolderBusy(dataDir, lock.pid);
}

/** Servers that were given are asked first: nothing is started when one of them does not answer. */
async function reachGivenServers(config: SandboxConfig): Promise<void> {
  await Promise.all([
    config.databaseUrl === undefined ? undefined : reachDatabase(config.databaseUrl),
    config.temporalAddress === undefined ? undefined : reachTemporal(config.temporalAddress, config.namespace),
  ]);
}

/** Starts every part, each as soon as what it leans on is there. `programs` is given when Temporal is ours. */
async function startParts(
  config: SandboxConfig,
  supervisor: Supervisor,
  programs: TemporalPrograms | undefined,
): Promise<void> {
  const { dataDir, namespace, taskQueue, port } = config;
  const secrets = loadSecrets(dataDir);
  const servers = { dataDir, secrets, supervisor, durable: true };
  const ports = await rememberedPorts(join(dataDir, 'carrier-ports.json'), ['carrier', 'smtp']);
  const database = config.databaseUrl ? givenDatabase(config.databaseUrl) : await startDatabase(servers);
  const setting: Setting = {
    ...{ dataDir, secrets, namespace, taskQueue, port, carrierPort: ports.carrier, smtpPort: ports.smtp },
    databaseUrl: database.url,
    ...(database.port !== undefined && { ownerUrl: database.ownerUrl }),
    temporalAddress: config.temporalAddress ?? '',
  };
  const startTemporal = async (): Promise<void> => {
    if (programs === undefined) return;
    setting.temporalAddress = await startTemporalServer(servers, programs, database, namespace);
  };
  await Promise.all([startTemporal(), prepareData(setting), supervisor.start(nodePart('carrier', setting))]);
  await Promise.all([supervisor.start(nodePart('worker', setting)), supervisor.start(nodePart('api', setting))]);
}

/** Stops everything in order at the first signal and ends with 0; at a second one kills what is left and ends with 1. */
function stopOnSignals(stop: () => Promise<void>, kill: () => void): { stopping(): boolean } {
  let first: number | undefined;
  const onSignal = (): void => {
    if (first === undefined) {
      first = Date.now();
      print('\n正在停止… · stopping …');
      void stop().then(() => {
        print('已停止,数据已保存 · stopped, the data are kept');
        process.exit(0);
      });
    } else if (Date.now() - first > SAME_SIGNAL_MS) {
      print('强制停止 · forced');
      kill();
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return { stopping: () => first !== undefined };
}

function fail(failure: StartFailure): never {
  process.stderr.write(`✗ ${failure.name}: ${failure.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  process.exit(1);
}

/** Runs the sandbox until a signal. Ends the process: 0 after a clean stop, 1 when it cannot start (one line says why). */
export async function main(progress: Progress): Promise<void> {
  const since = Date.now();
  let folder = process.env['DATA_DIR'] ?? '.shouwang';
  let supervisor: Supervisor | undefined;
  let lock: Lock | undefined;
  const stop = async (): Promise<void> => {
    await supervisor?.stop();
    lock?.release();
  };
  const signals = stopOnSignals(stop, () => {
    supervisor?.kill();
    lock?.release();
  });
  try {
    const config = readConfig(process.env);
    folder = config.dataDir;
    openDataFolder(config);
    lock = lockDataFolder(config.dataDir);
    supervisor = new Supervisor(config.dataDir, print);
    await supervisor.clearLeftovers();
    await claimPort(config.port, LOOPBACK);
    await reachGivenServers(config);
    const programs = config.temporalAddress ? undefined : await ensureTemporalBuilt(config.cacheDir, progress);
    const running = supervisor;
    await progress('启动各组件 · starting the parts', () => startParts(config, running, programs));
    supervisor.keep();
    watchDisk(config.dataDir, print);
    const file = accountsFile(config.dataDir);
    const url = `http://${LOOPBACK}:${config.port}`;
    print(banner({ url, accounts: readAccounts(file), accountsFile: file, seconds: (Date.now() - since) / 1000 }));
  } catch (error) {
    // Parts that were stopped by a signal while they started have not failed.
    if (signals.stopping()) return;
    await stop();
    fail(asStartFailure(error, folder));
  }
}
