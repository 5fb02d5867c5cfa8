/** Whose roster a caller may read and change, and the words that all its answers share. */
import { RUNG_ROLES, type RungRole } from '../../domain/model';
import type { OnDuty } from '../../domain/roster/model';
import { fits, hasRung } from '../../domain/roster/fit';
import { inWords } from '../../domain/roster/words';
import { rfc3339 } from '../../domain/zone';
import type { Db } from '../../store/db';
import { namesFor, readPlace, readStaff } from '../../store/roster-names';
import type { ApiDeps } from '../deps';
import { editsRosterOf, inScope, scopeOf } from '../permissions';
import { forbidden, notFound, unprocessable, type FieldError } from '../problem';
import type { Caller } from '../request';

export const atOf = (date: Date): string => rfc3339(date);
export const roleOf = (role: string): RungRole => RUNG_ROLES.find((one) => one === role) ?? 'worker';

/**
 * Which stations a question is about: the one it names, or all in the caller's scope. The bureau's duty is everybody's to
 * read: it answers for every station.
 * @throws Problem 404 for an unknown station and for one out of scope alike
 */
export async function stationsAsked(
  deps: ApiDeps,
  caller: Caller,
  station: string | undefined,
): Promise<string[] | 'all'> {
  const scope = scopeOf(caller);
  if (station === undefined) return scope === 'all' ? 'all' : scope.stationIds;
  const place = await readPlace(deps.db, station);
  if (!place || !(place.bureau || inScope(caller, station))) throw notFound('there is no such station');
  return [station];
}

/** @throws Problem 404 for a station out of scope, 403 for one whose roster is somebody else's to change */
export function demandEdit(caller: Caller, stationId: string): void {
  if (!inScope(caller, stationId)) throw notFound('there is nothing of this id', { action: 'roster:out-of-scope' });
  if (!editsRosterOf(caller, stationId)) {
    throw forbidden("the station's own supervisor changes its roster", { action: 'roster:edit' });
  }
}

/** Are these people there, and can they stand on the rung? @throws Problem 422 naming everybody who cannot */
export async function demandFit(
  db: Db,
  rung: { stationId: string; role: RungRole },
  people: readonly { path: string; staffId: string }[],
): Promise<void> {
  const place = await readPlace(db, rung.stationId);
  const errors: FieldError[] = [];
  if (!place) errors.push({ path: 'stationId', message: 'there is no such station' });
  else if (!hasRung(place, rung.role)) errors.push({ path: 'role', message: 'the station has no such duty' });
  const known = new Map(
    (
      await readStaff(
        db,
        people.map((one) => one.staffId),
      )
    ).map((one) => [one.id, one]),
  );
  for (const { path, staffId } of people) {
    const staff = known.get(staffId);
    if (!staff || !fits(staff, rung)) errors.push({ path, message: 'is nobody who can take this duty' });
  }
  if (errors.length > 0) throw unprocessable(errors);
}

export interface Named {
  name(staffId: string): string;
  /** A person on duty as answers show them. */
  person(one: OnDuty): OnDuty & { name: string; reason: string };
}

/** Looks the names up once for everything that an answer shows. */
export async function named(db: Db, people: readonly OnDuty[]): Promise<Named> {
  const { staff, rotations } = await namesFor(db, people);
  const name = (id: string): string => staff.get(id) ?? id;
  const names = { person: name, rotation: (id: string): string => rotations.get(id) ?? id };
  return {
    name,
    person: ({ staffId, why }) => ({ staffId, name: name(staffId), why, reason: inWords(why, names) }),
  };
}
