/** The timeline of an alert (告警经过): from rows to moments in order. */
import { z } from 'zod';
import { CHANNELS } from '../../domain/channels';
import { rfc3339 } from '../../domain/zone';
import type { Delivery } from '../../prisma/generated/client';
import type { AlertStory } from '../../store/alert-story';
import type { AlertMoment } from '../schemas/channels';

/** What an entry of the journal says of rounds and rungs. */
const Entry = z.object({
  round: z.number().optional(),
  rung: z.number().optional(),
  code: z.string().nullish(),
  why: z.string().optional(),
});
const Channel = z.enum(CHANNELS).nullable().catch(null);

interface Placed {
  /** The wall's time, by which moments are put in order. */
  wall: number;
  moment: AlertMoment;
}

const EMPTY = {
  who: null,
  channel: null,
  provider: null,
  code: null,
  message: null,
  attempt: null,
  ms: null,
  round: null,
  rung: null,
} as const;

/**
 * All moments, by the wall's clock; what is shown is the case's own time. Both are the same but where a case's clock
 * was moved (sandbox, drills): there a provider's times are shifted like the message that they are about.
 * @param aheadMs how far the case's clock is ahead of the wall's
 */
export function timelineOf(
  { events, deliveries, attempts, replies, names }: AlertStory,
  aheadMs: number,
): AlertMoment[] {
  const who = (kind: string, id: string): AlertMoment['who'] => ({ kind, id, name: names.get(id) ?? null });
  const byKey = new Map(deliveries.map((one) => [one.key, one]));
  const shift = (row: Delivery | undefined): number =>
    aheadMs === 0 || !row ? aheadMs : row.at.getTime() - row.createdAt.getTime();
  const about = (row: Delivery) => ({
    who: who(row.personKind, row.personId),
    channel: Channel.parse(row.channel),
    message: row.key,
  });
  const placed: Placed[] = [];
  const place = (
    wall: Date,
    shown: number,
    moment: Pick<AlertMoment, 'kind' | 'what'> & Partial<AlertMoment>,
  ): void => {
    placed.push({ wall: wall.getTime(), moment: { ...EMPTY, ...moment, at: rfc3339(shown) } });
  };
  for (const { at, recordedAt, actorKind, actorId, kind: what, data } of events) {
    const { round = null, rung = null, code, why } = Entry.catch({}).parse(data);
    const actor = who(actorKind, actorId);
    place(recordedAt, at.getTime(), { kind: 'event', what, who: actor, round, rung, code: code ?? why ?? null });
  }
  for (const row of deliveries) {
    place(row.createdAt, row.at.getTime(), { kind: 'told', what: row.kind, ...about(row) });
    if (row.receiptAt === null) continue;
    const what = row.state === 'delivered' ? 'delivered' : 'undelivered';
    const { provider, code } = row;
    place(row.receiptAt, row.receiptAt.getTime() + shift(row), {
      kind: 'receipt',
      what,
      ...about(row),
      provider,
      code,
    });
  }
  for (const { key, n, at, provider, outcome, code, ms } of attempts) {
    const row = byKey.get(key);
    if (!row) continue;
    const shown = at.getTime() + shift(row);
    place(at, shown, { kind: 'attempt', what: outcome, ...about(row), provider, code, attempt: n, ms });
  }
  for (const { at, personId, via, outcome } of replies) {
    const channel = Channel.parse(via);
    place(at, at.getTime() + aheadMs, { kind: 'reply', what: outcome, who: who('staff', personId), channel });
  }
  return placed.toSorted((a, b) => a.wall - b.wall).map(({ moment }) => moment);
}
