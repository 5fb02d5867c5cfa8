/** `npm run policy -- check FILE… | table | simulate … | explain CASE`. Exit code 1: something is wrong, and it was said; 2: wrong options. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPolicy } from '../../store/policies';
import { ending, sayFailure } from '../command';
import { checkAll } from './check';
import { runExplain } from './explain-command';
import { OptionsWrong, parseSimulate } from './options';
import { asHtml, asSvg } from './picture';
import { asJson, asText } from './print';
import { simulate } from './simulate';
import { asTable } from './table';

const USAGE = `npm run policy -- check FILE…
    checks base files, types' files, contracts or folders of policies; names file, line and what was expected
npm run policy -- table
    prints the rules in force as a Markdown table
npm run policy -- simulate --type TYPE [options]
    prints what a case would have ahead of it: what, when, whom, why
    --risk critical|high|medium|low   the type's usual level otherwise; raised to the type's least
    --received TIME, --occurred TIME  such as 2026-09-30T22:10+08:00; received: now
    --trigger NAME[@TIME]             a trigger known, from the receipt or later; may be given again
    --guardian-is-suspect, --under-six
    --hours N                         follows reminders and alerts for so long (72)
    --json, --html FILE, --svg FILE
    --policies DIR                    other policies than those in force
npm run policy -- explain CASE [options]
    says for one case (number such as A0123, or id) why each deadline is what it is
    --url URL, --token TOKEN          SHOUWANG_URL, SHOUWANG_TOKEN, or the sandbox at PORT and one of its sign-ins
    --json
    --policies DIR`;

/** The policies in force: POLICIES_DIR, or those that come with the program (compiled to dist/cli/policy). */
const policiesDir = (): string => process.env.POLICIES_DIR ?? join(__dirname, '../../../policies');

function runCheck(paths: string[]): number {
  if (paths.length === 0) throw new OptionsWrong(['check: a file is missing']);
  const wrong = paths.filter((path) => path.startsWith('-')).map((path) => `${path}: check takes no options`);
  if (wrong.length > 0) throw new OptionsWrong(wrong);
  const { lines, ok } = checkAll(paths, policiesDir());
  console.log(lines.join('\n'));
  return ok ? 0 : 1;
}

function write(option: string, file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new OptionsWrong([`${option} ${file}: cannot be written (${String(error)})`]);
  }
}

function runSimulate(args: string[]): number {
  const options = parseSimulate(args, policiesDir(), Date.now());
  const simulation = simulate(loadPolicy(options.policies), options);
  if (options.svg) write('--svg', options.svg, asSvg(simulation));
  if (options.html) write('--html', options.html, asHtml(simulation));
  console.log(options.json ? asJson(simulation) : asText(simulation));
  return 0;
}

/**
 * Runs one command line and gives its exit code, later where a running system is asked; every failure that the user can
 * mend is said on stderr.
 */
export function run(args: string[]): number | Promise<number> {
  const [command, ...rest] = args;
  try {
    if (command === 'check') return runCheck(rest);
    if (command === 'simulate') return runSimulate(rest);
    if (command === 'explain') return ending(USAGE, () => runExplain(rest, policiesDir()));
    if (command === 'table' && rest.length === 0) {
      console.log(asTable(loadPolicy(policiesDir())));
      return 0;
    }
    if (command === 'help' || command === '--help') {
      console.log(USAGE);
      return 0;
    }
    throw new OptionsWrong([command === undefined ? 'a command is missing' : `${command}: no such command`]);
  } catch (error) {
    return sayFailure(USAGE, error);
  }
}
