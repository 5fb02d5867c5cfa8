// Asks the registry whether a dependency of the product has a known weakness. A registry that is not reachable, or does not
// answer in time, fails nothing: it is said, and skipped.
import { spawn } from 'node:child_process';
import { ROOT } from './compile.mjs';

const MOST_MS = 20_000;
/** From which severity on a finding fails the check. */
const FAILING = ['high', 'critical'];
/** Advisories that were looked at and do not concern us, each with the reason beside it. */
const ACCEPTED = new Set([]);

/** Everything that npm says on stdout; undefined: not in time. */
function audit() {
  return new Promise((resolve) => {
    const child = spawn('npm', ['audit', '--json', '--omit', 'dev', '--audit'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, npm_config_fetch_retries: '0', npm_config_fetch_timeout: String(MOST_MS) },
    });
    let said = '';
    const timer = setTimeout(() => {
      resolve(undefined);
      child.kill('SIGKILL');
    }, MOST_MS);
    child.stdout.on('data', (chunk) => (said += chunk));
    child.once('error', () => resolve(undefined));
    child.once('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

const read = (text) => {
  try {
    return JSON.parse(text ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

/** The advisories that fail the check, from npm's report; undefined where it is none. */
export function weaknesses(report) {
  if (report.error || report.message || typeof report.vulnerabilities !== 'object') return undefined;
  const advisories = Object.values(report.vulnerabilities).flatMap(({ via }) =>
    via.filter((one) => typeof one === 'object'),
  );
  const serious = advisories.filter(({ severity, url }) => FAILING.includes(severity) && !ACCEPTED.has(url));
  return [...new Map(serious.map((one) => [one.url, `${one.name}: ${one.title} ${one.url}`])).values()];
}

/** @returns 'ok', 'skipped', or what is wrong, one line each */
export async function checkDependencies() {
  const found = weaknesses(read(await audit()));
  if (found === undefined) return 'skipped';
  return found.length === 0 ? 'ok' : found;
}
