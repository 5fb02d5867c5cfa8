import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePorts, LOOPBACK } from '../../sandbox/ports';
import { killAll, processesOf, startProduct, type SupervisedRun } from '../support/supervised';

const READY = /Ctrl-C stops everything/;
/** A first start in which PostgreSQL and Temporal make their databases; Temporal itself may have to be built. */
const FIRST_START_MS = 900_000;

let dataDir: string;
let port: number;
/** Nobody listens there. */
let silentPort: number;
const runs: SupervisedRun[] = [];

function start(env: NodeJS.ProcessEnv = {}): SupervisedRun {
  const run = startProduct({ DATA_DIR: dataDir, PORT: String(port), ...env });
  runs.push(run);
  return run;
}

/** Expects one line that names the failure and matches, an exit code other than 0, and nothing left running. */
async function expectFailure(run: SupervisedRun, name: string, saying: RegExp): Promise<void> {
  const { code } = await run.exited;
  const lines = run.output().split('\n');
  const told = lines.filter((line) => line.startsWith(`✗ ${name}: `));
  expect(run.output()).toContain(`✗ ${name}: `);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(saying);
  expect(told[0]).toMatch(/[一-龥].* \/ .*[a-z]/);
  expect(code).toBe(1);
  expect(processesOf(dataDir)).toEqual([]);
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'shouwang-start-'));
  [port = 0, silentPort = 0] = await freePorts(2);
});

afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.process.kill('SIGTERM');
    await run.exited;
  }
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a start that cannot succeed says why on one line', () => {
  test('another program has the port', async () => {
    const other = createServer().listen(port, LOOPBACK);
    try {
      await expectFailure(start(), 'PortInUse', new RegExp(`${port}.*PORT=${port + 1} npm start`));
    } finally {
      other.close();
    }
  });

  test('less room than asked for', async () => {
    await expectFailure(start({ MIN_FREE_MB: '1000000000' }), 'DiskAlmostFull', /MB.*DATA_DIR/);
  });

  test('the disk is full', async () => {
    // The kernel's device that answers every write with ENOSPC.
    symlinkSync('/dev/full', join(dataDir, '.writable'));
    await expectFailure(start(), 'DiskFull', /the disk is full/);
  });

  test('the data folder is a file', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    await expectFailure(start({ DATA_DIR: file }), 'DataFolderNotWritable', /DATA_DIR/);
  });

  test('there is no Go to build Temporal with', async () => {
    const empty = join(dataDir, 'bin');
    mkdirSync(empty);
    const run = start({ PATH: empty, XDG_CACHE_HOME: join(dataDir, 'cache') });
    await expectFailure(run, 'GoMissing', /install Go 1\.26\.8.*TEMPORAL_ADDRESS.*docker compose/);
  });

  test('Go is too old to build Temporal with', async () => {
    const bin = join(dataDir, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'go'), '#!/bin/sh\necho go1.21.3\n');
    chmodSync(join(bin, 'go'), 0o755);
    const run = start({
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      XDG_CACHE_HOME: join(dataDir, 'cache'),
    });
    await expectFailure(run, 'GoTooOld', /Go 1\.21\.3 is too old.*TEMPORAL_ADDRESS.*docker compose/);
  });

  test('the keys cannot be read', async () => {
    writeFileSync(join(dataDir, 'secrets.json'), '{"vaultKey": ');
    await expectFailure(start(), 'DataFolderCorrupt', /secrets\.json, cannot be read/);
  });

  test('the keys are gone and the database is there', async () => {
    mkdirSync(join(dataDir, 'postgres'));
    await expectFailure(start(), 'DataFolderCorrupt', /secrets\.json, are missing/);
  });

  test('nobody answers at TEMPORAL_ADDRESS', async () => {
    const run = start({ TEMPORAL_ADDRESS: `${LOOPBACK}:${silentPort}` });
    await expectFailure(run, 'TemporalUnreachable', new RegExp(`${LOOPBACK}:${silentPort}`));
  });

  test('nobody answers at DATABASE_URL, and its password is not shown', async () => {
    const run = start({ DATABASE_URL: `postgresql://someone:hidden@${LOOPBACK}:${silentPort}/shouwang` });
    await expectFailure(run, 'DatabaseUnreachable', new RegExp(`${LOOPBACK}:${silentPort}/shouwang`));
    expect(run.output()).not.toContain('hidden');
  });

  test.each([
    ['PORT', 'three thousand'],
    ['TEMPORAL_ADDRESS', 'http://temporal'],
    ['DATABASE_URL', 'mysql://localhost/x'],
  ])('%s cannot be %s', async (variable, value) => {
    await expectFailure(
      start({ [variable]: value }),
      'ConfigurationWrong',
      new RegExp(`the variable ${variable} must`),
    );
  });
});

test(
  'starts, restarts what dies, stops, starts again, survives its own death, and names a damaged database',
  async () => {
    const first = start();
    await first.until(READY);
    const alive = processesOf(dataDir);
    expect(alive.filter(({ command }) => /temporal-server|postgres -D/.test(command))).not.toHaveLength(0);

    const second = start({ PORT: String(port + 1) });
    await second.exited;
    expect(second.output()).toMatch(new RegExp(`✗ DataFolderBusy: .*${first.process.pid}`));

    expect(killAll(dataDir, /worker\/main\.js/)).toBe(1);
    await first.until('worker is back');

    first.process.kill('SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(processesOf(dataDir)).toEqual([]);

    // How quickly is for `npm run bench` (ready) to say.
    const again = start();
    await again.until(READY);

    again.process.kill('SIGKILL');
    await again.exited;
    const third = start();
    await third.until(READY);
    third.process.kill('SIGINT');
    expect((await third.exited).code).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);

    rmSync(join(dataDir, 'postgres/global/pg_control'));
    await expectFailure(start(), 'DataFolderCorrupt', /PostgreSQL refuses to start.*pg_control/);
    rmSync(join(dataDir, 'postgres/PG_VERSION'));
    await expectFailure(start(), 'DataFolderCorrupt', /PG_VERSION is missing/);
  },
  FIRST_START_MS,
);

test(
  'a signal in the middle of the start ends everything that was begun',
  async () => {
    const run = start();
    await run.until('starting the parts');
    await new Promise((resolve) => setTimeout(resolve, 700));
    run.process.kill('SIGTERM');
    expect((await run.exited).code).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
  },
  FIRST_START_MS,
);
