/** Alerts that are not over, each with its ladder and who was told. Acknowledging stops the climb for a while. */
import type { UseQueryResult } from '@tanstack/react-query';
import { type MouseEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '../../api/session';
import type { CaseSummary, ListedAlert } from '../../api/types';
import { span } from '../../lib/time';
import { caseNow, Empty, RiskTag } from '../../ui/bits';
import { stepName } from '../../ui/step-name';
import { useToast } from '../../ui/toast';
import { AlertButtons, useAlertWords } from '../case/alerts';
import { WhoWasTold } from '../case/told';
import { useMoved, useNear, useSteady } from './steady';
import { Count, Unread } from './unread';

interface Props {
  alerts: UseQueryResult<ListedAlert[]>;
  cases: readonly CaseSummary[];
  readAt: number;
  now: number;
}

interface RowProps {
  alert: ListedAlert;
  found: CaseSummary | undefined;
  now: number;
  /** It has ended while it was looked at: it keeps its place until nobody is near. */
  over: boolean;
}

function AlertRow({ alert, found, now, over }: RowProps) {
  const { t } = useTranslation();
  const { may } = useSession();
  const words = useAlertWords();
  const name = stepName(t, { kind: alert.stepId.replace(/-\d+$/, ''), name: alert.stepName });
  return (
    <li className={`alert alert-${over ? 'acknowledged' : alert.state}`} data-row={alert.id}>
      <div>
        <p className="case-line">
          {found && <RiskTag risk={found.risk} />}
          <Link to={`/cases/${alert.caseId}`}>{alert.number}</Link>
          <strong>{t('alert.late', { name, span: span(t, now - Date.parse(alert.openedAt)) })}</strong>
        </p>
        <p>{over ? t('alert.ended') : words(alert, now)}</p>
        <WhoWasTold alert={alert} />
      </div>
      {may('alert:ack') && (
        <div className={over ? 'room' : undefined}>
          <AlertButtons caseId={alert.caseId} alert={alert} label={`${alert.number} ${name}`} />
        </div>
      )}
    </li>
  );
}

function Alerts({ alerts, cases, readAt, now }: Omit<Props, 'alerts'> & { alerts: readonly ListedAlert[] }) {
  const { t } = useTranslation();
  const say = useToast();
  const list = useRef<HTMLDivElement>(null);
  const { rows, held, show } = useSteady(alerts, useNear(list));
  const moved = useMoved(list);
  const guard = (event: MouseEvent): void => {
    if (!moved(event)) return;
    event.preventDefault();
    event.stopPropagation();
    say(t('alert.moved'), 'bad');
  };
  return (
    <div ref={list} onClickCapture={guard}>
      <div className="held" role="status">
        {held > 0 && (
          <button type="button" className="button small" onClick={show}>
            {t('board.held', { count: held })}
          </button>
        )}
      </div>
      {rows.length === 0 && <Empty>{t('board.noAlerts')}</Empty>}
      <ul className="plain">
        {rows.map(({ one, over }) => {
          const found = cases.find(({ id }) => id === one.caseId);
          const clock = found ? caseNow(found.asOf, readAt, now) : now;
          return <AlertRow key={one.id} alert={one} found={found} now={clock} over={over} />;
        })}
      </ul>
    </div>
  );
}

export function BoardAlerts({ alerts, ...props }: Props) {
  const { t } = useTranslation();
  return (
    <section className="alerts" aria-labelledby="board-alerts">
      <h2 id="board-alerts">
        {t('board.alerts')} <Count of={alerts.data} />
      </h2>
      <Unread query={alerts} />
      {alerts.data && <Alerts alerts={alerts.data} {...props} />}
    </section>
  );
}
