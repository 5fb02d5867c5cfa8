/** One indicator: where it stands, its burn-up towards the target, and the records behind it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DAY } from '../../../../domain/zone';
import { answer, api, serverNow } from '../../api/client';
import type { Indicator } from '../../api/types';
import { dateText } from '../../lib/month';
import { dayWords } from '../../lib/time';
import { Failed, Loading } from '../../ui/bits';
import { beijingDay } from '../../../../domain/zone';
import { burnUp, pathOf } from './burn-up';
import { Records } from './records';

const [WIDTH, HEIGHT] = [300, 110];
/** Beijing's midnight of a day as the API writes it. */
const midnight = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);

function unitWords(t: (key: string) => string, { unit }: Pick<Indicator, 'unit'>): string {
  return t(`indicators.unit.${unit}`);
}

function Curve({ indicator }: { indicator: Indicator }) {
  const { t } = useTranslation();
  const progress = useQuery({
    queryKey: ['progress', indicator.id],
    queryFn: () => answer(api.GET('/api/v1/indicators/{id}/progress', { params: { path: { id: indicator.id } } })),
    staleTime: 300_000,
  });
  if (progress.isPending) return <Loading />;
  if (!progress.data) return <Failed error={progress.error} retry={progress.refetch} />;
  const { items, term, target } = progress.data;
  const points = items.map(({ at, actual }) => ({ at: Date.parse(at), actual }));
  const span = { from: midnight(term.from), until: midnight(term.to) + DAY };
  const { line, target: goal } = burnUp(points, span, target);
  const level = (1 - goal) * HEIGHT;
  const last = line.at(-1);
  const unit = unitWords(t, indicator);
  const rate = indicator.unit === 'rate';
  return (
    <>
      <svg
        className="burn-up"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t('indicators.picture', { name: indicator.name })}
      >
        <line className="burn-ground" x1={0} y1={HEIGHT} x2={WIDTH} y2={HEIGHT} />
        {!rate && <line className="burn-pace" x1={0} y1={HEIGHT} x2={WIDTH} y2={level} />}
        <line className="burn-target" x1={0} y1={level} x2={WIDTH} y2={level} />
        <path className={`burn-line burn-${indicator.state}`} d={pathOf(line, WIDTH, HEIGHT)} />
        {last && (
          <circle className={`burn-dot burn-${indicator.state}`} cx={last.x * WIDTH} cy={(1 - last.y) * HEIGHT} r={4} />
        )}
      </svg>
      <div className="burn-scale" aria-hidden="true">
        <span>{dayWords(t, term.from)}</span>
        <span>{dayWords(t, term.to)}</span>
      </div>
      <details className="numbers">
        <summary>{t('indicators.numbers')}</summary>
        <table>
          <caption className="hidden">{indicator.name}</caption>
          <thead>
            <tr>
              <th scope="col">{t('indicators.on')}</th>
              <th scope="col">{t('indicators.figure', { unit })}</th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ at, actual }) => (
              <tr key={at}>
                {/* A month's figure is that of its last moment. */}
                <th scope="row">{dayWords(t, dateText(beijingDay(at - 1)))}</th>
                <td>{actual ?? '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

export function IndicatorCard({ indicator }: { indicator: Indicator }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { name, target, actual, of, forecast, forecastOn, state, short, warning } = indicator;
  const unit = unitWords(t, indicator);
  const on = dayWords(t, forecastOn);
  // After that day nothing is expected any more: it is as it was.
  const over = midnight(forecastOn) + DAY <= serverNow();
  const level = forecast !== null && forecast !== actual && !over;
  return (
    <li className={`card target target-${state}`}>
      <div className="page-head">
        <h3>{name}</h3>
        <span className={`tag target-tag-${state}`}>
          {t(`indicators.state.${over && state === 'behind' ? 'missed' : state}`)}
        </span>
      </div>
      <p className="target-figure">
        <strong>{actual ?? '—'}</strong> / {target} {unit}
        {of && <span className="meta"> {t('indicators.of', of)}</span>}
      </p>
      {level && <p className="meta">{t('indicators.forecast', { on, value: forecast, unit })}</p>}
      {warning !== null && (
        <p className="target-warning">
          {t(over ? 'indicators.missing' : 'indicators.short', { value: short, unit, on })}
        </p>
      )}
      <Curve indicator={indicator} />
      <button type="button" className="button small" onClick={() => setOpen(true)}>
        {t('indicators.records')}
        <span className="hidden"> {name}</span>
      </button>
      {open && <Records indicator={indicator} onClose={() => setOpen(false)} />}
    </li>
  );
}
