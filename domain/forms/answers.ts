/** Do answers fit a form? A draft may lack anything; what is there has to fit all the same. Pure. */
import { type Answers, type Form, type Item, itemsOf, type Value } from './form';

/** Where and what, without the answer itself: it is the child's. */
export interface AnswerProblem {
  path: string;
  message: string;
}

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

const isDay = (value: string): boolean =>
  DAY.test(value) && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);

/** What is wrong with a value that is there; undefined: nothing. */
function misfit(item: Item, value: unknown): string | undefined {
  const named = (one: unknown): boolean => item.options.some((option) => option.value === one);
  switch (item.type) {
    case 'choice':
      return named(value) ? undefined : 'must be one of the options';
    case 'several':
      return Array.isArray(value) && value.every(named) && new Set(value).size === value.length
        ? undefined
        : 'must be a list of options, each once';
    case 'yes_no':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 1e9
        ? undefined
        : 'must be a number';
    case 'date':
      return typeof value === 'string' && isDay(value) ? undefined : 'must be a day such as 2026-03-01';
    case 'time':
      return typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value))
        ? undefined
        : 'must be a time with an offset';
    case 'text':
      return typeof value === 'string' && value.length <= item.most
        ? undefined
        : `must be a text of at most ${item.most} characters`;
    case 'list':
      return Array.isArray(value) && value.length <= item.most
        ? undefined
        : `must be a list of at most ${item.most} rows`;
  }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A made-up name may be anything, a child's too; only what looks like a name of ours is repeated. */
const nameable = (key: string): string => (/^[a-z][a-z0-9_]{0,39}$/.test(key) ? key : '(a name that is not one)');

function check(items: Item[], answers: Record<string, unknown>, whole: boolean, at: string): AnswerProblem[] {
  const known = new Set(items.map(({ id }) => id));
  const strange = Object.keys(answers)
    .filter((key) => !known.has(key))
    .map((key) => ({ path: `${at}${nameable(key)}`, message: 'the form has no such item' }));
  return [
    ...strange,
    ...items.flatMap((item): AnswerProblem[] => {
      const [path, value] = [`${at}${item.id}`, answers[item.id]];
      if (isEmpty(value)) return whole && item.required ? [{ path, message: 'required' }] : [];
      const wrong = misfit(item, value);
      if (wrong !== undefined) return [{ path, message: wrong }];
      if (item.type !== 'list' || !Array.isArray(value)) return [];
      return value.flatMap((row: unknown, n) =>
        isRecord(row)
          ? check(item.row, row, whole, `${path}.${n}.`)
          : [{ path: `${path}.${n}`, message: 'must be a row with its items' }],
      );
    }),
  ];
}

/** @param whole nothing that is required may lack, as at signing */
export const checkAnswers = (form: Form, answers: Record<string, unknown>, whole: boolean): AnswerProblem[] =>
  check(itemsOf(form), answers, whole, 'answers.');

/** Answers that were checked, without what is empty. */
export const tidy = (answers: Record<string, unknown>): Answers =>
  Object.fromEntries(Object.entries(answers).filter((entry): entry is [string, Value] => !isEmpty(entry[1])));
