/** The journal (案卷日志): append-only, each entry chained by hash to the one before it in the same case. */
import { createHash } from 'node:crypto';
import type { CaseEvent } from '../domain/model';
import type { Tx } from './db';

/** What stands before the first entry of each chain. */
export const GENESIS = Buffer.alloc(32);

/** JSON with sorted keys, so that the same entry has the same hash whatever the database did to its key order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 over the previous hash and everything that the entry says. */
export function chainHash(prevHash: Uint8Array, caseId: string, event: CaseEvent): Buffer {
  const { seq, at, actor, kind, data } = event;
  return createHash('sha256').update(prevHash).update(canonical({ caseId, seq, at, actor, kind, data })).digest();
}

/**
 * Appends entries in order. Entries that are there already are left as they are, so a retried activity changes nothing.
 * One writer a case: the workflow, and before it the intake.
 */
export async function appendEvents(tx: Tx, caseId: string, events: CaseEvent[]): Promise<void> {
  if (events.length === 0) return;
  const last = await tx.event.findFirst({
    where: { caseId },
    orderBy: { seq: 'desc' },
    select: { seq: true, hash: true },
  });
  let prevHash: Uint8Array<ArrayBuffer> = last ? last.hash : GENESIS;
  const rows = [];
  for (const event of events.filter((e) => e.seq > (last?.seq ?? 0))) {
    const hash = new Uint8Array(chainHash(prevHash, caseId, event));
    rows.push({
      caseId,
      seq: event.seq,
      at: new Date(event.at),
      actorKind: event.actor.kind,
      actorId: event.actor.id,
      kind: event.kind,
      data: event.data,
      prevHash,
      hash,
    });
    prevHash = hash;
  }
  if (rows.length > 0) await tx.event.createMany({ data: rows });
}
