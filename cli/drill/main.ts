/** `npm run drill` (演练). Exit code 0: everybody was told; 1: somebody was not, or it could not be run; 2: wrong options. */
import { join } from 'node:path';
import { ending } from '../command';
import { endDrill, findDrill, openField } from './field';
import { parseDrill } from './options';
import { passed, resultJson, resultText } from './print';
import { drill } from './run';

const USAGE = `npm run drill -- [options]
    reports a case that is marked as a drill, moves its clock, acknowledges nothing, prints who was told when, by which
    channel and in which words, holds it against the policy, and closes the case again
    --type TYPE, --risk RISK          physical_abuse, critical
    --hours N                         how far the clock is moved (3, at most 72)
    --station ID                      the caller's, or else the first
    --url URL, --token TOKEN          SHOUWANG_URL, SHOUWANG_TOKEN, or the sandbox at PORT and its (first) station's supervisor
    --json
    --policies DIR                    those that the system runs on, if not the ones here
    --end CASE                        only ends a drill that was cut short`;

/** POLICIES_DIR, or the policies that come with the program (compiled to dist/cli/drill). */
const policiesDir = (): string => process.env['POLICIES_DIR'] ?? join(__dirname, '../../../policies');

async function work(args: string[], stop: AbortSignal): Promise<number> {
  const options = parseDrill(args, policiesDir());
  const field = await openField(options);
  if (options.end !== undefined) {
    const { id, number } = await findDrill(field, options.end);
    await endDrill(field, id);
    console.log(`演练案件 ${number} 已结案。`);
    return 0;
  }
  const result = await drill(field, options, stop);
  console.log(options.json ? resultJson(result) : resultText(result, field.names));
  return passed(result) ? 0 : 1;
}

/** Runs one command line and gives its exit code. @param stop ends a drill under way early, and closes its case */
export async function run(args: string[], stop: AbortSignal): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args, stop));
}
