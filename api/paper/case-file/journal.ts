/** The journal (案卷日志) in words, as the screens say it: who, what, and what they wrote. Pure but for the words' file. */
import type { Event } from '../../../prisma/generated/client';
import { kindOfStep } from '../../../domain/ids';
import { wordFor } from '../screen-words';
import { wholeTime } from '../words';
import type { Pair } from './text';
import { TEXT_FIELDS } from '../../../store/journal';

export interface JournalWords {
  /** Names behind ids of staff and partners. */
  names: ReadonlyMap<string, string>;
  /** Partner of a referral, by the referral's id. */
  partnerOf: ReadonlyMap<string, string>;
  stepName(kind: string): string;
  /** A text from the vault; undefined where it may not be seen or is no longer there. */
  textOf(itemId: string): string | undefined;
}

function valuesOf(data: Record<string, unknown>, { names, partnerOf, stepName }: JournalWords): Record<string, string> {
  const text = (key: string): string => (typeof data[key] === 'string' ? data[key] : '');
  const time = (key: string): string => (typeof data[key] === 'number' ? wholeTime(data[key]) : '');
  const word = (room: string, key: string): string => wordFor(`${room}.${text(key)}`, text(key));
  const partnerId = text('partnerId') || (partnerOf.get(text('referralId')) ?? '');
  const stepId = text('stepId');
  return {
    step: stepId === '' ? '' : stepName(kindOfStep(stepId)),
    due: time('dueAt'),
    until: time('until'),
    from: time('from') || (names.get(text('from')) ?? word('risk', 'from')),
    to: time('to') || (names.get(text('to')) ?? word('risk', 'to')),
    by: time('confirmBy'),
    staff: names.get(text('staffId')) ?? text('staffId'),
    partner: names.get(partnerId) ?? partnerId,
    purpose: word('purpose', 'purpose'),
    outcome: word('outcome', 'outcome'),
    type: word('type', 'type'),
    risk: word('risk', 'risk'),
    trigger: word('trigger', 'trigger'),
    event: word('event', 'event'),
    via: word('via', 'via'),
    code: text('code'),
    number: text('number'),
    link: word('link', 'link'),
    why: word('why', 'why'),
    round: typeof data['round'] === 'number' ? String(data['round']) : '',
    rung: typeof data['rung'] === 'number' ? String(data['rung'] + 1) : '',
  };
}

/** `3 · 2026年11月29日 10:22` beside `王社工：分派给 李社工` and, below it, what was written. */
export function entryPair(event: Event, words: JournalWords): Pair {
  const data = event.data as Record<string, unknown>;
  const said = wordFor(`journal.${event.kind}`, event.kind, valuesOf(data, words));
  const who = event.actorKind === 'system' ? '系统' : (words.names.get(event.actorId) ?? event.actorId);
  const notes = TEXT_FIELDS.flatMap((key) => {
    const id = data[key];
    const text = typeof id === 'string' ? words.textOf(id) : undefined;
    return text === undefined ? [] : [`“${text}”`];
  });
  return [`${event.seq} · ${wholeTime(event.at.getTime())}`, [`${who}：${said}`, ...notes].join('\n')];
}

/** Ids in entries that may be somebody's: who did it, and whom it is about. */
export const idsIn = (events: readonly Event[]): string[] => {
  const said = events.flatMap(({ actorId, data }) => [
    actorId,
    ...Object.entries(data as Record<string, unknown>).flatMap(([key, value]) =>
      typeof value === 'string' && !TEXT_FIELDS.includes(key) ? [value] : [],
    ),
  ]);
  return [...new Set(said)];
};
