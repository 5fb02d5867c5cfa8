/** Rows of a list → what is to be entered, with what only the station's own rows can tell. */
import { randomUUID } from 'node:crypto';
import { recordProblems } from '../../domain/services/kinds';
import { identityOf } from '../../domain/services/names';
import {
  type CellProblem,
  CHILD_COLUMNS,
  type ChildRow,
  VISIT_COLUMNS,
  type VisitRow,
} from '../../domain/services/sheet';
import { dayOf } from '../../domain/services/term';
import { atBeijingMinute, beijingDate } from '../../domain/zone';
import type { ChildData, Register } from '../../store/services/children';
import type { ServiceEntering } from '../../store/services/records';
import { BACK_MS } from '../schemas/common';

const NOON = 12 * 60;

/**
 * Children with their ids; one that cannot be told from another, or stands there twice, is a problem of its row.
 * @param now milliseconds
 */
export function childrenOf(
  rows: readonly ChildRow[],
  now: number,
): {
  children: { id: string; data: ChildData }[];
  problems: CellProblem[];
} {
  const problems: CellProblem[] = [];
  const seen = new Map<string, number>();
  const today = beijingDate(now);
  const children = rows.map(({ row, values }) => {
    const say = (column: string, message: string): void => void problems.push({ row, column, message });
    if (values.birthDate !== undefined && values.birthDate > today) say(CHILD_COLUMNS.birthDate.name, '不能晚于今天');
    const identity = identityOf(values);
    if (identity === undefined) {
      if (values.name !== undefined)
        say(CHILD_COLUMNS.idNumber.name, '身份证号和出生日期至少填一项，否则无法辨别是否重复');
      return { id: randomUUID(), data: values };
    }
    const before = seen.get(identity);
    if (before !== undefined) say(CHILD_COLUMNS.name.name, `与第${before}行是同一名儿童`);
    seen.set(identity, before ?? row);
    return { id: randomUUID(), data: values };
  });
  return { children, problems };
}

/** Who and what a station has, by the words that its lists use. */
export interface Station {
  stationId: string;
  /** Ids by name and by id; several where two have one name. */
  staff: ReadonlyMap<string, readonly string[]>;
  /** Ids by number. */
  children: ReadonlyMap<string, string>;
}

function staffOf(row: number, names: readonly string[], { staff }: Station, problems: CellProblem[]): string[] {
  return names.flatMap((name) => {
    const [id, ...others] = staff.get(name) ?? [];
    const message = id === undefined ? '不是本站人员' : others.length > 0 ? '有人同名，请填工号' : undefined;
    if (message !== undefined) problems.push({ row, column: VISIT_COLUMNS.staff.name, message });
    return id ?? [];
  });
}

/** Where a fault of the record as a whole is to be mended in the sheet. */
const COLUMN_OF: Record<string, string> = { headCount: VISIT_COLUMNS.headCount.name };

/**
 * Visits with ids that the same row always leads to, the second of two like ones in a file included: a list that is
 * taken over again adds nothing. Without a time of day a visit is taken to have been at noon.
 */
export function visitsOf(
  rows: readonly VisitRow[],
  station: Station,
  register: Register,
  by: { staffId: string; now: number },
): { records: ServiceEntering[]; problems: CellProblem[] } {
  const problems: CellProblem[] = [];
  const times = new Map<string, number>();
  const records = rows.map(({ row, values }): ServiceEntering => {
    const say = (column: string, message: string): void => void problems.push({ row, column, message });
    const at = atBeijingMinute(dayOf(values.date ?? '') ?? 0, values.time ?? NOON);
    if (values.date !== undefined && at > by.now) say(VISIT_COLUMNS.date.name, '不能晚于现在');
    if (values.date !== undefined && at < by.now - BACK_MS) say(VISIT_COLUMNS.date.name, '不能早于400天前');
    const numbers = values.children ?? [];
    const childIds = numbers.flatMap((number) => station.children.get(number) ?? []);
    if (childIds.length < numbers.length) say(VISIT_COLUMNS.children.name, '本站名册中没有这个编号');
    const fields = {
      ...{ kind: values.kind ?? 'visit', at, minutes: values.minutes ?? 0, place: values.place ?? 'home' },
      ...{ title: null, groupId: null, caseId: null, answers: null, satisfied: null, childIds },
      staffIds: staffOf(row, values.staff ?? [], station, problems),
      headCount: values.headCount ?? 0,
    } as const;
    // Whoever wrote a number that nobody has is told of that alone.
    const whole = recordProblems(numbers.length > 0 && childIds.length === 0 ? { ...fields, headCount: 1 } : fields);
    for (const { path } of whole) say(COLUMN_OF[path] ?? path, '儿童编号和其他人数至少填一项');
    const words = ['visit', station.stationId, fields, values.note ?? null];
    const key = JSON.stringify(words);
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    const { stationId } = station;
    const id = register.idOf([...words, time]);
    return { ...fields, id, stationId, staffId: by.staffId, enteredAt: by.now, note: values.note };
  });
  return { records, problems };
}
