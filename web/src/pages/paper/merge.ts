/** Two people wrote on one paper (两人同时修改): what differs, and what becomes of it by their choice. Pure. */
import { type Answers, type Item, itemsOf, type Form, type Row, type Value } from '../../../../domain/forms/form';
import { tidy } from '../../../../domain/forms/answers';

export type Side = 'mine' | 'theirs' | 'both';

export interface Difference {
  item: Item;
  mine: Value | undefined;
  theirs: Value | undefined;
  /** Where one of the two alone has changed it since both read it, it is clear which counts; undefined: somebody chooses. */
  clear: 'mine' | 'theirs' | undefined;
  /** Both can stay: texts one below the other, rows one after the other. */
  both: boolean;
}

const word = (value: Value | undefined): string => JSON.stringify(value ?? null);
export const sameAnswers = (a: Answers, b: Answers): boolean => word(sorted(a)) === word(sorted(b));
const sorted = (answers: Answers): Row[] =>
  Object.entries(tidy(answers))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value: word(value) }));

/** @param base what both had read, as far as it is known */
export function differencesOf(form: Form, base: Answers | undefined, mine: Answers, theirs: Answers): Difference[] {
  const [own, other] = [tidy(mine), tidy(theirs)];
  const before = base && tidy(base);
  return itemsOf(form).flatMap((item): Difference[] => {
    const [a, b] = [own[item.id], other[item.id]];
    if (word(a) === word(b)) return [];
    const was = before && word(before[item.id]);
    const clear = was === word(a) ? 'theirs' : was === word(b) ? 'mine' : undefined;
    const both = (item.type === 'text' || item.type === 'list') && a !== undefined && b !== undefined;
    return [{ item, mine: a, theirs: b, clear, both }];
  });
}

/** The rows of both, each once. */
const rowsOfBoth = (a: Row[], b: Row[]): Row[] => [...b, ...a.filter((one) => !b.some((two) => same(one, two)))];
const same = (a: Row, b: Row): boolean => JSON.stringify(a) === JSON.stringify(b);

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

function bothOf({ item, mine, theirs }: Difference): Value | undefined {
  if (item.type === 'list') return rowsOfBoth((mine ?? []) as Row[], (theirs ?? []) as Row[]).slice(0, item.most);
  return `${text(theirs)}\n${text(mine)}`.slice(0, item.most);
}

/** Theirs, with what was chosen otherwise. @param chosen by the items' ids; every difference that is not clear has to be there */
export function settled(theirs: Answers, differences: readonly Difference[], chosen: Record<string, Side>): Answers {
  const answers: Answers = { ...theirs };
  for (const one of differences) {
    const side = chosen[one.item.id] ?? one.clear ?? 'both';
    const value = side === 'mine' ? one.mine : side === 'theirs' ? one.theirs : bothOf(one);
    if (value === undefined) delete answers[one.item.id];
    else answers[one.item.id] = value;
  }
  return answers;
}
