/** A form's names and a paper's answers in the reader's words. */
import type { TFunction } from 'i18next';
import type { Form, Item, Row, Value } from '../../../../domain/forms/form';
import type { FormDef } from '../../api/types';
import { dateTime } from '../../lib/time';

/** The form as the rules know it; where its file lies is not the browser's to know. */
export const formFrom = (known: FormDef): Form => ({
  ...known,
  file: known.id,
  sections: known.sections.map((section) => ({
    ...section,
    items: section.items.map((item) => ({ ...item, row: item.row.map((one) => ({ ...one, row: [] })) })),
  })),
});

/** Forms are named in Chinese; another language has its own word for each, or shows that one. */
export const formWord = (t: TFunction, name: string): string => t(`formWords.${name}`, { defaultValue: name });

/** An answer in words; empty where there is none. A list: a line a row. */
export function answerWords(t: TFunction, item: Item, value: Value | undefined): string {
  if (value === undefined) return '';
  const named = (one: unknown): string =>
    formWord(t, item.options.find((option) => option.value === one)?.name ?? String(one));
  switch (item.type) {
    case 'choice':
      return named(value);
    case 'several':
      return (Array.isArray(value) ? value : []).map(named).join(t('list'));
    case 'yes_no':
      return t(value === true ? 'paper.yes' : 'paper.no');
    case 'time':
      return typeof value === 'string' ? dateTime(t, Date.parse(value)) : '';
    case 'list':
      return (Array.isArray(value) ? (value as Row[]) : [])
        .map((row, n) => `${n + 1}. ${rowWords(t, item, row)}`)
        .join('\n');
    default:
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }
}

const rowWords = (t: TFunction, { row: asked }: Item, row: Row): string =>
  asked
    .flatMap((one) => {
      const words = answerWords(t, one, row[one.id]);
      return words === '' ? [] : `${formWord(t, one.name)} ${words}`;
    })
    .join(t('paper.semicolon'));
