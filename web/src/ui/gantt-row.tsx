/** One step's line of the timeline. Hover or focus shows its basis, a tap or Enter everything about it. */
import { useTranslation } from 'react-i18next';
import type { CaseMessage, Alert, Step } from '../api/types';
import { dateTime, leftOrLate } from '../lib/time';
import { Basis, basisWords } from './basis';
import { stepName } from './step-name';

export type DrawnStep = Pick<Step, 'id' | 'kind' | 'name' | 'startAt' | 'dueAt' | 'remindAt' | 'basis'> &
  Partial<Pick<Step, 'state' | 'doneAt'>>;

interface Props {
  step: DrawnStep;
  /** Share of the width; outside 0 to 1 it is out of sight. */
  place: (ms: number) => number;
  now: number | undefined;
  alerts: readonly Alert[];
  /** Messages about the step whose receipts have come. */
  receipts: readonly CaseMessage[];
}

export const share = (value: number): string => `${(value * 100).toFixed(2)}%`;
const clamp = (value: number): number => Math.min(1, Math.max(0, value));

function Mark({ kind, at }: { kind: string; at: number }) {
  if (at < 0 || at > 1) return null;
  return <span className={`mark mark-${kind}`} style={{ insetInlineStart: share(at) }} />;
}

function Bar({ from, to, over = false }: { from: number; to: number; over?: boolean }) {
  const [start, end] = [clamp(from), clamp(to)];
  if (to < 0 || from > 1) return null;
  const size = { insetInlineStart: share(start), inlineSize: share(Math.max(end - start, 0.005)) };
  return <span className={over ? 'gantt-bar gantt-over' : 'gantt-bar'} style={size} />;
}

function Track({ step, place, now, alerts, receipts }: Props) {
  const at = (time: string): number => place(Date.parse(time));
  const nowAt = now === undefined ? undefined : place(now);
  return (
    <span className="gantt-track">
      <Bar from={at(step.startAt)} to={at(step.dueAt)} />
      {step.state === 'overdue' && nowAt !== undefined && <Bar from={at(step.dueAt)} to={nowAt} over />}
      {step.remindAt && <Mark kind="remind" at={at(step.remindAt)} />}
      <Mark kind="due" at={at(step.dueAt)} />
      {alerts.map((alert) => (
        <Mark key={alert.id} kind="alert" at={at(alert.openedAt)} />
      ))}
      {receipts.map(({ receiptAt, state, channel, personId }) => (
        <Mark
          key={`${receiptAt}${channel}${personId}`}
          kind={state === 'delivered' ? 'receipt' : 'receipt mark-lost'}
          at={at(receiptAt ?? '')}
        />
      ))}
      {step.doneAt && <Mark kind="done" at={at(step.doneAt)} />}
      {nowAt !== undefined && <Mark kind="now" at={nowAt} />}
    </span>
  );
}

export function GanttRow(props: Props) {
  const { t } = useTranslation();
  const { step, now, alerts, receipts } = props;
  const words = (name: string, at: string): string => `${t(`gantt.${name}`)} ${dateTime(t, Date.parse(at), now)}`;
  const left = now === undefined ? '' : leftOrLate(t, Date.parse(step.dueAt), now);
  const state = step.doneAt ? words('done', step.doneAt) : left;
  return (
    <details className={`gantt-row gantt-${step.state ?? 'planned'}`}>
      <summary>
        <span className="gantt-name">{stepName(t, step)}</span>
        <Track {...props} />
        <span className="hidden">{`${words('due', step.dueAt)} ${state}`}</span>
        <span className="gantt-tip">{basisWords(t, step.basis)}</span>
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
        {receipts.map((one) => (
          <p key={`${one.receiptAt}${one.channel}${one.personId}`}>
            {words('receipt_back', one.receiptAt ?? one.at)} · {one.name ?? t('told.duty')} ·{' '}
            {t(`channel.${one.channel}`)} · {t(`delivery.${one.state}`)}
          </p>
        ))}
        <Basis basis={step.basis} />
      </div>
    </details>
  );
}
