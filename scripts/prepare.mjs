// From a clean checkout to compiled programs: checks Node, installs, generates, compiles. What is done already is left alone.
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, ROOT } from './compile.mjs';
import { command, endCommands, PrepareFailure } from './command.mjs';
import { progress } from './progress.mjs';
import { readStamp } from './stamp.mjs';

const LEAST_NODE = [20, 19];
/** Room for the packages and the compiled programs, measured (1.1 GB) and rounded up. */
const INSTALL_MB = 1_500;

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  const least = LEAST_NODE.join('.');
  throw new PrepareFailure(
    'NodeTooOld',
    `Node.js 版本过低(${process.versions.node}),请安装 ${least} 或以上`,
    `Node.js ${process.versions.node} is too old, install ${least} or newer`,
  );
}

const packagesIn = (file) => {
  const text = readStamp(join(ROOT, file));
  return text === undefined ? {} : JSON.parse(text).packages;
};

/**
 * Whether node_modules is what package-lock.json asks for, by the list that npm itself leaves there when it is done: an
 * installation that was cut short, or is for an older lock file, is noticed; one made by hand is accepted.
 */
function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const found = packagesIn('node_modules/.package-lock.json');
  const same = (name) =>
    found[name]?.version === wanted[name]?.version && found[name]?.integrity === wanted[name]?.integrity;
  const needed = Object.keys(wanted).filter(
    (name) => name !== '' && !wanted[name].optional && !wanted[name].devOptional,
  );
  return needed.every(same) && Object.keys(found).every(same);
}

async function install() {
  if (isInstalled()) return;
  const { bavail, bsize } = statfsSync(ROOT);
  const freeMb = Math.floor((bavail * bsize) / 1_048_576);
  if (freeMb < INSTALL_MB) {
    throw new PrepareFailure(
      'DiskAlmostFull',
      `磁盘空间不足:${ROOT} 仅剩 ${freeMb} MB,安装需要 ${INSTALL_MB} MB,请清理磁盘`,
      `too little room: ${ROOT} has ${freeMb} MB left, installing needs ${INSTALL_MB} MB; free some space`,
    );
  }
  // The npm that runs us, not another one that happens to be on the PATH.
  const { npm_execpath: npm } = process.env;
  const [program, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // Settings that the outer npm hands on and that would install less than what is needed.
  const DROPPED =
    /^(NODE_ENV|npm_config_(omit|only|production|dry_run|global|location|ignore_scripts|package_lock\w*))$/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !DROPPED.test(name)));
  const failure = new PrepareFailure(
    'InstallFailed',
    '安装依赖失败,原因见上;请检查网络和 npm 设置后重试',
    'installing the packages failed, see above; check the network and the settings of npm, then try again',
  );
  await progress('安装依赖 · installing packages', async () => {
    // `npm ci` refuses to begin where the registry (a mirror, as a rule) lacks the packages of other platforms, which nobody
    // needs here. `npm install` takes the same locked versions and does not mind; what it leaves is compared below.
    const tried = await command(program, [...args, 'ci'], { cwd: ROOT, env, failure, accept: /npm error code EUSAGE/ });
    if (tried.code !== 0) await command(program, [...args, 'install', '--no-save'], { cwd: ROOT, env, failure });
  });
  if (isInstalled()) return;
  throw new PrepareFailure(
    'LockFileOutOfStep',
    'package.json 与 package-lock.json 不一致,请运行 npm install 并提交 package-lock.json',
    'package.json and package-lock.json do not agree; run npm install and commit package-lock.json',
  );
}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Runs `work` while no other process prepares this checkout. */
async function alone(work) {
  const key = createHash('sha256').update(ROOT).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `shouwang-prepare-${key}`);
  const owner = join(folder, 'pid');
  for (let waited = 0; ; waited += 500) {
    try {
      mkdirSync(folder);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const pid = Number(readStamp(owner));
    // A folder without a pid is a process between its two calls; after five seconds it is one that died there.
    if (pid > 0 ? !alive(pid) : waited > 5_000) rmSync(folder, { recursive: true, force: true });
    else await sleep(500);
  }
  try {
    writeFileSync(owner, String(process.pid));
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prepares the project. Throws PrepareFailure. */
export async function prepare() {
  checkNode();
  const onSignal = () => void endCommands().finally(() => process.exit(130));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, onSignal);
  await alone(async () => {
    await install();
    await build();
  });
  for (const signal of signals) process.off(signal, onSignal);
}

/** Prepares, or says in one line why not and ends the process with 1. */
export async function prepareOrExit() {
  try {
    await prepare();
  } catch (error) {
    console.error(error instanceof PrepareFailure ? `✗ ${error.name}: ${error.message}` : error);
    process.exit(1);
  }
}
