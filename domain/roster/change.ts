/** Changes of a running rotation take effect at a hand-over, so that nobody is taken off or put on duty in mid-shift. */
import { DAY, atBeijingMinute, beijing, beijingDay } from '../zone';
import type { Hours, Rotation } from './model';
import { shiftAt, shiftStart } from './on-duty';

export interface RotationChange {
  members?: readonly string[];
  shiftDays?: number;
  /** Minute of the Beijing day. */
  handOverMinute?: number;
  /** null: always on */
  hours?: readonly Hours[] | null;
}

/** What stays of the rotation, and what follows it. */
export interface Changed {
  /** The rotation ends here; absent: it had not begun and is changed as it stands. */
  endsAt?: number;
  next: Rotation;
}

/** Nobody loses their turn by a change: whoever is next goes on, unless a new order is given. */
function fromNextTurn(members: readonly string[], turns: number): readonly string[] {
  const first = turns % members.length;
  return [...members.slice(first), ...members.slice(0, first)];
}

/**
 * @param change what is different from then on
 * @param now milliseconds
 * @param from the day, by this moment, on which it takes effect; absent: the next hand-over
 * @returns undefined where the rotation has ended, or will have by then
 */
export function changeRotation(
  rotation: Rotation,
  change: RotationChange,
  now: number,
  from?: number,
): Changed | undefined {
  if (rotation.endsAt !== undefined && rotation.endsAt <= now) return undefined;
  const minute = change.handOverMinute ?? beijing(rotation.startsAt).minuteOfDay;
  const { hours = rotation.hours, shiftDays = rotation.shiftDays } = change;
  const { hours: _, ...rest } = rotation;
  const made = { ...rest, shiftDays, ...(hours && { hours }) };
  if (rotation.startsAt > now) {
    const startsAt = atBeijingMinute(beijingDay(from ?? rotation.startsAt), minute);
    return { next: { ...made, members: change.members ?? rotation.members, startsAt } };
  }
  const turns = shiftAt(rotation, now) + 1;
  let startsAt = atBeijingMinute(beijingDay(from ?? shiftStart(rotation, turns)), minute);
  while (startsAt <= now) startsAt += DAY;
  if (rotation.endsAt !== undefined && rotation.endsAt <= startsAt) return undefined;
  const due = shiftAt(rotation, startsAt - 1) + 1;
  return {
    endsAt: startsAt,
    next: { ...made, members: change.members ?? fromNextTurn(rotation.members, due), startsAt },
  };
}
