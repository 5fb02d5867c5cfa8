/** The climb: who is told next about a late step, and when. Pure; spans and times in milliseconds. */
import type { Alert, Ladder, Tell } from './alert';
import type { Step } from './model';

const DAY_MINUTES = 24 * 60;
const MINUTE = 60_000;
/** Official time is UTC+8 all year, in Xinjiang too. */
const BEIJING_OFFSET_MINUTES = 8 * 60;

/** The first moment at or after `at` at which somebody may be woken. */
export function outsideQuiet(ladder: Ladder, at: number): number {
  const quiet = ladder.quiet;
  if (!quiet) return at;
  const minutes = Math.floor(at / MINUTE) + BEIJING_OFFSET_MINUTES;
  const minuteOfDay = minutes % DAY_MINUTES;
  const { fromMinute, toMinute } = quiet;
  const inQuiet =
    fromMinute <= toMinute
      ? minuteOfDay >= fromMinute && minuteOfDay < toMinute
      : minuteOfDay >= fromMinute || minuteOfDay < toMinute;
  if (!inQuiet) return at;
  const wait = (toMinute - minuteOfDay + DAY_MINUTES) % DAY_MINUTES;
  return (Math.floor(at / MINUTE) + wait) * MINUTE;
}

/** The ladder of one step: no quiet hours hold back what the law wants done at once (立即), whatever the risk. */
export const ladderFor = (ladder: Ladder, step: { urgent?: boolean } | undefined): Ladder =>
  step?.urgent ? { ...ladder, quiet: undefined } : ladder;

const top = (ladder: Ladder): number => ladder.rungs.length - 1;

/** Has the first climb reached the last rung? */
export const atTop = (ladder: Ladder, alert: Alert): boolean => alert.rung >= top(ladder);

/** How long after telling the current rung the next one, or the next round, follows. */
function pause(ladder: Ladder, rung: number): number {
  const here = ladder.rungs[rung];
  const next = ladder.rungs[rung + 1];
  return here && next ? Math.max(0, next.afterMs - here.afterMs) : ladder.repeatMs;
}

/** When the next rung of an alert comes at the latest once its ladder is another one: what was told counts as told now. */
export const nextBy = (ladder: Ladder, { rung }: Alert, now: number): number =>
  outsideQuiet(ladder, rung < 0 ? now : now + pause(ladder, rung));

/** The rungs that were told last: one on the way up, all of them from the second round on. */
const toldRungs = ({ round, rung }: Alert, ladder: Ladder): number[] =>
  round > 1 ? ladder.rungs.map((_, i) => i) : [rung];

/** When the channel after the first `wave` further ones is used, for whom nothing reached; undefined: there is none left. */
function furtherAt(ladder: Ladder, rungs: number[], wave: number, now: number): number | undefined {
  const { receiptWithinMs } = ladder;
  const left = rungs.some((i) => ladder.rungs[i]?.next?.[wave] !== undefined);
  return receiptWithinMs === undefined || !left ? undefined : outsideQuiet(ladder, now + receiptWithinMs);
}

/** The next channel (下一渠道) of the rungs told last, for those who are not known to have got any message. */
export function further(ladder: Ladder, alert: Alert, step: Pick<Step, 'dueAt' | 'texts'>, now: number) {
  const wave = alert.wave ?? 0;
  const rungs = toldRungs(alert, ladder);
  const tells = rungs.flatMap((i): Tell[] => {
    const tell = furtherTell(ladder, alert, step, { rung: i, wave, now });
    return tell ? [{ ...tell, unheard: { why: 'silent' } }] : [];
  });
  const unheardAt = furtherAt(ladder, rungs, wave + 1, now);
  return { alert: { ...alert, wave: wave + 1, unheardAt, owed: undefined }, tells };
}

/** What one rung is told by its n-th further channel; undefined: it has no such channel. */
export function furtherTell(
  ladder: Ladder,
  alert: Alert,
  step: Pick<Step, 'dueAt' | 'texts'>,
  { rung, wave, now }: { rung: number; wave: number; now: number },
): Tell | undefined {
  const at = ladder.rungs[rung];
  const channel = at?.next?.[wave];
  if (!at || !channel) return undefined;
  return {
    id: tellId(alert.id, alert.round, rung),
    kind: step.texts?.overdue ?? 'overdue',
    to: { role: at.to },
    channels: [channel],
    stepId: alert.stepId,
    alertId: alert.id,
    lateMs: Math.max(0, now - step.dueAt),
  };
}

/** A wake that comes this much late is still on its beat. */
const ON_BEAT_MS = 60_000;

/**
 * What the next pause is counted from: the moment that was meant, not the moments that pass until it is acted on. Ladders of
 * one case stay in step with one another, so that one round tells of all that is late.
 */
export const beat = (meant: number, now: number): number => (now - meant < ON_BEAT_MS ? Math.min(meant, now) : now);

/**
 * One move up: the alert as it is after the move, and who is told. Below the top one rung is told; from the second round
 * on all rungs are, every `repeatMs`, for as long as the step is late.
 */
export function climb(
  ladder: Ladder,
  alert: Alert,
  step: Pick<Step, 'dueAt' | 'texts'>,
  now: number,
): { alert: Alert; tells: Tell[] } {
  const lateMs = Math.max(0, now - step.dueAt);
  const repeating = atTop(ladder, alert);
  const round = repeating ? alert.round + 1 : alert.round;
  const rung = repeating ? alert.rung : alert.rung + 1;
  const rungs = repeating ? ladder.rungs.map((_, i) => i) : [rung];
  const kind = alert.skipped ? 'overdue_skipped' : (step.texts?.overdue ?? 'overdue');
  const tells: Tell[] = rungs.flatMap((i) => {
    const at = ladder.rungs[i];
    if (!at) return [];
    return [
      {
        id: tellId(alert.id, round, i),
        kind,
        to: { role: at.to },
        channels: at.channels,
        stepId: alert.stepId,
        alertId: alert.id,
        lateMs,
      },
    ];
  });
  const nextAt = outsideQuiet(ladder, beat(alert.nextAt, now) + pause(ladder, rung));
  const unheardAt = furtherAt(ladder, rungs, 0, now);
  const fresh = { skipped: false, telling: undefined, wave: 0, unheardAt, owed: undefined };
  return { alert: { ...alert, state: 'open', round, rung, nextAt, ...fresh }, tells };
}

/** Round and rung stand in the key, so that a retry of the same tell makes the same messages and no others. */
export const tellId = (alert: string, round: number, rung: number): string => `${alert}/${round}/${rung}`;
