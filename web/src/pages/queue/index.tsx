/** Reports that nobody has screened yet (待甄别的报告), soonest deadline first; without anything personal. */
import '../../styles/paper.css';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useNow, useStations } from '../../api/queries';
import { Empty, Failed, Loading } from '../../ui/bits';
import { ReportFacts } from './line';
import { useReportQueue } from './reads';

export default function QueuePage() {
  const { t } = useTranslation();
  const queue = useReportQueue(true);
  const { data: stations = [] } = useStations();
  const now = useNow();
  return (
    <div className="queue">
      <h1>
        {t('queue.title')} {queue.data && <span className="count">{queue.data.length}</span>}
      </h1>
      <p className="hint">{t('queue.hint')}</p>
      {queue.isPending && <Loading />}
      {queue.error && <Failed error={queue.error} retry={queue.refetch} />}
      {queue.data?.length === 0 && <Empty>{t('queue.none')}</Empty>}
      <ul className="plain">
        {queue.data?.map((one) => (
          <li key={one.id} className={`card report-line looks-${one.looks}`}>
            <h2>
              <Link to={`/queue/${one.id}`}>{one.number}</Link>
              {stations.length > 1 && (
                <span className="meta"> {stations.find(({ id }) => id === one.stationId)?.name ?? one.stationId}</span>
              )}
            </h2>
            <ReportFacts one={one} now={now} />
          </li>
        ))}
      </ul>
    </div>
  );
}
