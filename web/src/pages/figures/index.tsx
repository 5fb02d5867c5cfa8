/** The figures (数据): how timely cases were worked on, each picture with its numbers, and all of them as a file. */
import '../../styles/desk.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { beijingDay } from '../../../../domain/zone';
import { answer, api, serverNow } from '../../api/client';
import { useStations } from '../../api/queries';
import type { FigureTable } from '../../api/types';
import { dateText, dayOfText } from '../../lib/month';
import { dayWords } from '../../lib/time';
import { Failed, Field, Loading } from '../../ui/bits';
import { FigureCard } from './card';

const USUAL_DAYS = 90;
const PRESETS = [30, 90, 365] as const;
const ORDER = [
  'on_time',
  'first_contact',
  'open_cases',
  'alert_response',
  'referral_answers',
] as const satisfies readonly FigureTable['id'][];

const lastDays = (days: number): { from: string; to: string } => {
  const today = beijingDay(serverNow());
  return { from: dateText(today - days + 1), to: dateText(today) };
};

const isPeriod = ({ from, to }: { from: string; to: string }): boolean => {
  const [first, last] = [dayOfText(from), dayOfText(to)];
  return first !== undefined && last !== undefined && first <= last;
};

export default function FiguresPage() {
  const { t } = useTranslation();
  const [period, setPeriod] = useState(() => lastDays(USUAL_DAYS));
  const [station, setStation] = useState('');
  const stations = useStations();
  const whole = isPeriod(period);
  const query = { ...period, ...(station !== '' && { station }) };
  const figures = useQuery({
    queryKey: ['figures', query],
    queryFn: () => answer(api.GET('/api/v1/figures', { params: { query } })),
    placeholderData: keepPreviousData,
    enabled: whole,
  });
  const file = (format: string): string =>
    `/api/v1/figures/file?${new URLSearchParams({ ...query, format }).toString()}`;
  const { data } = figures;
  return (
    <div className="figures-page">
      <div className="page-head">
        <h1>{t('figures.pageTitle')}</h1>
        <div className="actions">
          <a className="button" href={file('xlsx')} download>
            {t('figures.xlsx')}
          </a>
          <a className="button" href={file('csv')} download>
            {t('figures.csv')}
          </a>
        </div>
      </div>
      <div className="figures-head">
        <div className="figures-period">
          <Field label={t('figures.from')} wrong={whole ? undefined : t('figures.order')}>
            {(ids) => (
              <input
                {...ids}
                type="date"
                value={period.from}
                onChange={(event) => setPeriod({ ...period, from: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('figures.to')}>
            {(ids) => (
              <input
                {...ids}
                type="date"
                value={period.to}
                onChange={(event) => setPeriod({ ...period, to: event.target.value })}
              />
            )}
          </Field>
        </div>
        <div className="segments" role="group" aria-label={t('figures.period')}>
          {PRESETS.map((days) => (
            <button
              key={days}
              type="button"
              aria-pressed={JSON.stringify(lastDays(days)) === JSON.stringify(period)}
              onClick={() => setPeriod(lastDays(days))}
            >
              {t('figures.days', { count: days })}
            </button>
          ))}
        </div>
        {(stations.data?.length ?? 0) > 1 && (
          <Field label={t('figures.station')}>
            {(ids) => (
              <select {...ids} value={station} onChange={(event) => setStation(event.target.value)}>
                <option value="">{t('figures.allStations')}</option>
                {stations.data?.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
      {figures.isPending && whole && <Loading />}
      {figures.error && <Failed error={figures.error} retry={figures.refetch} />}
      {data && (
        <>
          <p className="meta">
            {t('figures.about', { from: dayWords(t, data.from), to: dayWords(t, data.to) })}{' '}
            {data.small === 'hidden' && t('figures.smallAbout')}
          </p>
          <div className="figures-grid">
            {ORDER.map((id) => (
              <FigureCard key={id} tables={data.tables.filter((one) => one.id === id)} />
            ))}
          </div>
        </>
      )}
    </div>
  );
}
