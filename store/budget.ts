/** Budgets of phones in the database: what was used, and taking a unit so that no two messages take the same one. */
import { createHash } from 'node:crypto';
import type { Use } from '../domain/budget';
import { type LimitedChannel, UNLIMITED } from '../domain/limits';
import type { TextValues } from '../domain/texts';
import { Prisma } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { type Beginning, beginning } from './deliveries';

/** Uses are of no interest after this long, in milliseconds. */
const KEPT_MS = 7 * 24 * 60 * 60_000;
/** No limit looks further than this to either side, in milliseconds. */
const REACH_MS = 25 * 60 * 60_000;
/** No attempt is under way for longer than this, in milliseconds: whoever made it has died. */
const UNDER_WAY_MS = 60_000;
/** A message that was made so long ago and did not go yet is not waited for any more, in milliseconds. */
const FRESH_MS = 10_000;

/** Says which text it was, without saying it. */
export const contentOf = (body: string): string => createHash('sha256').update(body).digest('base64url').slice(0, 16);

/** What somebody who wants a unit has to know. */
export interface Seen {
  /** The limits in force as text. */
  limits: string;
  /** Whether the attempt has begun, where it was given and nothing is limited: if not, the delivery has ended, or somebody else has begun one. */
  begun?: boolean;
  /** What the budget has to be at still when the unit is taken. */
  version: number | null;
  uses: (Use & { key: string })[];
  /** Another message waits for the same phone, or was kept from it lately. */
  others: boolean;
  /** A worse one was made in this moment and has not been tried. */
  worse: boolean;
}

export interface Wanting {
  key: string;
  channel: LimitedChannel;
  /** E.164 */
  phone: string;
  personId: string;
  /** Its place in the queue; lower goes first. */
  priority: number;
  /** The case's own time, milliseconds. */
  at: number;
}

const HAS_BEGUN = Prisma.sql`EXISTS (SELECT 1 FROM begun)`;

interface SeenRow {
  limits: string | null;
  begun: boolean | null;
  version: number | null;
  uses: { key: string; at: number; content: string }[] | null;
  others: boolean;
  worse: boolean;
}

/**
 * One round trip before a unit is taken. A message that the carrier has not answered for yet counts as of now: on a busy machine
 * it may leave seconds after its unit was taken, and the carrier counts it from when it comes.
 * @param attempt begins in the same round trip where nothing is limited
 */
export async function readBudget(
  db: Tx,
  { key, channel, phone, personId, priority, at }: Wanting,
  attempt?: Beginning,
): Promise<Seen> {
  const [from, to] = [new Date(at - REACH_MS), new Date(at + REACH_MS)];
  const fresh = new Date(Date.now() - FRESH_MS);
  const [now, living] = [new Date(at), new Date(Date.now() - UNDER_WAY_MS)];
  const begun = attempt
    ? Prisma.sql`, begun AS (
        ${beginning(attempt)} AND (SELECT coalesce(limits, ${UNLIMITED}) = ${UNLIMITED} FROM l) RETURNING 1)`
    : Prisma.empty;
  const [row] = await db.$queryRaw<SeenRow[]>`
    WITH l AS MATERIALIZED (
      SELECT (SELECT coalesce(override, configured) FROM channel_limits WHERE channel = ${channel}) AS limits
    )${begun}
    SELECT (SELECT limits FROM l) AS limits, ${attempt ? HAS_BEGUN : Prisma.sql`NULL::boolean`} AS begun,
      (SELECT version FROM phone_budgets WHERE channel = ${channel} AND phone = ${phone}) AS version,
      (SELECT json_agg(json_build_object('key', key, 'content', content, 'at', 1000 * extract(epoch FROM
           CASE WHEN under_way AND taken_at > ${living}::timestamptz THEN greatest(at, ${now}::timestamptz) ELSE at END)))
         FROM phone_uses WHERE channel = ${channel} AND phone = ${phone}
          AND at BETWEEN ${from}::timestamptz AND ${to}::timestamptz) AS uses,
      EXISTS (SELECT 1 FROM deliveries WHERE held_phone = ${phone} AND bundled_in IS NULL
        AND state IN ('pending', 'failed') AND channel = ${channel} AND key <> ${key})
      OR EXISTS (SELECT 1 FROM deliveries WHERE person_id = ${personId} AND state = 'pending'
        AND channel = ${channel} AND key <> ${key}) AS others,
      EXISTS (SELECT 1 FROM deliveries WHERE person_id = ${personId} AND state = 'pending' AND channel = ${channel}
        AND priority < ${priority} AND held_until IS NULL AND created_at > ${fresh}::timestamptz) AS worse`;
  const limits = row?.limits ?? UNLIMITED;
  return {
    limits,
    ...(limits === UNLIMITED && { begun: row?.begun ?? undefined }),
    version: row?.version ?? null,
    uses: (row?.uses ?? []).map((use) => ({ ...use, at: Math.round(use.at) })),
    others: row?.others ?? false,
    worse: row?.worse ?? false,
  };
}

export interface Taking extends Wanting {
  /** Of the delivery, as they were read. */
  attempts: number;
  /** As it was read. */
  version: number | null;
  content: string;
  /** What the message's own text says. */
  vars: TextValues;
  /** Who is to send it. */
  provider: string;
  /** An earlier attempt's unit was not used: the carrier's records do not hold it. */
  replaces: boolean;
  /** Kind and values of the text where it speaks for others too, and their keys. */
  bundle?: { kind: string; values: TextValues };
  carried: readonly string[];
}

/**
 * Takes a unit, writes down that the attempt begins, and that the carried messages go with it: all or nothing, in one
 * statement. `raced`: somebody else took one since it was read; `over`: the delivery has ended, goes with another, or another
 * worker has begun to send it since it was read.
 */
export async function takeUnit(db: Tx, taking: Taking): Promise<'taken' | 'raced' | 'over'> {
  const { key, channel, phone, attempts, version, content, vars, provider, replaces, bundle, carried } = taking;
  const [now, at] = [new Date(), new Date(taking.at)];
  const old = new Date(now.getTime() - KEPT_MS);
  const [row] = await db.$queryRaw<{ ours: boolean; begun: boolean }[]>`
    WITH budget AS (
      INSERT INTO phone_budgets AS b (channel, phone, version) VALUES (${channel}, ${phone}, 1)
      ON CONFLICT (channel, phone) DO UPDATE SET version = b.version + 1 WHERE b.version = ${version}::integer
      RETURNING 1
    ), begun AS (
      UPDATE deliveries SET state = 'sending', tried_at = ${now}::timestamptz, attempts = attempts + 1,
        provider = ${provider}, vars = ${JSON.stringify(vars)}::jsonb, bundle = ${bundle ? JSON.stringify(bundle) : null}::jsonb
      WHERE key = ${key} AND state IN ('pending', 'sending') AND bundled_in IS NULL AND attempts = ${attempts}
        AND EXISTS (SELECT 1 FROM budget)
      RETURNING key
    ), going AS (
      UPDATE deliveries SET state = CASE state WHEN 'pending' THEN 'sending' ELSE state END,
        tried_at = ${now}::timestamptz, bundled_in = ${key}
      WHERE key = ANY(${[...carried]}::text[]) AND state IN ('pending', 'failed') AND bundled_in IS NULL
        AND EXISTS (SELECT 1 FROM begun)
    ), forgotten AS (
      DELETE FROM phone_uses WHERE channel = ${channel} AND phone = ${phone}
        AND (taken_at < ${old}::timestamptz OR (${replaces} AND key = ${key} AND EXISTS (SELECT 1 FROM begun)))
    ), used AS (
      INSERT INTO phone_uses (channel, phone, key, at, content, taken_at, under_way)
      SELECT ${channel}, ${phone}, key, ${at}::timestamptz, ${content}, ${now}::timestamptz, true FROM begun
    )
    SELECT EXISTS (SELECT 1 FROM budget) AS ours, EXISTS (SELECT 1 FROM begun) AS begun`;
  if (!row?.ours) return 'raced';
  return row.begun ? 'taken' : 'over';
}

/** The carrier certainly did not take the message: its unit is there again. */
export async function returnUnit(db: Tx, key: string): Promise<void> {
  await db.phoneUse.deleteMany({ where: { key } });
}

/**
 * The carrier has the message, or may have it: it counts it from some moment until now, so we count it from now.
 * @param at the case's own time, milliseconds
 */
export async function countFrom(db: Tx, key: string, at: number): Promise<void> {
  await db.phoneUse.updateMany({ where: { key }, data: { at: new Date(at), underWay: false } });
}

const stillOpen = (key: string) => ({ key, state: { in: ['pending', 'sending'] }, bundledIn: null });

/**
 * The message waits for its turn; false when it has ended, or goes with another.
 * @param until the case's own time
 */
export async function hold(db: Db, key: string, phone: string, until: number): Promise<boolean> {
  const data = { heldPhone: phone, heldUntil: new Date(until) };
  const { count } = await db.delivery.updateMany({ where: stillOpen(key), data });
  return count > 0;
}

/** There is no unit in time: another channel or person has to do. False as with `hold`. */
export async function failSpent(db: Db, key: string, phone: string): Promise<boolean> {
  const data = { state: 'failed', code: BUDGET_SPENT, heldPhone: phone };
  const { count } = await db.delivery.updateMany({ where: stillOpen(key), data });
  return count > 0;
}

/** The code of a delivery that its phone's budget left no room for. */
export const BUDGET_SPENT = 'BudgetSpent';

/** Writes down the limits that this installation is configured for. @param limits as text, by channel */
export async function configureLimits(db: Db, limits: Record<LimitedChannel, string>): Promise<void> {
  for (const [channel, configured] of Object.entries(limits)) {
    await db.channelLimits.upsert({ where: { channel }, create: { channel, configured }, update: { configured } });
  }
}

/** The sandbox's own limits instead of the configured ones, counted anew; undefined: the configured ones again. */
export async function overrideLimits(db: Db, limits: Record<LimitedChannel, string> | undefined): Promise<void> {
  await db.$transaction(async (tx) => {
    for (const channel of ['sms', 'voice'] as const) {
      const override = limits?.[channel] ?? null;
      const configured = limits?.[channel] ?? UNLIMITED;
      const create = { channel, configured, override };
      await tx.channelLimits.upsert({ where: { channel }, create, update: { override } });
    }
    if (limits) await tx.phoneUse.deleteMany({});
  });
}

/** The limits in force, as text; a channel is absent while no worker has ever run. */
export async function limitsInForce(db: Tx): Promise<Partial<Record<LimitedChannel, string>>> {
  const rows = await db.channelLimits.findMany();
  return Object.fromEntries(rows.map((row) => [row.channel, row.override ?? row.configured]));
}
