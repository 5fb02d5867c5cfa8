/** The board (看板): all open cases by lateness and risk, open alerts, what waits for a decision. Live, without reloading. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useApprovals, useLiveAlerts, useOpenCases } from '../../api/desk-queries';
import { useNow } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseSummary } from '../../api/types';
import { useAlarm } from '../../ui/alarm';
import { Failed } from '../../ui/bits';
import { Desk } from '../../ui/desk';
import { useReportQueue } from '../queue/reads';
import { BoardAlerts } from './alerts';
import { BoardApprovals } from './approvals';
import { CaseTable } from './cases';
import { BoardFindings } from './findings';
import { BoardOffers } from './offers';
import { Unread } from './unread';

function Fresh() {
  const { t } = useTranslation();
  const { fresh, seen } = useAlarm();
  if (fresh.length === 0) return null;
  return (
    <div className="fresh" role="alert">
      <strong>{t('board.fresh', { count: fresh.length })}</strong>{' '}
      {fresh.map(({ caseId, number }) => (
        <Link key={caseId} to={`/cases/${caseId}`} onClick={seen}>
          {number}
        </Link>
      ))}
      <button type="button" className="text-button" onClick={seen}>
        {t('board.seen')}
      </button>
    </div>
  );
}

function Sound() {
  const { t } = useTranslation();
  const { sound, setSound } = useAlarm();
  return (
    <label className="check sound">
      <input type="checkbox" checked={sound} onChange={(event) => setSound(event.target.checked)} />
      {t('board.sound')}
    </label>
  );
}

export default function BoardPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const cases = useOpenCases();
  const alerts = useLiveAlerts();
  const approvals = useApprovals(true);
  const queue = useReportQueue(may('report:triage'));
  const now = useNow();
  // What was read before stays on the page, and that it is not the newest is said once; what was never read says so in its place.
  const stale = [cases, alerts, approvals].find(({ data, error }) => data !== undefined && error !== null);
  const list = cases.data ?? [];
  const known = (some: (one: CaseSummary) => boolean): number | undefined => cases.data?.filter(some).length;
  const figures = [
    ['late', known(({ overdue }) => overdue)],
    ['critical', known(({ risk }) => risk === 'critical')],
    ['unassigned', known(({ assignee }) => assignee === null)],
    ['approvals', approvals.data?.length],
    ['open', cases.data?.length],
  ] as const;
  return (
    <Desk>
      <div className="page-head">
        <h1>{t('board.title')}</h1>
        <Sound />
      </div>
      <Fresh />
      {stale && (
        <Failed
          error={stale.error}
          retry={() => Promise.all([cases.refetch(), alerts.refetch(), approvals.refetch()])}
        />
      )}
      {(queue.data?.length ?? 0) > 0 && (
        <p className={queue.data?.some(({ overdue }) => overdue) ? 'to-screen to-screen-late' : 'to-screen'}>
          <Link to="/queue">{t('board.toScreen', { count: queue.data?.length })}</Link>
        </p>
      )}
      <dl className="figures">
        {figures.map(([key, value]) => (
          <div key={key} className={`figure figure-${key} ${(value ?? 0) > 0 ? 'figure-some' : ''}`}>
            <dt>{t(`board.${key}`)}</dt>
            <dd>{value ?? <abbr title={t('board.unknown')}>…</abbr>}</dd>
          </div>
        ))}
      </dl>
      <div className="board">
        <div className="board-side">
          <BoardAlerts alerts={alerts} cases={list} readAt={cases.dataUpdatedAt} now={now} />
          <BoardApprovals approvals={approvals} />
          {may('case:approve') && <BoardOffers now={now} />}
          {may('audit:read') && <BoardFindings />}
        </div>
        <section className="board-main" aria-labelledby="board-cases">
          <h2 id="board-cases">{t('board.cases')}</h2>
          <Unread query={cases} />
          {cases.data && <CaseTable cases={list} readAt={cases.dataUpdatedAt} now={now} />}
        </section>
      </div>
    </Desk>
  );
}
