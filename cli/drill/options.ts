/** The command line of `npm run drill`. */
import { CASE_TYPES, type CaseType, RISKS, type Risk } from '../../domain/model';
import { HOUR } from '../../domain/zone';
import { addressOf } from '../client';
import { readOptions } from '../command';
import { OptionsWrong } from '../policy/options';

export interface DrillOptions {
  url: string;
  token?: string;
  type: CaseType;
  risk: Risk;
  stationId?: string;
  /** How far the clock is moved, in milliseconds from the receipt. */
  spanMs: number;
  json: boolean;
  policies: string;
  /** Number or id of a drill that was cut short: only end it. */
  end?: string;
}

const VALUES = ['url', 'token', 'type', 'risk', 'station', 'hours', 'policies', 'end'] as const;
const MOST_HOURS = 72;

/** @throws OptionsWrong naming every wrong option */
export function parseDrill(args: string[], policies: string): DrillOptions {
  const { words, values, flags } = readOptions(args, { values: VALUES, flags: ['json'] });
  const problems = words.map((word) => `${word}: an option begins with --`);
  const oneOf = <T extends string>(name: string, names: readonly T[], usual: T): T => {
    const text = values[name];
    const found = text === undefined ? usual : names.find((one) => one === text);
    if (!found) problems.push(`--${name} ${text}: expected one of ${names.join(', ')}`);
    return found ?? usual;
  };
  const type = oneOf('type', CASE_TYPES, 'physical_abuse');
  const risk = oneOf('risk', RISKS, 'critical');
  const hours = Number(values['hours'] ?? 3);
  if (!(hours > 0 && hours <= MOST_HOURS)) {
    problems.push(`--hours ${values['hours']}: expected hours above 0, at most ${MOST_HOURS}`);
  }
  if (problems.length > 0) throw new OptionsWrong(problems);
  return {
    ...{ type, risk, spanMs: hours * HOUR, json: flags.has('json') },
    url: addressOf(values['url']),
    token: values['token'],
    stationId: values['station'],
    policies: values['policies'] ?? policies,
    end: values['end'],
  };
}
