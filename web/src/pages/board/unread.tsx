/** A list that is not here yet is not an empty one: how many there are is said only once it is known. */
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Failed, Loading } from '../../ui/bits';

export function Count({ of }: { of: readonly unknown[] | undefined }) {
  const { t } = useTranslation();
  return <span className="count">{of ? of.length : <abbr title={t('board.unknown')}>…</abbr>}</span>;
}

/** While it is read for the first time, and where it cannot be: with what is known already nothing is said here. */
export function Unread({ query: { data, error, refetch } }: { query: UseQueryResult }) {
  if (data !== undefined) return null;
  return error ? <Failed error={error} retry={refetch} /> : <Loading />;
}
