/** The journal (案卷日志): append-only, each entry chained by hash to the one before it in the same case. */
import { createHash } from 'node:crypto';
import type { CaseEvent } from '../domain/model';
import type { Tx } from './db';
import type { Fields } from './rows';

/** Fields of an entry that name a text in the vault. */
export const TEXT_FIELDS = ['noteId', 'reasonId', 'textId', 'suggestionId'];

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

/** How far the journal of a case has got. */
export interface Tail {
  seq: number;
  hash: Uint8Array;
}

/**
 * The rows of further entries, in order; those that are there already are left out, so a retried activity changes nothing.
 * One writer a case: the workflow, and before it the intake. Two at once would both write the next number, and the
 * database refuses the second.
 * @param tail undefined: the journal is empty
 */
export function nextEntries(tail: Tail | undefined, caseId: string, events: readonly CaseEvent[]): Fields[] {
  let prevHash: Uint8Array = tail?.hash ?? GENESIS;
  return events
    .filter(({ seq }) => seq > (tail?.seq ?? 0))
    .map((event) => {
      const hash = chainHash(prevHash, caseId, event);
      const row = {
        ...{ caseId, seq: event.seq, at: new Date(event.at), kind: event.kind, data: event.data, prevHash, hash },
        actorKind: event.actor.kind,
        actorId: event.actor.id,
      };
      prevHash = hash;
      return row;
    });
}

/** What a write has to know of its case. */
export interface Found {
  number: string;
  /** Not everybody may hear of it (限定知悉、回避). */
  shielded: boolean;
  /** Where its journal ends; undefined: nowhere yet. */
  tail: Tail | undefined;
}

/** Undefined where there is no such case. */
export async function tailOf(tx: Tx, caseId: string): Promise<Found | undefined> {
  const [found] = await tx.$queryRaw<({ number: string; shielded: boolean } & ({ seq: null } | Tail))[]>`
    SELECT c.number, c.restricted OR c.conflicted AS shielded, e.seq, e.hash FROM cases c
    LEFT JOIN LATERAL (SELECT seq, hash FROM events WHERE case_id = c.id ORDER BY seq DESC LIMIT 1) e ON true
    WHERE c.id = ${caseId}`;
  if (found === undefined) return undefined;
  const { number, shielded } = found;
  return { number, shielded, tail: found.seq === null ? undefined : found };
}
