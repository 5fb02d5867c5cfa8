/** What went wrong, in the reader's words. */
import type { TFunction } from 'i18next';
import { NoSignal, Refused } from '../api/client';

export function messageOf(t: TFunction, error: unknown): string {
  if (error instanceof NoSignal) return t('problem.noSignal');
  if (!(error instanceof Refused)) return t('problem.unexpected');
  const { status, type, retryAfter, errors } = error;
  const known = t([`problem.type.${type}`, `problem.status.${status}`, 'problem.unexpected'], {
    seconds: retryAfter ?? 60,
  });
  const fields = errors.map(({ path }) => t([`field.${path}`, 'field.other'], { path }));
  return fields.length > 0 ? t('problem.fields', { known, fields: [...new Set(fields)].join(t('list')) }) : known;
}
