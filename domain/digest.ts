/** The day's digest (每日提要): what is late, due today and due this week, for one supervisor. Pure; times in milliseconds. */
import { RISKS, type Risk, type RungRole } from './model';
import { beijing, beijingDay, formatBeijing } from './zone';
import { RISK_WORDS } from './risk-words';

export interface DigestItem {
  caseId?: string;
  /** The case's number. */
  number: string;
  /** Kind of the step. */
  kind: string;
  risk: Risk;
  dueAt: number;
  /** The case's clock is ahead of the wall by so much. */
  aheadMs: number;
}

/** What is wrong with the roster (值班表) in the days to come. */
export interface RosterWarning {
  kind: 'gap' | 'no_phone' | 'unverified';
  stationId: string;
  role?: RungRole;
  staffId?: string;
  from?: number;
  until?: number;
}

/** Names that a digest is written with. */
export interface DigestNames {
  step(kind: string): string;
  station(id: string): string;
}

/** Values of the text `digest`; `sms` false: there is nothing due that would be worth a text. */
export interface Digest {
  overdue: string;
  today: string;
  week: string;
  list: string;
  sms: boolean;
}

export type DueWhen = 'overdue' | 'today' | 'week';

const ROLE_WORDS: Record<string, string> = { worker: '承办人', supervisor: '督导', duty_officer: '民政值班' };
const WHEN_WORDS: Record<DueWhen, string> = { overdue: '已逾期', today: '今天到期', week: '本周内到期' };
const WHENS: readonly DueWhen[] = ['overdue', 'today', 'week'];
/** Numbers of cases named for one step and risk; more are counted. */
const MOST_NUMBERS = 20;
const MOST_WARNINGS = 20;
const DAYS = 7;

/** In which part of the digest a step stands; undefined: not this week. The week ends on Sunday, by Beijing's days. */
export function dueWhen({ dueAt, aheadMs }: Pick<DigestItem, 'dueAt' | 'aheadMs'>, at: number): DueWhen | undefined {
  const now = at + aheadMs;
  if (dueAt <= now) return 'overdue';
  const today = beijingDay(now);
  const due = beijingDay(dueAt);
  if (due === today) return 'today';
  const leftOfWeek = (DAYS - beijing(now).weekday) % DAYS;
  return due <= today + leftOfWeek ? 'week' : undefined;
}

/** The digest at a moment; undefined: there is nothing to say. */
export function digest(
  items: DigestItem[],
  warnings: RosterWarning[],
  at: number,
  names: DigestNames,
): Digest | undefined {
  const parts: Record<DueWhen, DigestItem[]> = { overdue: [], today: [], week: [] };
  for (const item of items) {
    const when = dueWhen(item, at);
    if (when) parts[when].push(item);
  }
  const due = WHENS.some((when) => parts[when].length > 0);
  if (!due && warnings.length === 0) return undefined;
  const sections = WHENS.filter((when) => parts[when].length > 0).map((when) => section(when, parts[when], names));
  if (warnings.length > 0) sections.push(rosterSection(warnings, names));
  return {
    overdue: count(parts.overdue),
    today: count(parts.today),
    week: count(parts.week),
    list: sections.join('\n\n'),
    sms: due,
  };
}

/** Fits a variable of the carrier's templates. */
const count = (items: unknown[]): string => String(Math.min(items.length, 9_999));

function section(when: DueWhen, items: DigestItem[], names: DigestNames): string {
  const groups = new Map<string, DigestItem[]>();
  for (const item of items) {
    const key = `${item.risk} ${item.kind}`;
    const own = groups.get(key);
    if (own) own.push(item);
    else groups.set(key, [item]);
  }
  const lines = [...groups.values()].map((own) => {
    const sorted = own.toSorted((a, b) => a.dueAt - b.dueAt || (a.number < b.number ? -1 : 1));
    return { own: sorted, risk: RISKS.indexOf(own[0]?.risk ?? 'low'), first: sorted[0]?.dueAt ?? 0 };
  });
  // Worst risk first, and of one risk what is due soonest.
  lines.sort((a, b) => a.risk - b.risk || a.first - b.first);
  return [`${WHEN_WORDS[when]}（${items.length}项）`, ...lines.flatMap(({ own }) => line(own, names))].join('\n');
}

/** One step at one risk: items in the order of their deadlines. */
function line(items: DigestItem[], names: DigestNames): string[] {
  const [first] = items;
  if (!first) return [];
  const numbers = items.slice(0, MOST_NUMBERS).map((item) => item.number);
  const named = numbers.join('、') + (items.length > MOST_NUMBERS ? `等${items.length}项` : '');
  return [`　${names.step(first.kind)}（${RISK_WORDS[first.risk]}）${items.length}项：${named}`];
}

/** No names of people: who is meant stands on the roster. */
function rosterSection(warnings: RosterWarning[], names: DigestNames): string {
  const gaps = warnings.filter((one) => one.kind === 'gap').sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const gapLines = gaps.slice(0, MOST_WARNINGS).map(({ stationId, role = '', from, until }) => {
    const span = [from, until].map((ms) => (ms === undefined ? '' : formatBeijing(ms))).join('至');
    return `　${names.station(stationId)}：${ROLE_WORDS[role] ?? role}无人值班，${span}`;
  });
  const people = (kind: RosterWarning['kind'], what: string): string[] => {
    const stations = [...new Set(warnings.filter((one) => one.kind === kind).map((one) => one.stationId))].sort();
    return stations.map((stationId) => {
      const n = warnings.filter((one) => one.kind === kind && one.stationId === stationId).length;
      return `　${names.station(stationId)}：${n}人${what}`;
    });
  };
  const more = gaps.length > MOST_WARNINGS ? [`　另有${gaps.length - MOST_WARNINGS}处空班`] : [];
  return [
    '值班表需要处理',
    ...gapLines,
    ...more,
    ...people('no_phone', '没有登记手机号'),
    ...people('unverified', '的手机号尚未核实'),
  ].join('\n');
}
