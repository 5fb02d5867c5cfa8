/** A service record as it is entered on a phone (服务记录): sensible beginnings for each kind, and what is still missing. */
import { KIND_RULES, type Place, recordProblems, type ServiceKind } from '../../../../domain/services/kinds';
import type { ServiceBody } from '../../api/types';

export interface RecordForm {
  kind: ServiceKind;
  /** Milliseconds. */
  at: number;
  minutes: number;
  place: Place;
  headCount: number;
  childIds: string[];
  title: string;
  groupId: string;
  answers: number;
  satisfied: number;
  /** Colleagues who did it together with whoever enters it. */
  others: string[];
  note: string;
}

const USUAL: Record<ServiceKind, { minutes: number; place: Place; headCount: number }> = {
  visit: { minutes: 60, place: 'community', headCount: 1 },
  home_visit: { minutes: 60, place: 'home', headCount: 1 },
  counselling: { minutes: 60, place: 'station', headCount: 1 },
  homework_help: { minutes: 90, place: 'station', headCount: 10 },
  daily_care: { minutes: 120, place: 'station', headCount: 10 },
  casework: { minutes: 60, place: 'home', headCount: 0 },
  group_session: { minutes: 90, place: 'station', headCount: 8 },
  community_event: { minutes: 120, place: 'community', headCount: 30 },
  publicity_training: { minutes: 60, place: 'school', headCount: 40 },
  supervision: { minutes: 60, place: 'station', headCount: 0 },
  staff_training: { minutes: 120, place: 'station', headCount: 0 },
  satisfaction: { minutes: 10, place: 'station', headCount: 0 },
};
const LONGEST = 1_440;

/** It has just ended. @param now milliseconds @param groupId the group that met last */
export function begin(kind: ServiceKind, now: number, groupId = ''): RecordForm {
  const { minutes, place, headCount } = USUAL[kind];
  const at = Math.floor((now - minutes * 60_000) / 300_000) * 300_000;
  const empty = { childIds: [], title: '', answers: 0, satisfied: 0, others: [], note: '' };
  return { ...empty, kind, at, minutes, place, headCount, groupId };
}

/** Nobody has put anything in beside the kind: there is nothing to keep. */
export function isUsual(form: RecordForm): boolean {
  const { minutes, place, headCount } = USUAL[form.kind];
  const said = [form.title, form.note].some((text) => text.trim() !== '');
  const counted = form.childIds.length + form.others.length + form.answers + form.satisfied > 0;
  return !said && !counted && form.minutes === minutes && form.place === place && form.headCount === headCount;
}

/** Which fields the kind asks for beside time and place. */
export const asksFor = (kind: ServiceKind) => ({
  children: KIND_RULES[kind].serves === 'known' || KIND_RULES[kind].serves === 'anybody',
  headCount: KIND_RULES[kind].serves === 'anybody',
  title: KIND_RULES[kind].titled,
  group: kind === 'group_session',
  answers: KIND_RULES[kind].serves === 'answers',
});

/** Registered children beside the head count: whoever is named is not counted again. */
export function withChildren(form: RecordForm, childIds: string[]): RecordForm {
  const added = childIds.length - form.childIds.length;
  const headCount = asksFor(form.kind).headCount ? Math.max(0, form.headCount - added) : 0;
  return { ...form, childIds, headCount };
}

/** What the kind asks for beside time and place. */
function factsOf(form: RecordForm) {
  const asks = asksFor(form.kind);
  return {
    childIds: asks.children ? form.childIds : [],
    headCount: asks.headCount ? form.headCount : 0,
    ...(asks.title && { title: form.title.trim() }),
    ...(asks.group && { groupId: form.groupId }),
    ...(asks.answers && { answers: form.answers, satisfied: form.satisfied }),
  };
}

/**
 * What is sent; a field that the kind does not ask for is left out.
 * @param self whoever enters it, where others took part
 */
export function bodyOf(form: RecordForm, self = ''): ServiceBody {
  const { kind, minutes, place, others, note } = form;
  return {
    ...{ kind, minutes, place, at: new Date(form.at).toISOString() },
    ...factsOf(form),
    ...(others.length > 0 && { staffIds: [self, ...others] }),
    ...(note.trim() !== '' && { note: note.trim() }),
  };
}

/** A record that came back, to be put right. @param self whoever entered it */
export function formOf({ kind, at, minutes, place, ...body }: ServiceBody, self: string): RecordForm {
  const { childIds = [], headCount = 0, title, groupId, answers, satisfied, staffIds = [], note = '' } = body;
  return {
    ...{ kind, at: Date.parse(at), minutes, place, childIds, headCount, note },
    ...{ title: title ?? '', groupId: groupId ?? '', answers: answers ?? 0, satisfied: satisfied ?? 0 },
    others: staffIds.filter((id) => id !== self),
  };
}

export type Missing = 'title' | 'groupId' | 'childIds' | 'headCount' | 'answers' | 'satisfied' | 'minutes' | 'at';

/** Fields that are not right yet, by the rules that the station's system keeps. */
export function missing(form: RecordForm, now: number): Missing[] {
  const found = recordProblems({ kind: form.kind, ...factsOf(form) });
  const wholeMinutes = Number.isInteger(form.minutes) && form.minutes >= 1 && form.minutes <= LONGEST;
  return [
    ...new Set([
      ...found.map(({ path }) => path as Missing),
      ...(wholeMinutes ? [] : (['minutes'] as const)),
      ...(Number.isNaN(form.at) || form.at > now ? (['at'] as const) : []),
    ]),
  ];
}
