/** Forms of casework (评估表、方案、记录) as data: what is asked, what an answer counts, which risk the whole suggests. Pure. */
import { RISKS, type Risk } from '../model';

export interface Option {
  value: string;
  name: string;
  /** What it counts; none: nothing. */
  score?: number;
  /** By itself it suggests at least this. */
  least?: Risk;
}

export type ItemType = 'choice' | 'several' | 'yes_no' | 'text' | 'number' | 'date' | 'time' | 'list';

export interface Item {
  id: string;
  name: string;
  type: ItemType;
  required: boolean;
  hint?: string;
  options: Option[];
  /** Of a list: what each row asks. */
  row: Item[];
  /** Characters of a text, or rows of a list, at most. */
  most: number;
}

export interface Section {
  id: string;
  name: string;
  items: Item[];
}

export interface Level {
  risk: Risk;
  /** From this share of the most that the form can count, in percent. */
  from: number;
}

export interface Form {
  id: string;
  version: number;
  name: string;
  /** Kinds of steps (步骤) that signing it may finish, if the signer says so. */
  finishes: string[];
  sections: Section[];
  /** Worst first; empty: the form suggests no risk. */
  levels: Level[];
  /** A list whose rows may become steps with a deadline: its `what` and `due`. */
  steps?: { list: string; kind: 'decision' | 'task' };
  /** A date on which what it records expires (保护令). */
  expires?: string;
  /** Its place, for messages. */
  file: string;
}

export type Value = string | number | boolean | string[] | Row[];
export interface Row {
  [id: string]: string | number | boolean | string[];
}
export type Answers = Record<string, Value>;

export const itemsOf = (form: Form): Item[] => form.sections.flatMap(({ items }) => items);

export interface Suggestion {
  /** What the answers count, and the most that the form can count. */
  score: number;
  most: number;
  /** Of each section that counts. */
  sections: { id: string; score: number; most: number }[];
  /** Undefined: the form suggests none. */
  risk?: Risk;
  /** Items that by themselves ask for at least the suggested risk. */
  alarms: string[];
  /** Items that count and are not answered yet. */
  open: string[];
}

const worse = (a: Risk, b: Risk): Risk => (RISKS.indexOf(a) <= RISKS.indexOf(b) ? a : b);
const mostOf = ({ options }: Item): number => Math.max(0, ...options.map(({ score = 0 }) => score));
const counts = (item: Item): boolean => item.type === 'choice' && item.options.some(({ score }) => score !== undefined);

function chosen(item: Item, value: Value | undefined): Option[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return item.options.filter((option) => values.includes(option.value));
}

/** What the answers count, and which risk they suggest; a person decides (由人决定). */
export function suggest(form: Form, answers: Answers): Suggestion {
  const sections = form.sections.flatMap(({ id, items }) => {
    const scored = items.filter(counts);
    if (scored.length === 0) return [];
    const score = scored.reduce((sum, item) => sum + (chosen(item, answers[item.id])[0]?.score ?? 0), 0);
    return [{ id, score, most: scored.reduce((sum, item) => sum + mostOf(item), 0) }];
  });
  const score = sections.reduce((sum, one) => sum + one.score, 0);
  const most = sections.reduce((sum, one) => sum + one.most, 0);
  const items = itemsOf(form);
  const open = items.filter((item) => counts(item) && answers[item.id] === undefined).map(({ id }) => id);
  const atLeast = items.flatMap((item) =>
    chosen(item, answers[item.id]).flatMap(({ least }) => (least ? [{ id: item.id, least }] : [])),
  );
  const byShare = form.levels.find(({ from }) => most > 0 && (score / most) * 100 >= from)?.risk;
  if (byShare === undefined) return { score, most, sections, alarms: [], open };
  const risk = atLeast.reduce((found, { least }) => worse(found, least), byShare);
  const alarms = atLeast.filter(({ least }) => least === risk).map(({ id }) => id);
  return { score, most, sections, risk, alarms, open };
}
