/** The station's services as a calendar (服务日历): what was done on which day, and the way to enter the next one. */
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { atBeijingMinute, beijing, beijingDay } from '../../../../domain/zone';
import { answer, api, serverNow } from '../../api/client';
import { allPages } from '../../api/desk-queries';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { ServiceRecord } from '../../api/types';
import { dateText, monthOf, shiftMonth, weeksOf, WEEKDAYS } from '../../lib/month';
import { clockTime } from '../../lib/time';
import { Empty, Failed, Loading } from '../../ui/bits';

const dayName = (t: TFunction, number: number): string => {
  const { month, day, weekday } = beijing(atBeijingMinute(number, 0));
  return t('services.dayName', { month: t(`time.months.${month}`), day, weekday: t(`time.weekdays.${weekday}`) });
};

const peopleOf = ({ childIds, headCount }: ServiceRecord): number => childIds.length + headCount;

function DayList({ records }: { records: readonly ServiceRecord[] }) {
  const { t } = useTranslation();
  const staff = useStaff();
  const nameOf = (id: string): string => staff.data?.find((one) => one.id === id)?.name ?? id;
  if (records.length === 0) return <Empty>{t('services.none')}</Empty>;
  return (
    <ul className="plain service-list">
      {records.map((record) => (
        <li key={record.id} className={`service kind-${record.kind}`}>
          <Link to={`/services/${record.id}`}>
            <strong>{t(`services.kind.${record.kind}`, { defaultValue: record.name })}</strong> {record.title}
          </Link>
          <span className="meta">
            {clockTime(Date.parse(record.at))} · {t('services.minutes', { count: record.minutes })} ·{' '}
            {t(`services.place.${record.place}`)}
            {peopleOf(record) > 0 && ` · ${t('services.people', { count: peopleOf(record) })}`} ·{' '}
            {record.staffIds.map(nameOf).join(t('list'))}
            {record.files > 0 && ` · ${t('services.photos', { count: record.files })}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** So many of each kind, as short words in a day's field. */
function Kinds({ records }: { records: readonly ServiceRecord[] }) {
  const { t } = useTranslation();
  const kinds = [...new Set(records.map(({ kind }) => kind))];
  return (
    <>
      {kinds.map((kind) => {
        const count = records.filter((one) => one.kind === kind).length;
        return (
          <span key={kind} className={`service-chip kind-${kind}`}>
            {t(`services.kind.${kind}`)}
            {count > 1 && ` ${count}`}
          </span>
        );
      })}
    </>
  );
}

export function CalendarPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const today = beijingDay(serverNow());
  const [month, setMonth] = useState(() => monthOf(serverNow()));
  const [day, setDay] = useState(today);
  const weeks = weeksOf(month);
  const days = weeks.flat();
  const [from, to] = [dateText(days[0]?.day ?? today), dateText(days.at(-1)?.day ?? today)];
  const services = useQuery({
    queryKey: ['services', from, to],
    queryFn: () =>
      allPages((cursor) =>
        answer(api.GET('/api/v1/services', { params: { query: { from, to, limit: 200, cursor } } })),
      ),
  });
  const on = (number: number): ServiceRecord[] =>
    (services.data ?? []).filter(({ at }) => beijingDay(Date.parse(at)) === number);
  const monthName = t('services.monthName', { year: month.year, month: t(`time.months.${month.month}`) });
  return (
    <div className="services">
      <div className="page-head">
        <h1>{t('services.title')}</h1>
        <div className="actions">
          {may('service:correct') && <Link to="/services/remarks">{t('surveys.remarks')}</Link>}
          {may('register:write') && <Link to="/services/import">{t('imports.title')}</Link>}
          {may('service:write') && (
            <Link className="button primary" to="/services/new">
              {t('services.record')}
            </Link>
          )}
        </div>
      </div>
      <div className="month-turn" role="group" aria-label={t('services.month')}>
        <button
          type="button"
          className="button small"
          onClick={() => setMonth(shiftMonth(month, -1))}
          aria-label={t('services.before')}
        >
          ‹
        </button>
        <strong aria-live="polite">{monthName}</strong>
        <button
          type="button"
          className="button small"
          onClick={() => setMonth(shiftMonth(month, 1))}
          aria-label={t('services.after')}
        >
          ›
        </button>
      </div>
      {services.isPending && <Loading />}
      {services.error && <Failed error={services.error} retry={services.refetch} />}
      <div className="services-body">
        <table className="month service-month">
          <caption className="hidden">{t('services.caption', { month: monthName })}</caption>
          <thead>
            <tr>
              {WEEKDAYS.map((one) => (
                <th key={one} scope="col">
                  {t(`time.weekdays.${one}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]?.day}>
                {week.map((one) => {
                  const records = on(one.day);
                  return (
                    <td
                      key={one.day}
                      className={`day ${one.inMonth ? '' : 'day-other'} ${one.day === today ? 'day-today' : ''}`}
                    >
                      <button
                        type="button"
                        className="day-button"
                        aria-pressed={one.day === day}
                        onClick={() => setDay(one.day)}
                      >
                        <span className="day-number">
                          {one.number}
                          <span className="hidden">
                            {t('services.day', {
                              month: t(`time.months.${monthOf(atBeijingMinute(one.day, 0)).month}`),
                              count: records.length,
                            })}
                          </span>
                        </span>
                        <span className="day-kinds">
                          <Kinds records={records} />
                        </span>
                        {records.length > 0 && (
                          <span className="day-count" aria-hidden="true">
                            {records.length}
                          </span>
                        )}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
        <section className="card" aria-labelledby="services-day" aria-live="polite">
          <h2 id="services-day">{dayName(t, day)}</h2>
          <DayList records={on(day).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))} />
        </section>
      </div>
    </div>
  );
}
