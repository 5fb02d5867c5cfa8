/** What is still on this device (待发箱): on its way, not taken by the station, or not written to the end. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { flush } from '../../device/outbox';
import { dateTime } from '../../lib/time';
import { Empty } from '../../ui/bits';
import { useReports } from '../../ui/layout';
import { usePosts } from '../../ui/posts';
import { Drafts } from './drafts';
import { PostsOnDevice } from './posts';
import { Wrongs } from './wrongs';

export default function OutboxPage() {
  const { t } = useTranslation();
  const reports = useReports();
  const posts = usePosts();
  return (
    <>
      <h1>{t('outbox.title')}</h1>
      <p>{t('outbox.text')}</p>
      {reports.length + posts.length === 0 && <Empty>{t('outbox.empty')}</Empty>}
      <ul className="plain">
        <PostsOnDevice />
        {reports.map((report) => (
          <li key={report.id} className="card">
            <p>
              <strong>{t(`type.${report.type}`)}</strong> · {dateTime(t, report.savedAt)}
            </p>
            {report.state === 'waiting' && (
              <>
                <p className="due-soon">{t('outbox.waiting')}</p>
                <button type="button" className="button" onClick={() => void flush()}>
                  {t('outbox.now')}
                </button>
              </>
            )}
            {report.state === 'refused' && <Wrongs report={report} />}
            {report.taken && (
              <p>
                {t('outbox.sent')} <Link to={`/cases/${report.taken.caseId}`}>{report.taken.number}</Link>
              </p>
            )}
          </li>
        ))}
      </ul>
      <Drafts />
    </>
  );
}
