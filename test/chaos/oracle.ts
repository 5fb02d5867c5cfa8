/**
 * Who must have been told what and when, worked out outside the system from what was put in and what came out at the
 * carrier. It knows the promises (docs/architecture.md) and nothing of how they are kept. Pure; milliseconds.
 */
import type { Manner } from './story';

export const ROLES = ['worker', 'supervisor', 'duty_officer'] as const;
export type Role = (typeof ROLES)[number];

/** How lateness is told in a run of chaos: short, so that much happens in little time. */
export const LADDER_MS = {
  after: { worker: 0, supervisor: 6_000, duty_officer: 12_000 },
  repeat: 12_000,
  ackBuys: 10_000,
};
/** After healing nothing is later than this. */
export const PROMPT_MS = 60_000;

/** A message about lateness as the carrier took it. */
export interface Heard {
  atMs: number;
  role: Role | undefined;
  channel: string;
}

export interface Seen {
  number: string;
  manner: Manner;
  /** When it was written down, i.e. the write was answered. */
  takenAt: number;
  dueAt: number;
  heard: Heard[];
  /** By the journal: when it was acknowledged, when the step was done. */
  acknowledgedAt?: number;
  doneAt?: number;
  /** Own times of the messages of lateness that were made after the acknowledgement or the end. */
  madeAfter: number[];
}

/** When at the latest a rung has to be told that was due at `at`. */
const latest = (at: number, calmAt: number): number => Math.max(at, calmAt) + PROMPT_MS;

/** Rungs that were not told of a case that nobody answers for. Where somebody answers, some message had reached them. */
export function missing(seen: Seen, until: number): string[] {
  if (seen.manner !== 'silent') return [];
  const wanted = ROLES.filter((role) => seen.dueAt + LADDER_MS.after[role] < until);
  const untold = wanted.filter((role) => !seen.heard.some((one) => one.role === role));
  return untold.map((role) => `${seen.number}: the ${role} was not told`);
}

/** Told again after the top, for as long as it is late; and after what an acknowledgement bought. */
export function unrepeated(seen: Seen): string[] {
  if (seen.manner === 'silent') {
    const officer = seen.heard.filter((one) => one.role === 'duty_officer' && one.channel === 'sms');
    return officer.length >= 2 ? [] : [`${seen.number}: nobody was told again`];
  }
  if (seen.manner !== 'acknowledges' || seen.acknowledgedAt === undefined) return [];
  const after = seen.acknowledgedAt + LADDER_MS.ackBuys;
  return seen.heard.some((one) => one.atMs >= after) ? [] : [`${seen.number}: acknowledged, and forgotten`];
}

/** What must not have happened. @param calmAt when the last fault was over */
export function wrong(seen: Seen, calmAt: number): string[] {
  const found: string[] = [];
  const say = (what: string): number => found.push(`${seen.number} (${seen.manner}): ${what}`);
  for (const { atMs } of seen.heard) if (atMs < seen.dueAt) say(`told ${seen.dueAt - atMs} ms before the deadline`);
  if (seen.doneAt !== undefined && seen.doneAt < seen.dueAt && seen.heard.length > 0) say('told though done in time');
  for (const role of ROLES) {
    const first = Math.min(...seen.heard.filter((one) => one.role === role).map((one) => one.atMs));
    const bound = latest(seen.dueAt + LADDER_MS.after[role], calmAt);
    if (seen.manner === 'silent' && first < Infinity && first > bound)
      say(`the ${role} was told ${first - bound} ms too late`);
  }
  for (const at of seen.madeAfter) {
    const { doneAt, acknowledgedAt } = seen;
    if (doneAt !== undefined && at > doneAt) say(`a message of lateness was made ${at - doneAt} ms after the end`);
    else if (acknowledgedAt !== undefined && at > acknowledgedAt && at < acknowledgedAt + LADDER_MS.ackBuys)
      say(`a message was made ${at - acknowledgedAt} ms after the acknowledgement`);
  }
  return found;
}
