/** Working hours (工作时间) in words, and as the form gives them. */
import type { TFunction } from 'i18next';
import type { Partner } from '../../api/types';
import { WEEKDAYS } from '../../lib/month';

export type Hours = NonNullable<Partner['hours']>;

/** Days that follow each other as a span: `周一至周五`. */
function daysWords(t: TFunction, weekdays: readonly number[]): string {
  const at = WEEKDAYS.map((day, place) => (weekdays.includes(day) ? place : -1)).filter((place) => place >= 0);
  const spans: number[][] = [];
  for (const place of at) {
    const last = spans.at(-1);
    if (last && last.at(-1) === place - 1) last.push(place);
    else spans.push([place]);
  }
  const name = (place: number | undefined): string => t(`time.weekdays.${WEEKDAYS[place ?? 0]}`);
  return spans
    .map((span) =>
      span.length > 2
        ? t('partners.span', { from: name(span[0]), to: name(span.at(-1)) })
        : span.map((place) => name(place)).join(t('list')),
    )
    .join(t('list'));
}

export const hoursWords = (t: TFunction, hours: Partner['hours']): string =>
  hours === null
    ? t('partners.always')
    : hours.map(({ weekdays, from, until }) => `${daysWords(t, weekdays)} ${from}–${until}`).join(t('paper.semicolon'));
