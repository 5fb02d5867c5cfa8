/** How every command ends: 0 all is well, 1 something is wrong and was said, 2 wrong options. */
import { parseArgs } from 'node:util';
import { PolicyInvalid } from '../domain/policy';
import { PolicyUnknown } from '../store/policies';
import { CliFailure } from './client';
import { OptionsWrong } from './policy/options';

export interface Given {
  words: string[];
  /** The values of options that take one. */
  values: Record<string, string | undefined>;
  flags: ReadonlySet<string>;
}

/**
 * @param takes names of the options that take a value, and of those that do not
 * @throws OptionsWrong
 */
export function readOptions(args: string[], takes: { values: readonly string[]; flags: readonly string[] }): Given {
  const options = {
    ...Object.fromEntries(takes.values.map((name) => [name, { type: 'string' as const }])),
    ...Object.fromEntries(takes.flags.map((name) => [name, { type: 'boolean' as const }])),
  };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const said = Object.entries(values);
    return {
      words: positionals,
      values: Object.fromEntries(said.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
      flags: new Set(said.flatMap(([name, value]) => (value === true ? [name] : []))),
    };
  } catch (error) {
    throw new OptionsWrong([error instanceof Error ? error.message : String(error)]);
  }
}

/**
 * Says on stderr what the user can mend.
 * @returns the exit code
 * @throws the failure itself where it is a defect of ours
 */
export function sayFailure(usage: string, error: unknown): number {
  if (error instanceof OptionsWrong) {
    console.error(`${error.problems.map((problem) => `✗ ${problem}`).join('\n')}\n\n${usage}`);
    return 2;
  }
  if (error instanceof CliFailure || error instanceof PolicyInvalid || error instanceof PolicyUnknown) {
    console.error(error.message.replace(/^/gm, '✗ '));
    return 1;
  }
  throw error;
}

/** Runs a command that asks a running system. @returns the exit code */
export const ending = (usage: string, work: () => Promise<number>): Promise<number> =>
  work().catch((error: unknown) => sayFailure(usage, error));
