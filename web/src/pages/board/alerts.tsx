/** Alerts that are not over, each with its ladder and who was told. Acknowledging stops the climb for a while. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '../../api/session';
import type { CaseSummary, ListedAlert } from '../../api/types';
import { span } from '../../lib/time';
import { caseNow, Empty, RiskTag } from '../../ui/bits';
import { stepName } from '../../ui/step-name';
import { AlertButtons, useAlertWords } from '../case/alerts';
import { WhoWasTold } from '../case/told';

interface Props {
  alerts: readonly ListedAlert[];
  cases: readonly CaseSummary[];
  readAt: number;
  now: number;
}

function AlertRow({ alert, found, now }: { alert: ListedAlert; found: CaseSummary | undefined; now: number }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const words = useAlertWords();
  const name = stepName(t, { kind: alert.stepId.replace(/-\d+$/, ''), name: alert.stepName });
  return (
    <li className={`alert alert-${alert.state}`}>
      <div>
        <p className="case-line">
          {found && <RiskTag risk={found.risk} />}
          <Link to={`/cases/${alert.caseId}`}>{alert.number}</Link>
          <strong>{t('alert.late', { name, span: span(t, now - Date.parse(alert.openedAt)) })}</strong>
        </p>
        <p>{words(alert, now)}</p>
        <WhoWasTold alert={alert} />
      </div>
      {may('alert:ack') && <AlertButtons caseId={alert.caseId} alert={alert} label={`${alert.number} ${name}`} />}
    </li>
  );
}

export function BoardAlerts({ alerts, cases, readAt, now }: Props) {
  const { t } = useTranslation();
  return (
    <section className="alerts" aria-labelledby="board-alerts">
      <h2 id="board-alerts">
        {t('board.alerts')} <span className="count">{alerts.length}</span>
      </h2>
      {alerts.length === 0 && <Empty>{t('board.noAlerts')}</Empty>}
      <ul className="plain">
        {alerts.map((alert) => {
          const found = cases.find(({ id }) => id === alert.caseId);
          const clock = found ? caseNow(found.asOf, readAt, now) : now;
          return <AlertRow key={alert.id} alert={alert} found={found} now={clock} />;
        })}
      </ul>
    </section>
  );
}
