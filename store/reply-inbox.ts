/**
 * Acknowledgements that came as pushes, written down before the carrier is told that we have them: it forgets a push
 * after three tries, and the case may be out of reach for longer. Kept beside the other requests' keys, so that a push
 * that is repeated, or replayed days later, changes nothing.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Db } from './db';

const CALLER = 'carrier';
const SETTLED = 200;

const Acknowledgement = z.object({
  caseId: z.string(),
  alertId: z.string(),
  personId: z.string(),
  via: z.enum(['sms', 'voice']),
  /** The code that was given, so that it can be said that it came late. */
  code: z.string().optional(),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

export interface KeptAcknowledgement {
  operationId: string;
  said: Acknowledgement;
}

/** An id from what a push says: the same for a repeated push. */
export function operationIdOf(...content: (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** Writes one down; false when the same push was settled before. */
export async function keepReply(db: Db, { operationId, said }: KeptAcknowledgement): Promise<boolean> {
  const requestHash = new Uint8Array(createHash('sha256').update(JSON.stringify(said)).digest());
  const row = { caller: CALLER, key: operationId, requestHash, body: said };
  const { count } = await db.idempotencyKey.createMany({ data: [row], skipDuplicates: true });
  if (count > 0) return true;
  const kept = await db.idempotencyKey.findUnique({ where: { caller_key: { caller: CALLER, key: operationId } } });
  return kept?.status !== SETTLED;
}

/** The case has answered: the reply is settled, and stands on the alert's timeline once. */
export async function settleReply(
  db: Db,
  { operationId, said }: KeptAcknowledgement,
  outcome: 'acknowledged' | 'late',
): Promise<void> {
  const { alertId, personId, via } = said;
  await db.$transaction(async (tx) => {
    const { count } = await tx.idempotencyKey.updateMany({
      where: { caller: CALLER, key: operationId, status: null },
      data: { status: SETTLED },
    });
    if (count > 0) await tx.alertReply.create({ data: { alertId, personId, via, outcome } });
  });
}

/** Those that no case has answered yet, oldest first. */
export async function waitingReplies(db: Db): Promise<KeptAcknowledgement[]> {
  const rows = await db.idempotencyKey.findMany({
    where: { caller: CALLER, status: null },
    orderBy: { createdAt: 'asc' },
    take: 100,
  });
  return rows.flatMap(({ key, body }) => {
    const said = Acknowledgement.safeParse(body);
    return said.success ? [{ operationId: key, said: said.data }] : [];
  });
}
