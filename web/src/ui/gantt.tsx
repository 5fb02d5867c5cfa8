/** The deadlines of a case as a picture (时间图): one line a step, from its start to its deadline, with reminder, alerts and end. */
import { useTranslation } from 'react-i18next';
import type { Alert, Step } from '../api/types';
import { dateTime, leftOrLate } from '../lib/time';
import { timeScale } from '../lib/scale';
import { Basis, basisWords } from './basis';
import { stepName } from './step-name';

export type DrawnStep = Pick<Step, 'id' | 'kind' | 'name' | 'startAt' | 'dueAt' | 'remindAt' | 'basis'> &
  Partial<Pick<Step, 'state' | 'doneAt'>>;

interface Props {
  /** Receipt of the report, milliseconds. */
  start: number;
  /** The case's own time; left out where nothing runs yet. */
  now?: number;
  steps: readonly DrawnStep[];
  alerts?: readonly Alert[];
}

const share = (value: number): string => `${(value * 100).toFixed(2)}%`;

export function Gantt({ start, now, steps, alerts = [] }: Props) {
  const { t } = useTranslation();
  const drawn = steps
    .filter(({ state }) => state !== 'cancelled')
    .toSorted((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt));
  const moments = drawn.flatMap(({ dueAt, doneAt }) => [Date.parse(dueAt), ...(doneAt ? [Date.parse(doneAt)] : [])]);
  const { place, ticks } = timeScale(start, Math.max(...moments, now ?? start));
  const nowAt = now === undefined ? undefined : place(now);
  return (
    <div className="gantt">
      <div className="gantt-scale" aria-hidden="true">
        <span className="gantt-name" />
        <span className="gantt-track">
          <span className="gantt-tick gantt-zero">{t('gantt.receipt')}</span>
          {ticks.map((tick) => (
            <span
              key={`${tick.unit}${tick.count}`}
              className={tick.minor ? 'gantt-tick gantt-minor' : 'gantt-tick'}
              style={{ insetInlineStart: share(tick.at) }}
            >
              {t(`gantt.${tick.unit}`, { count: tick.count })}
            </span>
          ))}
        </span>
      </div>
      {drawn.map((step) => (
        <GanttRow
          key={step.id}
          step={step}
          place={place}
          now={now}
          nowAt={nowAt}
          alerts={alerts.filter(({ stepId }) => stepId === step.id)}
        />
      ))}
      <p className="gantt-legend" aria-hidden="true">
        <span className="mark mark-remind" /> {t('gantt.reminder')}
        <span className="mark mark-due" /> {t('gantt.due')}
        {now !== undefined && (
          <>
            <span className="mark mark-done" /> {t('gantt.done')}
            <span className="mark mark-alert" /> {t('gantt.alert')}
            <span className="mark mark-now" /> {t('gantt.now')}
          </>
        )}
      </p>
    </div>
  );
}

interface RowProps {
  step: DrawnStep;
  place: (ms: number) => number;
  now: number | undefined;
  nowAt: number | undefined;
  alerts: readonly Alert[];
}

function GanttRow({ step, place, now, nowAt, alerts }: RowProps) {
  const { t } = useTranslation();
  const [from, due] = [place(Date.parse(step.startAt)), place(Date.parse(step.dueAt))];
  const done = step.doneAt ? place(Date.parse(step.doneAt)) : undefined;
  const late = step.state === 'overdue' && nowAt !== undefined;
  const words = (name: string, at: string): string => `${t(`gantt.${name}`)} ${dateTime(t, Date.parse(at), now)}`;
  const state = step.doneAt
    ? words('done', step.doneAt)
    : now === undefined
      ? ''
      : leftOrLate(t, Date.parse(step.dueAt), now);
  return (
    <details className={`gantt-row gantt-${step.state ?? 'planned'}`}>
      <summary title={basisWords(t, step.basis)}>
        <span className="gantt-name">{stepName(t, step)}</span>
        <span className="gantt-track">
          <span
            className="gantt-bar"
            style={{ insetInlineStart: share(from), inlineSize: share(Math.max(due - from, 0.005)) }}
          />
          {late && (
            <span
              className="gantt-bar gantt-over"
              style={{ insetInlineStart: share(due), inlineSize: share(Math.max(nowAt - due, 0)) }}
            />
          )}
          {step.remindAt && (
            <span className="mark mark-remind" style={{ insetInlineStart: share(place(Date.parse(step.remindAt))) }} />
          )}
          <span className="mark mark-due" style={{ insetInlineStart: share(due) }} />
          {alerts.map((alert) => (
            <span
              key={alert.id}
              className="mark mark-alert"
              style={{ insetInlineStart: share(place(Date.parse(alert.openedAt))) }}
            />
          ))}
          {done !== undefined && <span className="mark mark-done" style={{ insetInlineStart: share(done) }} />}
          {nowAt !== undefined && <span className="mark mark-now" style={{ insetInlineStart: share(nowAt) }} />}
        </span>
        <span className="hidden">{`${words('due', step.dueAt)} ${state}`}</span>
      </summary>
      <div className="gantt-why">
        <p>
          {words('due', step.dueAt)}
          {step.remindAt && ` · ${words('reminder', step.remindAt)}`}
          {state !== '' && ` · ${state}`}
        </p>
        {alerts.map((alert) => (
          <p key={alert.id}>
            {words('alert', alert.openedAt)}
            {alert.resolvedAt && ` – ${dateTime(t, Date.parse(alert.resolvedAt), now)}`}
          </p>
        ))}
        <Basis basis={step.basis} />
      </div>
    </details>
  );
}
