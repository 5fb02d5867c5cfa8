/** The roster (值班表): a month of shifts and gaps; two of them exchanged by dragging or by picking; leave and overrides. */
import '../../styles/desk.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useNow, useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import type { DutyRole, DutyShift } from '../../api/types';
import { monthOf, shiftMonth, spanOf, weeksOf } from '../../lib/month';
import { Failed, Loading } from '../../ui/bits';
import { RosterGrid } from './calendar';
import { PickBar } from './pick-bar';
import { pick } from './picks';
import { RosterSide } from './side';

const iso = (ms: number): string => new Date(ms).toISOString();

export default function RosterPage() {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const now = useNow(60_000);
  const [month, setMonth] = useState(() => monthOf(Date.now()));
  const [station, setStation] = useState(me.stationId);
  const [wanted, setRole] = useState<DutyRole>();
  const [picked, setPicked] = useState<DutyShift[]>([]);
  const stations = useStations();
  const weeks = weeksOf(month);
  const { from, until } = spanOf(weeks);
  const roster = useQuery({
    queryKey: ['roster', station, from, until],
    queryFn: () =>
      answer(api.GET('/api/v1/roster', { params: { query: { from: iso(from), to: iso(until), station } } })),
  });
  const items = roster.data?.items ?? [];
  const item = items.find(({ role }) => role === wanted) ?? items[0];
  // The server says the last word; this only decides what is offered.
  const edits = may('roster:edit') && (station === me.stationId || me.role === 'admin');
  const go = (by: number): void => setMonth(shiftMonth(month, by));
  const choose = (next: () => void): void => {
    setPicked([]);
    next();
  };
  return (
    <div className="roster">
      <div className="page-head">
        <h1>{t('roster.title')}</h1>
        <div className="month-turn" role="group" aria-label={t('roster.month')}>
          <button type="button" className="button small" onClick={() => go(-1)} aria-label={t('roster.before')}>
            ‹
          </button>
          <strong aria-live="polite">
            {t('roster.monthName', { year: month.year, month: t(`time.months.${month.month}`) })}
          </strong>
          <button type="button" className="button small" onClick={() => go(1)} aria-label={t('roster.after')}>
            ›
          </button>
          <button type="button" className="button small" onClick={() => setMonth(monthOf(Date.now()))}>
            {t('roster.today')}
          </button>
        </div>
      </div>
      <div className="roster-choose">
        {(stations.data?.length ?? 0) > 1 && (
          <label>
            <span className="hidden">{t('roster.station')}</span>
            <select value={station} onChange={(event) => choose(() => setStation(event.target.value))}>
              {stations.data?.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {items.length > 1 && (
          <div className="segments" role="group" aria-label={t('roster.duty')}>
            {items.map(({ role }) => (
              <button
                key={role}
                type="button"
                aria-pressed={role === item?.role}
                onClick={() => choose(() => setRole(role))}
              >
                {t(`rung.${role}`)}
              </button>
            ))}
          </div>
        )}
      </div>
      {roster.isPending && <Loading />}
      {roster.error && <Failed error={roster.error} retry={roster.refetch} />}
      {item && (
        <div className="roster-body">
          <RosterGrid
            weeks={weeks}
            shifts={item.shifts}
            gaps={item.gaps}
            now={now}
            picked={picked}
            onPick={(shift) => setPicked(pick(picked, shift))}
            onDrop={(dragged, target) => setPicked([dragged, target])}
            swaps={edits || may('roster:swap')}
          />
          <RosterSide station={station} role={item.role} edits={edits} names={names(item.shifts)} />
        </div>
      )}
      {item && (
        <PickBar
          picked={picked}
          edits={edits}
          role={item.role}
          station={station}
          now={now}
          onDone={() => setPicked([])}
        />
      )}
    </div>
  );
}

/** Names of everybody on the calendar, for what the side says of them. */
const names = (shifts: readonly DutyShift[]): ReadonlyMap<string, string> =>
  new Map(shifts.map(({ staffId, name }) => [staffId, name]));
