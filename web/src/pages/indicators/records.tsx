/** The records behind an indicator, page by page; children stand there by their numbers. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import type { Indicator } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Empty, Failed, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';

export function Records({ indicator, onClose }: { indicator: Indicator; onClose: () => void }) {
  const { t } = useTranslation();
  const staff = useStaff();
  const pages = useInfiniteQuery({
    queryKey: ['indicators', 'records', indicator.id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/api/v1/indicators/{id}/records', {
          params: { path: { id: indicator.id }, query: { limit: 50, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const nameOf = (id: string): string => staff.data?.find((one) => one.id === id)?.name ?? id;
  const whatOf = (source: string, kind: string): string =>
    source === 'service'
      ? t(`services.kind.${kind}`, { defaultValue: kind })
      : source === 'case'
        ? t(`type.${kind}`, { defaultValue: kind })
        : t(`role.${kind}`, { defaultValue: kind });
  return (
    <Dialog title={t('indicators.recordsOf', { name: indicator.name })} onClose={onClose}>
      {pages.isPending && <Loading />}
      {pages.error && <Failed error={pages.error} retry={pages.refetch} />}
      {pages.data && items.length === 0 && <Empty>{t('indicators.none')}</Empty>}
      <ul className="plain record-list">
        {items.map((one) => (
          <li key={`${one.source}/${one.id}`}>
            <strong>{one.label ?? (one.source === 'staff' ? nameOf(one.id) : whatOf(one.source, one.kind))}</strong>{' '}
            {one.label !== null && whatOf(one.source, one.kind)} {one.title}
            {one.verdict && (
              <span className={`tag verdict-${one.verdict}`}>{t(`indicators.verdict.${one.verdict}`)}</span>
            )}
            <span className="meta">
              {[
                ...(one.at === null ? [] : [dateTime(t, Date.parse(one.at))]),
                ...(one.place === null ? [] : [t(`services.place.${one.place}`, { defaultValue: one.place })]),
                ...(one.people === null || one.people === 0 ? [] : [t('services.people', { count: one.people })]),
                ...(one.answers === null
                  ? []
                  : [t('indicators.answers', { satisfied: one.satisfied, answers: one.answers })]),
                ...one.children,
                ...one.staffIds.map(nameOf),
              ].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <button
          type="button"
          className="button wide"
          disabled={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('indicators.more')}
        </button>
      )}
    </Dialog>
  );
}
