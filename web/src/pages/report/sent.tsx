/** After reporting: does the station have it or not, and what must happen now. */
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useNow } from '../../api/queries';
import type { Report } from '../../device/outbox';
import { withDeskWords } from '../../i18n';
import { Due, Empty, RiskTag } from '../../ui/bits';
import { chunk } from '../../ui/chunk';
import { useReports } from '../../ui/layout';
import { stepName } from '../../ui/step-name';
import { dateTime } from '../../lib/time';
import { Advice } from './advice';

const Wrongs = chunk(() => withDeskWords(import('./wrongs')));

const SHOWN_STEPS = 4;

function Taken({ report }: { report: Report }) {
  const { t } = useTranslation();
  const now = useNow();
  const { taken } = report;
  if (!taken) return null;
  return (
    <div className="verdict verdict-good" role="status">
      <h1>{t('sent.taken')}</h1>
      <p className="verdict-number">{t('sent.number', { number: taken.number })}</p>
      <p>
        <RiskTag risk={taken.risk} /> {dateTime(t, taken.at)}
      </p>
      {taken.raisedFrom && (
        <p>{t('sent.raised', { from: t(`risk.${taken.raisedFrom}`), to: t(`risk.${taken.risk}`) })}</p>
      )}
      <h2>{t('sent.next')}</h2>
      <ul className="plain">
        {[...taken.steps]
          .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))
          .slice(0, SHOWN_STEPS)
          .map((step) => (
            <li key={step.id} className="next-step">
              <strong>{stepName(t, step)}</strong>
              <Due at={Date.parse(step.dueAt)} now={now} />
            </li>
          ))}
      </ul>
      <Link className="button primary wide" to={`/cases/${taken.caseId}`}>
        {t('sent.open')}
      </Link>
    </div>
  );
}

function Waiting({ report }: { report: Report }) {
  const { t } = useTranslation();
  return (
    <div className="verdict verdict-wait" role="alert">
      <h1>{t('sent.waiting')}</h1>
      <p>{t('sent.waitingText', { at: dateTime(t, report.savedAt) })}</p>
      <p>
        <strong>{t('sent.waitingCall')}</strong>
      </p>
    </div>
  );
}

export function SentPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const report = useReports().find((one) => one.id === id);
  if (!report)
    return (
      <Empty>
        {t('sent.gone')} <Link to="/report">{t('nav.report')}</Link>
      </Empty>
    );
  return (
    <div className="sent">
      {report.state === 'sent' && <Taken report={report} />}
      {report.state === 'waiting' && <Waiting report={report} />}
      {report.state === 'refused' && <Wrongs report={report} />}
      <Advice type={report.type} risk={report.taken?.risk ?? report.body.risk} />
      <Link className="button wide" to="/report">
        {t('sent.another')}
      </Link>
    </div>
  );
}
