/** The month: a table of days, in each the shifts and, in red, the gaps with why. On a phone a list of days. */
import type { TFunction } from 'i18next';
import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DutyGap, DutyShift } from '../../api/types';
import { beijingDay } from '../../../../domain/zone';
import { type GridDay, partOn, WEEKDAYS } from '../../lib/month';
import { joined, keyOf, whyNot } from './picks';

const WHOLE = 1_440;
/** So many tints there are in the styles. */
const TINTS = 6;
const DRAGGED = 'application/x-shouwang-shift';

const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
const clock = (minute: number): string => `${two(minute / 60)}:${two(minute % 60)}`;

/** `09:00–24:00`; nothing where it is the whole day. */
const partWords = ({ from, until }: { from: number; until: number }): string =>
  from === 0 && until === WHOLE ? '' : `${clock(from)}–${clock(until)}`;

const gapWords = (t: TFunction, { cause, away }: DutyGap): string =>
  t(`roster.gap.${cause}`, { names: away.map(({ name }) => name).join(t('list')) });

const spanOf = ({ from, until }: { from: string; until: string }) => ({
  from: Date.parse(from),
  until: Date.parse(until),
});

interface Props {
  weeks: readonly (readonly GridDay[])[];
  shifts: readonly DutyShift[];
  gaps: readonly DutyGap[];
  now: number;
  picked: readonly DutyShift[];
  swaps: boolean;
  onPick: (shift: DutyShift) => void;
  onDrop: (dragged: DutyShift, target: DutyShift) => void;
}

export function RosterGrid(props: Props) {
  const { t } = useTranslation();
  const { weeks, shifts, now } = props;
  const people = [...new Set(shifts.map(({ staffId }) => staffId))].sort();
  const tintOf = (staffId: string): number => people.indexOf(staffId) % TINTS;
  const today = beijingDay(now);
  // On a phone the list of this month begins today.
  const thisMonth = weeks.flat().some(({ day, inMonth }) => inMonth && day === today);
  return (
    <table className="month">
      <caption className="hidden">{t('roster.caption')}</caption>
      <thead>
        <tr>
          {WEEKDAYS.map((day) => (
            <th key={day} scope="col">
              {t(`time.weekdays.${day}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]?.day}>
            {week.map((day, n) => (
              <td
                key={day.day}
                className={`day ${day.inMonth ? '' : 'day-other'} ${day.day === today ? 'day-today' : ''} ${thisMonth && day.day < today ? 'day-past' : ''}`}
                aria-current={day.day === today ? 'date' : undefined}
              >
                <span className="day-number">
                  {day.number}
                  <span className="day-week"> {t(`time.weekdays.${WEEKDAYS[n] ?? 1}`)}</span>
                </span>
                <DayDuties {...props} day={day.day} tintOf={tintOf} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayDuties({ day, shifts, gaps, tintOf, ...rest }: Props & { day: number; tintOf: (id: string) => number }) {
  const { t } = useTranslation();
  const all = shifts.flatMap((shift) => {
    const part = partOn(spanOf(shift), day);
    return part ? [{ shift, part }] : [];
  });
  const here = joined(all);
  const open = gaps.flatMap((gap) => {
    const part = partOn(spanOf(gap), day);
    return part ? [{ gap, part }] : [];
  });
  return (
    <ul className="plain duties">
      {open.map(({ gap, part }) => (
        <li key={gap.from} className="duty-gap">
          <strong>{t('roster.gap.label')}</strong> {partWords(part)}
          <small>{gapWords(t, gap)}</small>
        </li>
      ))}
      {here.map(({ shift, part }) => (
        <li key={`${keyOf(shift)}/${shift.staffId}/${shift.from}`}>
          <Duty shift={shift} hours={partWords(part)} tint={tintOf(shift.staffId)} {...rest} />
        </li>
      ))}
    </ul>
  );
}

type DutyProps = Pick<Props, 'now' | 'picked' | 'swaps' | 'onPick' | 'onDrop'> & {
  shift: DutyShift;
  hours: string;
  tint: number;
};

function Duty({ shift, hours, tint, now, picked, swaps, onPick, onDrop }: DutyProps) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const isPicked = picked.some((one) => keyOf(one) === keyOf(shift) && one.staffId === shift.staffId);
  const free = swaps && whyNot(shift, { now }) === undefined;
  const changed = shift.why.kind !== 'rotation';
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const dragged = JSON.parse(event.dataTransfer.getData(DRAGGED) || 'null') as DutyShift | null;
    if (dragged && keyOf(dragged) !== keyOf(shift)) onDrop(dragged, shift);
  };
  return (
    <button
      type="button"
      className={`duty tint-${tint} ${free ? 'duty-free' : ''} ${over ? 'duty-over' : ''}`}
      aria-pressed={isPicked}
      title={shift.reason}
      draggable={free}
      onClick={() => onPick(shift)}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, JSON.stringify(shift));
        event.dataTransfer.effectAllowed = 'move';
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span className="duty-name">{shift.name}</span>
      {changed && <span className="duty-why">{t(`roster.why.${shift.why.kind}`)}</span>}
      {hours !== '' && <small>{hours}</small>}
    </button>
  );
}
