/** Form files (`policies/forms/*.yaml`) → form, or every problem with its line. */
import { z } from 'zod';
import { RISKS } from '../model';
import { PolicyInvalid, type Problem } from '../policy/invalid';
import { expected, some } from '../policy/expected';
import { type Source, pathText, readAs, readSource } from '../policy/source';
import { type Form, type Item, itemsOf } from './form';

const ID = 'an id of small letters, digits and _';
const id = z.string(expected(ID)).regex(/^[a-z][a-z0-9_]{0,39}$/, ID);
const words = z.string(expected('words')).trim().min(1, 'words').max(200, 'at most 200 characters');
const risk = z.enum(RISKS, expected(`one of ${RISKS.join(', ')}`));
const whole = (least: number, most: number) => {
  const what = `a whole number from ${least} to ${most}`;
  return z.number(expected(what)).int(what).min(least, what).max(most, what);
};

const option = z.strictObject({ value: id, name: words, score: whole(0, 100).optional(), least: risk.optional() });
const options = some(option, 'a list of options');

const TYPES = ['choice', 'several', 'yes_no', 'text', 'number', 'date', 'time'] as const;
const TYPES_EXPECTED = `one of ${TYPES.join(', ')}, list`;
const plain = {
  id,
  name: words,
  hint: words.optional(),
  required: z.boolean(expected('true or false')).default(true),
  options: options.optional(),
  /** Options that several items share, by name. */
  scale: id.optional(),
  most: whole(1, 20_000).optional(),
};
const simpleItem = z.strictObject({ ...plain, type: z.enum(TYPES, expected(TYPES_EXPECTED)).default('choice') });
const item = z.strictObject({
  ...plain,
  type: z.enum([...TYPES, 'list'], expected(TYPES_EXPECTED)).default('choice'),
  row: some(simpleItem, 'a list of items').optional(),
});

const schema = z.strictObject({
  id,
  version: whole(1, 9_999),
  name: words,
  finishes: z.array(id, expected('kinds of steps')).default([]),
  scales: z.record(id, options).default({}),
  sections: some(z.strictObject({ id, name: words, items: some(item, 'a list of items') }), 'a list of sections'),
  levels: z.array(z.strictObject({ risk, from: whole(0, 100) }), expected('a list of levels')).default([]),
  steps: z.strictObject({ list: id, kind: z.enum(['decision', 'task'], expected('decision or task')) }).optional(),
  expires: id.optional(),
});
type FormText = z.output<typeof schema>;
type ItemText = z.output<typeof item>;

const MOST_TEXT = 4_000;
const MOST_ROWS = 50;

function toItem({ scale, options: own, row = [], ...text }: ItemText, scales: FormText['scales']): Item {
  return {
    ...text,
    options: own ?? (scale === undefined ? [] : (scales[scale] ?? [])),
    row: row.map((one) => toItem(one, scales)),
    most: text.most ?? (text.type === 'list' ? MOST_ROWS : MOST_TEXT),
  };
}

type Say = (path: readonly PropertyKey[], expected: string) => void;

function checkItems(
  items: ItemText[],
  scales: FormText['scales'],
  at: PropertyKey[],
  taken: Set<string>,
  say: Say,
): void {
  for (const [n, one] of items.entries()) {
    const path = [...at, n];
    if (taken.has(one.id)) say([...path, 'id'], `an id of its own: ${one.id} is there already`);
    taken.add(one.id);
    const optioned = one.type === 'choice' || one.type === 'several';
    if (one.scale !== undefined && !(one.scale in scales)) say([...path, 'scale'], 'the name of a scale of this form');
    if (optioned !== (one.options !== undefined || one.scale !== undefined)) {
      say([...path, 'id'], optioned ? 'options or a scale' : `no options for ${one.type}`);
    }
    const values = (one.options ?? []).map(({ value }) => value);
    if (new Set(values).size < values.length) say([...path, 'options'], 'each value once');
    if ((one.type === 'list') !== (one.row !== undefined)) say([...path, 'id'], 'row for a list, and for a list alone');
    if (one.row) checkItems(one.row, scales, [...path, 'row'], new Set(), say);
  }
}

/** What no shape can say: names that have to be there, levels that have to fall. */
function checkForm(text: FormText, form: Form, say: Say): void {
  const taken = new Set<string>();
  for (const [n, { items }] of text.sections.entries()) {
    checkItems(items, text.scales, ['sections', n, 'items'], taken, say);
  }
  const all = itemsOf(form);
  const order = text.levels.map(({ risk: level }) => RISKS.indexOf(level));
  for (const [n, { from }] of text.levels.entries()) {
    const before = text.levels[n - 1];
    if (before && (before.from <= from || (order[n - 1] ?? 0) >= (order[n] ?? 0))) {
      say(['levels', n, 'from'], 'levels from the worst to the mildest, each from less than the one before');
    }
  }
  if (text.levels.length > 0 && text.levels.at(-1)?.from !== 0) say(['levels'], 'a last level from 0');
  const scored = all.some((one) => one.options.some(({ score }) => score !== undefined));
  if (scored !== text.levels.length > 0) say(['levels'], 'levels where answers count, and nowhere else');
  const { steps, expires } = text;
  if (steps) {
    const list = all.find((one) => one.id === steps.list && one.type === 'list');
    const has = (name: string, type: string) =>
      list?.row.some((one) => one.id === name && one.type === type && one.required);
    if (!has('what', 'text') || !has('due', 'date')) {
      say(['steps', 'list'], 'a list with the required items what (text) and due (date)');
    }
  }
  if (expires !== undefined && !all.some((one) => one.id === expires && one.type === 'date')) {
    say(['expires'], 'the id of an item of type date');
  }
}

/**
 * Reads one form.
 * @throws PolicyInvalid naming file, line and what was expected, for every problem
 */
export function parseForm(text: string, file: string): Form {
  const problems: Problem[] = [];
  const source: Source = readSource(text, file, problems);
  const read = problems.length > 0 ? undefined : readAs(schema, source, problems);
  if (!read) throw new PolicyInvalid(problems);
  const { scales, sections, ...rest } = read;
  const form: Form = {
    ...rest,
    sections: sections.map(({ items, ...section }) => ({ ...section, items: items.map((one) => toItem(one, scales)) })),
    file,
  };
  checkForm(read, form, (path, what) =>
    problems.push({ file, line: source.lineOf(path), path: pathText(path), expected: what }),
  );
  if (problems.length > 0) throw new PolicyInvalid(problems);
  return form;
}
