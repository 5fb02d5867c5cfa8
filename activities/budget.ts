/** Before a text or a call goes out: is there a unit of the phone's budget, and who else goes with it? */
import { decide } from '../domain/budget';
import { isLimited, type LimitedChannel, parseLimits } from '../domain/limits';
import { priorityOf } from '../domain/urgency';
import type { Delivery } from '../prisma/generated/client';
import { contentOf, failSpent, hold, readBudget, returnUnit, takeUnit, type Wanting } from '../store/budget';
import { beginAttempt } from '../store/deliveries';
import { bundleFor, keptBundle } from './bundle';
import type { Line, Outgoing } from './channels/channel';
import type { Composed } from './compose';
import type { SendDeps } from './deps';
import { Lines } from './line';

/** How a message is tried; times by the case's own clock, in milliseconds since the epoch. */
export interface Turn {
  /** Asked at the very moment that a unit is taken, which may be a while after the activity began. */
  now: () => number;
  /** Waiting for the budget beyond this is no use: the next channel or person has to do. Absent: it waits. */
  until?: number;
  /** Goes now or not at all: nothing is written down about a message that would have to wait. */
  eager?: boolean;
  /** Speaks for nobody else. */
  alone?: boolean;
  /** The provider that may have the message already: tried last. */
  avoid?: string;
}

type Route = ReturnType<Line['route']>;

/** go: the attempt is written down and the carrier may be called; over: it has ended, or goes with another. */
export type Begun =
  | { step: 'go'; message: Outgoing; route: Route; counted: boolean; bundled: boolean }
  | { step: 'held'; ms: number; limit: string }
  | { step: 'spent'; limit: string }
  | { step: 'over' };

/** For a worse message to the same phone that was made in the same moment, in milliseconds. */
const GIVE_WAY_MS = 1_000;
/** Waits are looked at again after this long at most, in milliseconds. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000;
/** How long a message that nobody sets a time for is worth waiting for, in milliseconds. */
const USUAL_PATIENCE_MS = 60_000;
const RACES = 50;

const lines = new Lines();
/** Channels that nothing limited when it was last asked. */
const unlimited = new Set<LimitedChannel>();

/** Takes a unit and begins the attempt; without limits it just begins. */
export async function begin(deps: SendDeps, row: Delivery, composed: Composed, turn: Turn): Promise<Begun> {
  const { channel, message } = composed;
  if (!isLimited(channel)) return beginFree(deps, row, composed, turn);
  const wanting = {
    key: row.key,
    channel,
    phone: message.to,
    personId: row.personId,
    priority: row.priority,
  };
  return lines.run(`${channel} ${message.to}`, row.priority, () => take(deps, row, composed, turn, wanting));
}

async function beginFree({ db, channels }: SendDeps, row: Delivery, composed: Composed, turn: Turn): Promise<Begun> {
  const { channel, message, vars } = composed;
  const route = channels[channel].route(turn.avoid);
  const { key, attempts } = row;
  const begun = await beginAttempt(db, { key, attempts, vars, provider: route[0] });
  return begun ? free(row, message, route) : { step: 'over' };
}

const free = ({ bundle }: Delivery, message: Outgoing, route: Route): Begun => ({
  step: 'go',
  ...{ message, route, counted: false, bundled: bundle !== null },
});

async function take(
  deps: SendDeps,
  row: Delivery,
  composed: Composed,
  turn: Turn,
  wants: Omit<Wanting, 'at'>,
): Promise<Begun> {
  const { db, channels } = deps;
  const { message, vars } = composed;
  const line = channels[wants.channel];
  // Asked for once, and only when the message can go: whoever asks may be the probe of a provider that has rested.
  let route: Route | undefined;
  // The carrier's records do not hold the attempt before, or nothing would be sent again: its unit is free.
  const replaces = row.state === 'sending' && line.keepsRecords(row.provider);
  const asked = { priority: priorityOf(row.priority), content: contentOf(message.body) };
  for (let race = 0; ; race += 1) {
    const at = turn.now();
    const wanting = { ...wants, at };
    const later = (ms: number, limit: string) => wait(deps, { ...wanting, replaces }, turn, ms, limit);
    if (race === RACES) return later(GIVE_WAY_MS, 'busy');
    // It was free the last time: it begins with the look, which makes sure that it still is.
    if (unlimited.has(wants.channel)) route ??= line.route(turn.avoid);
    const attempt = route && { key: row.key, attempts: row.attempts, vars, provider: route[0] };
    const seen = await readBudget(db, wanting, attempt);
    const limits = parseLimits(seen.limits) ?? [];
    unlimited[limits.length === 0 ? 'add' : 'delete'](wants.channel);
    if (seen.begun === false) return { step: 'over' };
    if (seen.begun && route) return free(row, message, route);
    if (limits.length === 0) return beginFree(deps, row, composed, turn);
    if (seen.worse && row.heldUntil === null) return later(GIVE_WAY_MS, 'worse');
    const uses = replaces ? seen.uses.filter((use) => use.key !== row.key) : seen.uses;
    const verdict = decide(limits, uses, at, asked);
    if (!verdict.free) return later(verdict.waitMs, verdict.limit);
    const budget = { limits, uses, at, patienceMs: turn.until === undefined ? USUAL_PATIENCE_MS : turn.until - at };
    const more = seen.others && !turn.alone ? await bundleFor(deps, row, composed, budget) : undefined;
    const going = more?.message ?? message;
    const bundle = more?.bundle ?? keptBundle(row);
    const carried = more?.carried ?? [];
    const content = contentOf(going.body);
    route ??= line.route(turn.avoid);
    const [provider] = route;
    const { attempts } = row;
    const unit = { ...wanting, attempts, version: seen.version, content, vars, provider, replaces, bundle, carried };
    const taken = await takeUnit(db, unit);
    if (taken === 'over') return { step: 'over' };
    const bundled = bundle !== undefined || carried.length > 0;
    if (taken === 'taken') return { step: 'go', message: going, route, counted: true, bundled };
  }
}

async function wait(
  { db }: SendDeps,
  { key, phone, at, replaces }: Wanting & { replaces: boolean },
  { until, eager }: Turn,
  ms: number,
  limit: string,
): Promise<Begun> {
  if (eager) return { step: 'held', ms, limit };
  if (replaces) await returnUnit(db, key);
  if (until !== undefined && at + ms > until) {
    return (await failSpent(db, key, phone)) ? { step: 'spent', limit } : { step: 'over' };
  }
  const finite = Math.min(ms, LONGEST_WAIT_MS);
  return (await hold(db, key, phone, at + finite)) ? { step: 'held', ms: finite, limit } : { step: 'over' };
}
