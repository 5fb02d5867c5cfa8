/** Who is on duty at a moment, and why. A duty is never silently empty: whoever is away is stood in for by the next in turn. */
import { DAY, beijing } from '../zone';
import { EVERYBODY, type HeldShift, type Hours, type OnDuty, type Override, type Roster } from './model';
import type { Rotation, Rung, Why } from './model';

const DAY_MINUTES = 1_440;
const WEEK = 7;

/** Whether the rung is the rotation's or override's own; a duty officer's is everybody's. */
export const isOf = (one: Rung, rung: Rung): boolean =>
  one.role === rung.role && (one.role === 'duty_officer' || one.stationId === rung.stationId);

/** Minutes after `fromMinute`'s midnight at which the hours end; beyond 1440 on the day after. */
export const endMinute = ({ fromMinute, untilMinute }: Hours): number =>
  untilMinute > fromMinute ? untilMinute : untilMinute + DAY_MINUTES;

/** @param at milliseconds */
export function withinHours(hours: readonly Hours[] | undefined, at: number): boolean {
  if (!hours) return true;
  const { weekday, minuteOfDay } = beijing(at);
  const dayBefore = (weekday + WEEK - 1) % WEEK;
  return hours.some((one) => {
    const end = endMinute(one);
    const began = one.weekdays.includes(weekday) && one.fromMinute <= minuteOfDay && minuteOfDay < end;
    return began || (one.weekdays.includes(dayBefore) && minuteOfDay + DAY_MINUTES < end);
  });
}

/** Does the rotation put anybody on duty at this moment? */
export const isOn = ({ startsAt, endsAt, hours }: Rotation, at: number): boolean =>
  startsAt <= at && (endsAt === undefined || at < endsAt) && withinHours(hours, at);

/** The number of the shift at a moment, from 0; negative before the first. */
export const shiftAt = ({ startsAt, shiftDays }: Pick<Rotation, 'startsAt' | 'shiftDays'>, at: number): number =>
  Math.floor((at - startsAt) / (shiftDays * DAY));

/** When the n-th shift begins; the one before ends then. */
export const shiftStart = ({ startsAt, shiftDays }: Pick<Rotation, 'startsAt' | 'shiftDays'>, shift: number): number =>
  startsAt + shift * shiftDays * DAY;

const inTurn = ({ members }: Rotation, shift: number): string | undefined =>
  members[((shift % members.length) + members.length) % members.length];

interface Holder {
  staffId: string;
  /** The swap by which the shift was got. */
  swap?: { id: string; from: string };
}
type Key = `${string}/${number}`;
const keyOf = ({ rotationId, shift }: Omit<HeldShift, 'staffId'>): Key => `${rotationId}/${shift}`;

/** The shifts that swaps gave to somebody else. A swap that no longer fits what it was agreed on changes nothing. */
export function swappedHolders({ rotations, swaps }: Roster): ReadonlyMap<string, Holder> {
  const byId = new Map(rotations.map((one) => [one.id, one]));
  const swapped = new Map<string, Holder>();
  const now = (of: HeldShift): string | undefined => {
    const rotation = byId.get(of.rotationId);
    return swapped.get(keyOf(of))?.staffId ?? (rotation && inTurn(rotation, of.shift));
  };
  for (const { id, one, other } of swaps) {
    const [mine, theirs] = [now(one), now(other)];
    if (mine !== one.staffId || theirs !== other.staffId) continue;
    swapped.set(keyOf(one), { staffId: theirs, swap: { id, from: mine } });
    swapped.set(keyOf(other), { staffId: mine, swap: { id, from: theirs } });
  }
  return swapped;
}

/** Who holds a shift by turn and swaps, whether or not they are there then; undefined for a rotation without members. */
export const holderOf = (roster: Roster, rotation: Rotation, shift: number): string | undefined =>
  swappedHolders(roster).get(keyOf({ rotationId: rotation.id, shift }))?.staffId ?? inTurn(rotation, shift);

const isAway = ({ leaves, gone }: Roster, staffId: string, at: number): boolean =>
  gone.includes(staffId) || leaves.some((leave) => leave.staffId === staffId && leave.from <= at && at < leave.until);

function ofRotation(
  roster: Roster,
  rotation: Rotation,
  swapped: ReadonlyMap<string, Holder>,
  at: number,
): OnDuty | undefined {
  const { id: rotationId, members } = rotation;
  const shift = shiftAt(rotation, at);
  const turn = inTurn(rotation, shift);
  if (turn === undefined) return undefined;
  const { staffId, swap } = swapped.get(keyOf({ rotationId, shift })) ?? { staffId: turn };
  const why: Why = swap
    ? { kind: 'swap', rotationId, shift, swapId: swap.id, insteadOf: swap.from }
    : { kind: 'rotation', rotationId, shift };
  if (!isAway(roster, staffId, at)) return { staffId, why };
  const after = members.indexOf(members.includes(staffId) ? staffId : turn) + 1;
  const order = [...members.slice(after), ...members.slice(0, after)];
  const next = order.find((one) => !isAway(roster, one, at));
  return next === undefined
    ? undefined
    : { staffId: next, why: { kind: 'stand_in', rotationId, shift, insteadOf: staffId } };
}

/** For whom somebody stands: themselves, and whoever is away. An override of either takes effect. */
const standsFor = ({ staffId, why }: OnDuty): string[] => {
  if (why.kind === 'rotation') return [staffId];
  return why.kind === 'stand_in' ? [staffId, why.insteadOf] : [staffId];
};

function override(people: OnDuty[], { id, staffId, replaces }: Override): OnDuty[] {
  const out = people.filter((one) => replaces === EVERYBODY || (replaces && standsFor(one).includes(replaces)));
  // Whom it stands in for is not on duty just now, so nobody is needed in their place.
  if (replaces !== undefined && replaces !== EVERYBODY && out.length === 0) return people;
  const insteadOf = out.map((one) => one.staffId);
  const kept = people.filter((one) => !out.includes(one) && one.staffId !== staffId);
  return [...kept, { staffId, why: { kind: 'override', overrideId: id, insteadOf } }];
}

/**
 * Who is on duty for a rung at a moment, each once, rotations first. Empty: a gap (空班).
 * @param swapped what swappedHolders() says of the roster, where many moments are asked for
 */
export function onDuty(roster: Roster, rung: Rung, at: number, swapped = swappedHolders(roster)): OnDuty[] {
  let people: OnDuty[] = [];
  for (const rotation of roster.rotations) {
    if (!isOf(rotation, rung) || !isOn(rotation, at)) continue;
    const found = ofRotation(roster, rotation, swapped, at);
    if (found && !people.some((one) => one.staffId === found.staffId)) people.push(found);
  }
  for (const one of roster.overrides) {
    const counts = isOf(one, rung) && one.from <= at && at < one.until && !isAway(roster, one.staffId, at);
    if (counts) people = override(people, one);
  }
  return people;
}
