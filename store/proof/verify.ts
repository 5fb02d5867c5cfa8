/** Walks every journal, every anchor and the access log, a page at a time; what is written meanwhile disturbs nothing. */
import { caseNumber } from '../../domain/ids';
import type { Db } from '../db';
import type { KeyRing } from '../keys';
import { AnchorWalk, hex } from './anchor';
import { ChainWalk, type Fault, type Known } from './chain';
import { digestAccess } from './make';

const CASES = 200;
const EVENTS = 2_000;

export interface VerifyOptions {
  /** Opens the seals of the anchors; without them seals are not looked at. */
  keys?: KeyRing;
  /** Day → hash in hex of anchors that were kept outside. */
  kept?: ReadonlyMap<string, string>;
  /** Hears of each page. */
  progress?: (sofar: { cases: number; events: number; ofCases: number }) => void;
}

export interface Verdict {
  cases: number;
  events: number;
  anchors: number;
  /** The newest anchor; undefined: none yet. */
  newest?: { day: string; hash: string };
  /** Anchors sealed under a key that was not given. */
  unknownKeys: number;
  faults: Fault[];
}

async function knownOf(db: Db, rows: { id: string; number: string; rev: number }[]): Promise<Map<string, Known>> {
  const heads = await db.anchorHead.findMany({ where: { caseId: { in: rows.map(({ id }) => id) } } });
  const known = new Map(
    rows.map(({ id: caseId, number, rev }) => [
      caseId,
      { caseId, number, rev, heads: new Map<number, { hash: Uint8Array; day: string }>() },
    ]),
  );
  for (const { caseId, seq, hash, day } of heads) known.get(caseId)?.heads.set(seq, { hash, day });
  return known;
}

/** Walks the journals of one page of cases. @returns how many entries there were */
async function walkCases(db: Db, known: Map<string, Known>, faults: Fault[]): Promise<number> {
  const walks = new Map([...known].map(([id, one]) => [id, new ChainWalk(one)]));
  const ids = [...known.keys()];
  let events = 0;
  for (let after: { caseId: string; seq: number } | undefined; ;) {
    const page = await db.event.findMany({
      where: { caseId: { in: ids } },
      orderBy: [{ caseId: 'asc' }, { seq: 'asc' }],
      ...(after && { cursor: { caseId_seq: after }, skip: 1 }),
      take: EVENTS,
    });
    for (const row of page) walks.get(row.caseId)?.step(row);
    events += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < EVENTS) break;
    after = { caseId: last.caseId, seq: last.seq };
  }
  for (const walk of walks.values()) faults.push(...walk.end());
  return events;
}

/** Cases are numbered without gaps, and an anchored case stays: what is missing was taken away. */
async function missingCases(db: Db, faults: Fault[]): Promise<void> {
  // The counter first: whoever reports meanwhile only adds.
  const counter = await db.counter.findUnique({ where: { name: 'case' } });
  const there = new Set((await db.caseRow.findMany({ select: { number: true } })).map(({ number }) => number));
  // Of another system's numbers only those of the station that was taken over came here.
  const imports = await db.stationImport.findMany({ select: { countedTo: true, numbers: true } });
  const foreign = Math.max(0, ...imports.map(({ countedTo }) => countedTo));
  const came = new Set(imports.flatMap(({ numbers }) => numbers));
  for (let n = 1; n <= (counter?.value ?? 0); n += 1) {
    const number = caseNumber(n);
    if (n <= foreign && !came.has(number)) continue;
    if (!there.has(number)) faults.push({ kind: 'case_removed', number, says: `case ${number} is gone` });
  }
  const gone = await db.$queryRaw<{ caseId: string; day: string }[]>`
    SELECT h.case_id AS "caseId", max(h.day) AS day FROM anchor_heads h
    WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = h.case_id) GROUP BY h.case_id ORDER BY h.case_id`;
  for (const { caseId, day } of gone) {
    faults.push({ kind: 'case_removed', caseId, day, says: `case ${caseId} was anchored on ${day} and is gone` });
  }
}

async function walkAnchors(db: Db, { keys, kept = new Map() }: VerifyOptions) {
  const walk = new AnchorWalk(keys, kept);
  const days = new Set<string>();
  let after = 0n;
  let newest: Verdict['newest'];
  for (const row of await db.anchor.findMany({ orderBy: { day: 'asc' } })) {
    const heads = await db.anchorHead.findMany({ where: { day: row.day } });
    walk.step(row, heads, await digestAccess(db, after, row.accessLast));
    after = row.accessLast;
    days.add(row.day);
    newest = { day: row.day, hash: hex(row.hash) };
  }
  return { faults: walk.end(days), anchors: days.size, newest, unknownKeys: walk.unknownKeys };
}

/** Every anchor with its hash in hex, oldest first: what is kept outside. */
export async function listAnchors(db: Db): Promise<{ day: string; hash: string; count: number }[]> {
  const anchors = await db.anchor.findMany({ orderBy: { day: 'asc' } });
  return anchors.map(({ day, hash, count }) => ({ day, hash: hex(hash), count }));
}

/** Reads everything once. The database may be in use. */
export async function verify(db: Db, options: VerifyOptions = {}): Promise<Verdict> {
  const { faults, ...anchored } = await walkAnchors(db, options);
  const ofCases = await db.caseRow.count();
  let cases = 0;
  let events = 0;
  for (let after = ''; ;) {
    const rows = await db.caseRow.findMany({
      where: { id: { gt: after } },
      select: { id: true, number: true, rev: true },
      orderBy: { id: 'asc' },
      take: CASES,
    });
    if (rows.length > 0) events += await walkCases(db, await knownOf(db, rows), faults);
    cases += rows.length;
    options.progress?.({ cases, events, ofCases });
    const last = rows.at(-1);
    if (last === undefined || rows.length < CASES) break;
    after = last.id;
  }
  await missingCases(db, faults);
  return { ...anchored, cases, events, faults };
}
