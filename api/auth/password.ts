/** What a password (密码) must not be: short, breached, common, or made of what everybody knows about its owner. No network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { Problem } from '../problem';
import { Bloom } from './bloom';

export const PASSWORD_LEAST = 10;
export const PASSWORD_MOST = 128;

/** Of 4: fewer than a hundred million guesses are too few. */
const LEAST_SCORE = 3;
/** What of a long one is judged; what comes after can only make it better. */
const JUDGED = 64;
/** Words of this house, and what is common here and stands in no list from elsewhere. */
const HOUSE = [
  ...[
    'shouwang',
    '守望',
    'weibao',
    '未保',
    '未成年人保护',
    'minzheng',
    '民政',
    'gongzuozhan',
    'shegong',
    'dudao',
    'zhiban',
  ],
  ...['woaini', 'woaini1314', '5201314', '1314520', 'wodemima', 'mima', 'admin', 'administrator', 'zhongguo'],
];

let judge: ZxcvbnFactory | undefined;
/** Made when the first password is set: it takes a moment, and most starts need none. */
const judging = (): ZxcvbnFactory =>
  (judge ??= new ZxcvbnFactory({ dictionary: { ...dictionary, house: HOUSE }, graphs: adjacencyGraphs }));

let breached: Bloom | undefined;
const isBreached = (password: string): boolean =>
  (breached ??= new Bloom(readFileSync(join(__dirname, 'breached.bloom')))).has(password.toLowerCase());

/**
 * @param about what the owner is called: user name, name, station
 * @returns why not, in words for a person; undefined: it may be
 */
export function passwordProblem(password: string, about: string[] = []): string | undefined {
  const length = [...password].length;
  if (length < PASSWORD_LEAST) return `at least ${PASSWORD_LEAST} characters`;
  if (length > PASSWORD_MOST) return `at most ${PASSWORD_MOST} characters`;
  if (isBreached(password)) return 'this password is known from a breach: choose another one';
  const { score } = judging().check(
    password.slice(0, JUDGED),
    about.filter((word) => word.length > 1),
  );
  return score < LEAST_SCORE ? 'this password is too common or too easy to guess: choose another one' : undefined;
}

/** @param field where it stands in the body @throws Problem 422 for a password that may not be */
export function demandPassword(password: string, about: string[], field: string): void {
  const message = passwordProblem(password, about);
  if (message === undefined) return;
  const errors = [{ path: field, message }];
  throw new Problem(422, 'PasswordUnfit', 'Fields to correct', `${field}: ${message}`, { errors });
}
