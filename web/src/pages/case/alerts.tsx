/** Alerts of a case that are not over (告警), and acknowledging them. */
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import { useSession } from '../../api/session';
import { useStaff } from '../../api/queries';
import type { Alert, CaseFile } from '../../api/types';
import { afterwards } from '../../api/write';
import { clockTime, span } from '../../lib/time';
import { messageOf } from '../../ui/problem';
import { stepName } from '../../ui/step-name';
import { useToast } from '../../ui/toast';
import { EscalateButton } from './escalate';
import { WhoWasTold } from './told';

function AckButton({ caseId, alertId, label }: { caseId: string; alertId: string; label: string }) {
  const { t } = useTranslation();
  const say = useToast();
  const command = useCommand(caseId, (body: { alertId: string }, header) =>
    answer(api.POST('/api/v1/alerts/{id}/ack', { params: { path: { id: body.alertId }, header }, body: {} })),
  );
  return (
    <button
      type="button"
      className="button danger"
      disabled={command.isPending}
      onClick={() =>
        afterwards(
          command.mutateAsync({ alertId }),
          () => say(t('alert.acknowledgedNow', { label })),
          (error) => say(messageOf(t, error), 'bad'),
        )
      }
    >
      {t('alert.acknowledge')}
      <span className="hidden">{label}</span>
    </button>
  );
}

/** What can be done about an alert: say that one knows, or have the next rung told at once. */
export function AlertButtons({ caseId, alert, label }: { caseId: string; alert: Alert; label: string }) {
  return (
    <div className="alert-buttons">
      {alert.state === 'open' && <AckButton caseId={caseId} alertId={alert.id} label={label} />}
      <EscalateButton caseId={caseId} alert={alert} label={label} />
    </div>
  );
}

/** How far an alert has got, in words. `now` is the case's own time. */
export function useAlertWords(): (alert: Alert, now: number) => string {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  return (alert, now) => {
    const next = Date.parse(alert.nextAt);
    const when =
      next > now ? t('alert.nextIn', { span: span(t, next - now), at: clockTime(next) }) : t('alert.nextNow');
    if (alert.state === 'acknowledged') {
      const name = staff.find(({ id }) => id === alert.acknowledgedBy)?.name ?? alert.acknowledgedBy ?? '';
      return t('alert.acknowledged', { name, at: clockTime(Date.parse(alert.acknowledgedAt ?? alert.openedAt)), when });
    }
    if (alert.rung < 0) return t('alert.begins', { when });
    return t('alert.told', { round: alert.round, rung: alert.rung + 1, when });
  };
}

export function AlertList({ file, now }: { file: CaseFile; now: number }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const words = useAlertWords();
  const live = file.alerts.filter(({ state }) => state !== 'resolved');
  if (live.length === 0) return null;
  return (
    <section className="alerts" aria-labelledby="case-alerts">
      <h2 id="case-alerts">{t('case.alerts')}</h2>
      <ul className="plain">
        {live.map((alert) => {
          const step = file.steps.find(({ id }) => id === alert.stepId);
          const name = step ? stepName(t, step) : alert.stepId;
          return (
            <li key={alert.id} className={`alert alert-${alert.state}`}>
              <div>
                <strong>
                  {t('alert.late', { name, span: span(t, now - Date.parse(step?.dueAt ?? alert.openedAt)) })}
                </strong>
                <p>{words(alert, now)}</p>
                <WhoWasTold alert={alert} />
              </div>
              {may('alert:ack') && <AlertButtons caseId={file.id} alert={alert} label={`${file.number} ${name}`} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
