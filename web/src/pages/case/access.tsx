/** Who looked at the case (查阅记录). Read only when somebody unfolds it, since that look is on the record as well. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccessLine } from '../../api/types';
import { useAccess } from '../../api/watch';
import { dateTime } from '../../lib/time';
import { Empty, Failed, Loading } from '../../ui/bits';

/** A permission may be followed by what it was used on; a colon means something else to the words' file. */
const wordOf = (action: string): string => (action.split('/')[0] ?? '').replace(':', '_');

function Line({ line, now }: { line: AccessLine; now: number }) {
  const { t } = useTranslation();
  const nobody = t(line.ground === 'referral' ? 'access.partner' : 'access.nobody');
  return (
    <tr className={line.allowed ? '' : 'is-refused'}>
      <td>{dateTime(t, Date.parse(line.at), now)}</td>
      <td>{line.name ?? line.staffId ?? nobody}</td>
      <td>
        {t(`access.action.${wordOf(line.action)}`, { defaultValue: line.action })}
        {!line.allowed && <span className="tag"> {t('access.refused')}</span>}
      </td>
      <td>{line.ground && t(`access.ground.${line.ground}`)}</td>
      <td>{line.address}</td>
    </tr>
  );
}

function Lines({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, dataUpdatedAt } = useAccess(
    id,
    true,
  );
  if (isPending) return <Loading />;
  if (!data) return <Failed error={error} retry={refetch} />;
  const lines = data.pages.flatMap(({ items }) => items);
  if (lines.length === 0) return <Empty>{t('access.none')}</Empty>;
  return (
    <>
      <div className="table-box" role="region" aria-labelledby="case-access" tabIndex={0}>
        <table className="lines">
          <thead>
            <tr>
              {(['when', 'who', 'what', 'why', 'where'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`access.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <Line key={`${line.at}${index}`} line={line} now={dataUpdatedAt} />
            ))}
          </tbody>
        </table>
      </div>
      {hasNextPage && (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('access.more')}
        </button>
      )}
    </>
  );
}

export function WhoLooked({ id }: { id: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <section className="card wide-card no-print" aria-labelledby="case-access">
      <h2 id="case-access">{t('access.title')}</h2>
      <p className="hint">{t('access.hint')}</p>
      {open ? (
        <Lines id={id} />
      ) : (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {t('access.show')}
        </button>
      )}
    </section>
  );
}
