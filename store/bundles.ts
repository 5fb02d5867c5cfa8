/** One text for several messages (合并): which wait for the same phone, and how they end with the one that carries them. */
import { FAMILY } from '../domain/bundle';
import type { TextKind } from '../domain/text-kinds';
import type { TextValues } from '../domain/texts';
import type { Delivery } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { mayStillHear } from './hearers';
import { BUDGET_SPENT } from './budget';

/** A message that may be told of in another's text. */
export interface Waiting {
  key: string;
  kind: TextKind;
  priority: number;
  caseId: string;
  alertId: string | null;
  stepId: string | null;
  personId: string;
  vars: TextValues;
  /** held: waits for the budget; spent: failed for want of it, and its alert is still open; fresh: not tried yet. */
  why: 'held' | 'spent' | 'fresh';
}

const MOST = 1_000;
const SPENT_WITHIN_MS = 24 * 60 * 60_000;

/**
 * Messages about late and soon due steps that wait for the phone, the given one among them, worst first: overdue before
 * reminders, then by risk, then the longest late. What is done or resolved meanwhile is left out, and so are cases that
 * their person must not hear of any more (限定知悉、回避).
 * @param at the case's own time, milliseconds
 */
export async function waitingFor(
  db: Tx,
  { key, caseId, personId }: Pick<Delivery, 'key' | 'caseId' | 'personId'>,
  phone: string,
  at: number,
): Promise<Waiting[]> {
  const since = new Date(at - SPENT_WITHIN_MS);
  const rows = await db.$queryRaw<(Waiting & { personKind: 'staff' | 'contact'; shielded: boolean })[]>`
    SELECT d.key, d.person_kind AS "personKind", c.restricted OR c.conflicted AS shielded, d.kind, d.priority,
      d.case_id AS "caseId", d.alert_id AS "alertId", d.step_id AS "stepId", d.person_id AS "personId", d.vars,
      CASE WHEN d.state = 'failed' THEN 'spent' WHEN d.held_until IS NULL THEN 'fresh' ELSE 'held' END AS why
    FROM deliveries d
    JOIN cases c ON c.id = d.case_id
    LEFT JOIN steps s ON s.case_id = d.case_id AND s.id = d.step_id
    LEFT JOIN alerts a ON a.id = d.alert_id
    WHERE d.key IN (
        SELECT key FROM deliveries WHERE held_phone = ${phone} AND bundled_in IS NULL AND state IN ('pending', 'failed')
          AND (state = 'pending' OR (code = ${BUDGET_SPENT} AND at > ${since}::timestamptz))
        UNION SELECT key FROM deliveries WHERE person_id = ${personId} AND state = 'pending' AND bundled_in IS NULL
        UNION SELECT ${key})
      AND d.channel = 'sms' AND d.kind = ANY(${[...FAMILY]}::text[])
      AND c.drill = (SELECT drill FROM cases WHERE id = ${caseId})
      AND (d.key = ${key} OR ((a.id IS NULL OR a.state <> 'resolved')
        AND (s.id IS NULL OR s.state NOT IN ('done', 'cancelled')) AND (d.state <> 'failed' OR a.state = 'open')))
    ORDER BY (d.kind LIKE 'reminder%'), d.priority, s.due_at NULLS LAST, d.key
    LIMIT ${MOST}`;
  const waiting: Waiting[] = [];
  for (const { personKind: kind, shielded, ...row } of rows) {
    if (!shielded || (await mayStillHear(db, row.caseId, { kind, id: row.personId }))) waiting.push(row);
  }
  return waiting;
}

/** The carrying message has ended: those that it carried end the same way. */
export async function endBundle(db: Db, key: string): Promise<void> {
  await db.$executeRaw`
    UPDATE deliveries o SET state = c.state, code = c.code, provider_ref = c.provider_ref,
      provider = c.provider, receipt_at = c.receipt_at
    FROM deliveries c
    WHERE c.key = ${key} AND c.state IN ('sent', 'delivered', 'failed') AND o.bundled_in = ${key} AND o.state = 'sending'`;
}

/** The text did not go: each of its messages is on its own again. */
export async function releaseBundle(db: Db, key: string): Promise<void> {
  await db.$executeRaw`
    UPDATE deliveries SET state = CASE state WHEN 'sending' THEN 'pending' ELSE state END, bundle = NULL, bundled_in = NULL
    WHERE bundled_in = ${key} OR (key = ${key} AND state IN ('sending', 'pending'))`;
}

/** What has become of a message that goes in another's text: it has ended with it, waits for it, or is on its own again. */
export async function carriedBy(db: Db, { key, bundledIn }: Delivery): Promise<'ended' | 'waits' | 'alone'> {
  if (bundledIn === null) return 'alone';
  const carrier = await db.delivery.findUnique({ where: { key: bundledIn }, select: { state: true } });
  if (carrier?.state === 'sent' || carrier?.state === 'delivered') {
    await endBundle(db, bundledIn);
    return 'ended';
  }
  if (carrier?.state === 'sending') return 'waits';
  // The carrying message was given up, or its text was taken apart: nobody knows of this one any more.
  const where = { key, bundledIn, state: { in: ['sending', 'pending'] } };
  const { count } = await db.delivery.updateMany({ where, data: { state: 'pending', bundledIn: null } });
  return count > 0 ? 'alone' : 'ended';
}
