/** Alerts that are not over, each with its ladder and who was told; acknowledging stops the climb for a while. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useTold } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseSummary, ListedAlert } from '../../api/types';
import { clockTime, span } from '../../lib/time';
import { caseNow, Empty, Failed, Loading, RiskTag } from '../../ui/bits';
import { stepName } from '../../ui/step-name';
import { AckButton, useAlertWords } from '../case/alerts';

function Told({ alert }: { alert: ListedAlert }) {
  const { t } = useTranslation();
  const told = useTold(alert.id);
  if (told.isPending) return <Loading />;
  if (!told.data) return <Failed error={told.error} retry={told.refetch} />;
  const { ladder, items } = told.data;
  return (
    <>
      <ol className="ladder" aria-label={t('alert.ladder')}>
        {ladder.map((rung, index) => (
          <li
            key={rung.to}
            className={index <= alert.rung ? 'rung rung-told' : 'rung'}
            aria-current={index === alert.rung ? 'step' : undefined}
          >
            {t(`rung.${rung.to}`)}
            <small>
              {rung.afterMinutes === 0
                ? t('rung.atOnce')
                : t('rung.after', { span: span(t, rung.afterMinutes * 60_000) })}
            </small>
          </li>
        ))}
      </ol>
      <ul className="plain told">
        {items.map((item) => (
          <li key={`${item.at}${item.channel}${item.personId}`}>
            <span className="meta">{clockTime(Date.parse(item.at))}</span> {item.name ?? item.personId} ·{' '}
            {t(`channel.${item.channel}`, { defaultValue: item.channel })} ·{' '}
            <span className={`delivery-${item.state}`}>
              {t(`delivery.${item.state}`, { defaultValue: item.state })}
            </span>
            {item.code && item.state === 'failed' && <span className="meta"> {item.code}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

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
  const [open, setOpen] = useState(false);
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
        <details className="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t('alert.who')}</summary>
          {open && <Told alert={alert} />}
        </details>
      </div>
      {alert.state === 'open' && may('alert:ack') && (
        <AckButton caseId={alert.caseId} alertId={alert.id} label={`${alert.number} ${name}`} />
      )}
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
