/**
 * The deadlines of a case as a picture (时间图): one line a step, from its start to its deadline, with reminder, alerts,
 * receipts and end. As a whole, or a day, a week, a month of it closely.
 */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Alert, CaseMessage } from '../api/types';
import { type Scale, timeScale } from '../lib/scale';
import { moved, type Part, partAround, partScale, SPANS } from '../lib/window';
import { type DrawnStep, GanttRow, share } from './gantt-row';

interface Props {
  /** Receipt of the report, milliseconds. */
  start: number;
  /** The case's own time; left out where nothing runs yet. */
  now?: number;
  steps: readonly DrawnStep[];
  alerts?: readonly Alert[];
  messages?: readonly CaseMessage[];
}

function Zoom({
  part,
  start,
  now,
  onChange,
}: {
  part?: Part;
  start: number;
  now: number;
  onChange: (part?: Part) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="zoom no-print">
      <div className="segments" role="group" aria-label={t('zoom.label')}>
        <button type="button" aria-pressed={part === undefined} onClick={() => onChange(undefined)}>
          {t('zoom.whole')}
        </button>
        {SPANS.map((span) => (
          <button
            key={span}
            type="button"
            aria-pressed={part?.span === span}
            onClick={() => onChange(partAround(span, now, start))}
          >
            {t(`zoom.${span}`)}
          </button>
        ))}
      </div>
      {part && (
        <div className="zoom-move">
          <button
            type="button"
            className="button small"
            disabled={part.from <= start}
            onClick={() => onChange(moved(part, -1, start))}
          >
            {t('zoom.earlier')}
          </button>
          <button type="button" className="button small" onClick={() => onChange(moved(part, 1, start))}>
            {t('zoom.later')}
          </button>
        </div>
      )}
    </div>
  );
}

function Whole({ ticks }: Pick<Scale, 'ticks'>) {
  const { t } = useTranslation();
  return (
    <>
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
    </>
  );
}

/** Lines with dates; of a day's, those at midnight bear the date and the others the hour. */
function Dates({ part }: { part: Part }) {
  const { t } = useTranslation();
  return partScale(part).ticks.map(({ at, month, day, hour }, index) => (
    <span
      key={at}
      className={index % 2 === 1 ? 'gantt-tick gantt-minor' : 'gantt-tick'}
      style={{ insetInlineStart: share(at) }}
    >
      {hour === 0 ? t('zoom.date', { month, day }) : t('zoom.hour', { hour })}
    </span>
  ));
}

function Legend({ running }: { running: boolean }) {
  const { t } = useTranslation();
  const kinds = ['remind', 'due', ...(running ? ['done', 'alert', 'receipt', 'now'] : [])];
  const words: Record<string, string> = { remind: 'reminder', receipt: 'receipt_back' };
  return (
    <p className="gantt-legend" aria-hidden="true">
      {kinds.map((kind) => (
        <span key={kind} className="legend-item">
          <span className={`mark mark-${kind}`} /> {t(`gantt.${words[kind] ?? kind}`)}
        </span>
      ))}
    </p>
  );
}

export function Gantt({ start, now, steps, alerts = [], messages = [] }: Props) {
  const [part, setPart] = useState<Part>();
  const drawn = steps
    .filter(({ state }) => state !== 'cancelled')
    .toSorted((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt));
  const moments = drawn.flatMap(({ dueAt, doneAt }) => [Date.parse(dueAt), ...(doneAt ? [Date.parse(doneAt)] : [])]);
  const whole = timeScale(start, Math.max(...moments, now ?? start));
  const place = part ? partScale(part).place : whole.place;
  return (
    <div className="gantt">
      {now !== undefined && <Zoom part={part} start={start} now={now} onChange={setPart} />}
      <div className="gantt-scale" aria-hidden="true">
        <span className="gantt-name" />
        <span className="gantt-track">{part ? <Dates part={part} /> : <Whole ticks={whole.ticks} />}</span>
      </div>
      {drawn.map((step) => (
        <GanttRow
          key={step.id}
          step={step}
          place={place}
          now={now}
          alerts={alerts.filter(({ stepId }) => stepId === step.id)}
          receipts={messages.filter(({ stepId, receiptAt }) => stepId === step.id && receiptAt !== null)}
        />
      ))}
      <Legend running={now !== undefined} />
    </div>
  );
}
