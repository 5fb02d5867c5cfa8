import { parseArgs } from 'node:util';
import { MEASURES } from './measures';
import type { Effort } from './measure';

export interface Options extends Effort {
  /** Ids of the measurements to run; all when absent. */
  only?: string[];
  /** One line of JSON on stdout instead of the table. */
  json: boolean;
  /** Writes the JSON there as well. */
  out?: string;
}

const IDS = MEASURES.map(({ id }) => id);
const DEFAULT_ROUNDS = 5;
const MOST_ROUNDS = 50;

export const USAGE = `npm run bench -- [options]
  --only NAME      one of ${IDS.join(', ')}; may be given several times
  --rounds N       rounds of each measurement (${DEFAULT_ROUNDS})
  --quick          tiny counts and one round: shows that the measurements work, and keeps no figures
  --long           also 20,000 open cases
  --json           one line of JSON on stdout
  --out FILE       the JSON there too`;

/** The arguments checked; `wrong` says all that is the matter with them. */
export function readOptions(args: string[]): Options | { wrong: string } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        long: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
      },
    });
    const { only, quick, long, json, out } = values;
    const rounds = values.rounds === undefined ? (quick ? 1 : DEFAULT_ROUNDS) : Number(values.rounds);
    const unknown = (only ?? []).filter((id) => !IDS.includes(id));
    const wrong = [
      ...unknown.map((id) => `--only ${id}: there is no such measurement`),
      ...(Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS
        ? []
        : [`--rounds must be a whole number from 1 to ${MOST_ROUNDS}`]),
    ];
    return wrong.length > 0 ? { wrong: wrong.join('\n') } : { only, rounds, quick, long, json, out };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_PARSE_ARGS')) return { wrong: message };
    throw error;
  }
}
