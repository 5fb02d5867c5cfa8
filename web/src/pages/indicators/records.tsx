/** The records behind an indicator, page by page; children stand there by their numbers. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import type { Indicator } from '../../api/types';
import { Empty, Failed, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { RecordLine } from './record-line';

export function Records({ indicator, onClose }: { indicator: Indicator; onClose: () => void }) {
  const { t } = useTranslation();
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
  return (
    <Dialog title={t('indicators.recordsOf', { name: indicator.name })} onClose={onClose}>
      {pages.isPending && <Loading />}
      {pages.error && <Failed error={pages.error} retry={pages.refetch} />}
      {pages.data && items.length === 0 && <Empty>{t('indicators.none')}</Empty>}
      <ul className="plain record-list">
        {items.map((one) => (
          <RecordLine key={`${one.source}/${one.id}`} indicatorId={indicator.id} one={one} />
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
