/** The roster as iCalendar (RFC 5545): what a phone's calendar subscribes to. Names and duties only. */
import { createHash } from 'node:crypto';
import ical, { ICalCalendarMethod, ICalEventClass } from 'ical-generator';
import type { Rung, Shift } from '../domain/roster/model';
import { RUNG_NAMES } from '../domain/roster/words';

export interface CalendarEntry extends Shift {
  rung: Rung;
  name: string;
  reason: string;
}

const REFRESH_SECONDS = 3_600;

/** The same duty has the same id at each fetch, so that a calendar moves it instead of showing it twice. */
function uidOf({ rung, staffId, why, from }: CalendarEntry): string {
  const source = why.kind === 'override' ? why.overrideId : `${why.rotationId}/${why.shift}`;
  const parts = [rung.stationId, rung.role, staffId, source, from];
  return `${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}@shouwang`;
}

/** @param title what the calendar is called */
export function rosterCalendar(title: string, entries: readonly CalendarEntry[]): string {
  const calendar = ical({
    name: title,
    prodId: { company: 'shouwang', product: 'roster', language: 'ZH' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH_SECONDS,
  });
  for (const entry of entries) {
    const start = new Date(entry.from);
    calendar.createEvent({
      id: uidOf(entry),
      start,
      end: new Date(entry.until),
      // When the entry was made is not known; a fixed stamp keeps the file the same while nothing changes.
      stamp: start,
      summary: `${RUNG_NAMES[entry.rung.role]}：${entry.name}`,
      description: entry.reason,
      class: ICalEventClass.PRIVATE,
    });
  }
  return calendar.toString();
}
