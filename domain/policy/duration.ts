/** Spans of a policy as a supervisor's office writes them: `15m`, `24h`, `7d`, `5wd`, `6mo`, `6mo-30d`, `by 22:00`, `expiry-30d`. */
import { addWorkingDays } from '../calendar';
import { DAY, HOUR, MINUTE, addMonths, atBeijingMinute, beijingDay } from '../zone';

export type Duration =
  | { unit: 'm' | 'h' | 'd'; n: number }
  /** Working days, due at the end of the station's hours. */
  | { unit: 'wd'; n: number }
  /** Calendar months, less some days (a warning before an expiry). */
  | { unit: 'mo'; n: number; lessDays: number }
  /** The next such minute of the Beijing day that is at least an hour ahead. */
  | { unit: 'by'; minute: number }
  /** So many days before what the rule `lasts` is over. */
  | { unit: 'expiry'; lessDays: number };

const CLOCK = { m: MINUTE, h: HOUR, d: DAY } as const;
const WORDS = { m: '分钟', h: '小时', d: '天' } as const;
/** A time of day that is nearer than this is the next day's: nobody can act in the minutes left. */
const BY_LEAST = HOUR;

export const DURATION_EXPECTED =
  'a time span such as 15m, 24h, 7d, 5wd (working days), 6mo, 6mo-30d, expiry-30d or "by 22:00", or null for no such step';

/** `HH:MM` in minutes of the day, up to 24:00; undefined if it is not one. */
export function parseMinuteOfDay(text: string): number | undefined {
  const found = /^(\d{2}):(\d{2})$/.exec(text);
  if (!found) return undefined;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return Number(found[2]) < 60 && minutes <= 1440 ? minutes : undefined;
}

/** A span in the policy's words; undefined if it is not one. */
export function parseDuration(text: string): Duration | undefined {
  const by = /^by (\S+)$/.exec(text);
  if (by) {
    const minute = parseMinuteOfDay(by[1] ?? '');
    return minute === undefined ? undefined : { unit: 'by', minute };
  }
  const expiry = /^expiry(?:-(\d{1,3})d)?$/.exec(text);
  if (expiry) return { unit: 'expiry', lessDays: Number(expiry[1] ?? 0) };
  const found = /^(\d{1,4})(m|h|d|wd|mo)(?:-(\d{1,3})d)?$/.exec(text);
  if (!found) return undefined;
  const n = Number(found[1]);
  const unit = found[2];
  const lessDays = Number(found[3] ?? 0);
  if (unit === 'mo') return n >= 1 && lessDays < n * 28 ? { unit, n, lessDays } : undefined;
  if (found[3] !== undefined) return undefined;
  if (unit === 'wd') return n >= 1 ? { unit, n } : undefined;
  return unit === 'm' || unit === 'h' || unit === 'd' ? { unit, n } : undefined;
}

/** Milliseconds of a span of clock time; undefined for one that depends on the calendar. */
export const clockMs = (span: Duration): number | undefined =>
  span.unit === 'm' || span.unit === 'h' || span.unit === 'd' ? span.n * CLOCK[span.unit] : undefined;

/**
 * When a span that starts at a moment is over.
 * @param startAt milliseconds since the epoch
 * @param endMinuteOfDay end of the station's hours, minutes of the Beijing day
 * @param until the end of what an `expiry` span warns of, ms. A warning that would lie before the start comes half way.
 */
export function endOf(span: Duration, startAt: number, endMinuteOfDay: number, until = startAt): number {
  switch (span.unit) {
    case 'wd':
      return addWorkingDays(startAt, span.n, endMinuteOfDay);
    case 'mo':
      return addMonths(startAt, span.n) - span.lessDays * DAY;
    case 'expiry':
      return warnsInTime(span, startAt, until)
        ? until - span.lessDays * DAY
        : startAt + Math.max(0, Math.floor((until - startAt) / 2));
    case 'by': {
      const today = atBeijingMinute(beijingDay(startAt), span.minute);
      const short = startAt + BY_LEAST - today;
      return short <= 0 ? today : today + Math.ceil(short / DAY) * DAY;
    }
    default:
      return startAt + span.n * CLOCK[span.unit];
  }
}

/** Is there still time for a warning so many days before `until`? */
export const warnsInTime = ({ lessDays }: { lessDays: number }, startAt: number, until: number): boolean =>
  until - lessDays * DAY > startAt;

/** The shortest and the longest that a span can be, in milliseconds; holidays make working days as long as they like. */
function bounds(span: Duration, endMinuteOfDay: number): { least: number; most: number } {
  switch (span.unit) {
    case 'wd':
      return { least: (span.n - 1) * DAY + endMinuteOfDay * MINUTE, most: Infinity };
    case 'mo':
      return { least: span.n * 28 * DAY - span.lessDays * DAY, most: span.n * 31 * DAY - span.lessDays * DAY };
    case 'expiry':
      return { least: 0, most: Infinity };
    case 'by':
      return { least: BY_LEAST, most: BY_LEAST + DAY };
    default:
      return { least: span.n * CLOCK[span.unit], most: span.n * CLOCK[span.unit] };
  }
}

/** Is `a` over no later than `b` from whatever start? Only what can be proved counts. */
export function neverLater(a: Duration, b: Duration, endMinuteOfDay: number): boolean {
  if (a.unit === 'by' && b.unit === 'by') return a.minute === b.minute;
  if (a.unit === 'wd' && b.unit === 'wd') return a.n <= b.n;
  if (a.unit === 'mo' && b.unit === 'mo') return a.n <= b.n && a.lessDays >= b.lessDays;
  if (a.unit === 'expiry' && b.unit === 'expiry') return a.lessDays >= b.lessDays;
  return bounds(a, endMinuteOfDay).most <= bounds(b, endMinuteOfDay).least;
}

const clockFace = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The span for people, as it stands on the screen: `24 小时`, `5 个工作日`. */
export function inWords(span: Duration): string {
  switch (span.unit) {
    case 'wd':
      return `${span.n} 个工作日`;
    case 'mo':
      return span.lessDays === 0 ? `${span.n} 个月` : `满 ${span.n} 个月前 ${span.lessDays} 天`;
    case 'expiry':
      return span.lessDays === 0 ? '到期之日' : `到期前 ${span.lessDays} 天`;
    case 'by':
      return span.minute === 1440 ? '当日内' : `${clockFace(span.minute)} 前`;
    default:
      return span.n === 0 ? '立即' : `${span.n} ${WORDS[span.unit]}`;
  }
}
