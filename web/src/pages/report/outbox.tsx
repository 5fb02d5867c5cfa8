/** Reports that are still on this device (待发箱), and those that the station did not take. */
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Refused } from '../../api/client';
import { useSession } from '../../api/session';
import { saveDraft } from '../../device/drafts';
import { flush, remove, type Report } from '../../device/outbox';
import { withDeskWords } from '../../i18n';
import { dateTime } from '../../lib/time';
import { Empty } from '../../ui/bits';
import { useReports } from '../../ui/layout';
import { messageOf } from '../../ui/problem';
import { usePosts } from '../../ui/posts';
import { formOf } from './form';

const PostsOnDevice = lazy(() => withDeskWords(import('./posts')));

/** A report that came back: why, and the way to put it right. It stays here until it is sent or written anew. */
export function Wrongs({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const navigate = useNavigate();
  const { problem } = report;
  const write = async (): Promise<void> => {
    await saveDraft(me.staffId, formOf(report.body));
    await remove(report.id);
    await navigate('/report');
  };
  return (
    <div className="verdict verdict-bad" role="alert">
      <h1>{t('outbox.refused')}</h1>
      {problem && <p>{messageOf(t, new Refused(problem.status, problem.type, problem.detail, problem.errors))}</p>}
      <button type="button" className="button primary" onClick={() => void write()}>
        {t('outbox.putRight')}
      </button>
    </div>
  );
}

export function OutboxPage() {
  const { t } = useTranslation();
  const reports = useReports();
  const posts = usePosts();
  return (
    <>
      <h1>{t('outbox.title')}</h1>
      <p>{t('outbox.text')}</p>
      {reports.length + posts.length === 0 && <Empty>{t('outbox.empty')}</Empty>}
      <ul className="plain">
        {posts.length > 0 && (
          <Suspense>
            <PostsOnDevice />
          </Suspense>
        )}
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
    </>
  );
}
