/** Takes an exported station into an empty system: everything in one transaction, or nothing. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Blobs } from '../../store/blobs/blob';
import type { Db, Tx } from '../../store/db';
import { ITEMS, openLines, Resealing, SUBJECTS } from '../../store/exchange/sealing';
import { type Kind, KINDS, LEFT_BEHIND } from '../../store/exchange/catalogue';
import { BLOBS, STATES } from '../../store/exchange/manifest';
import { filledTables, type Line, writeRows } from '../../store/exchange/rows';
import type { StateLine } from '../../store/exchange/standing';
import type { Kms } from '../../store/kms';
import type { Policies } from '../../store/policies';
import { ChainWalk } from '../../store/proof/chain';
import type { Register } from '../../store/services/children';
import { CliFailure } from '../client';
import { readLines } from '../exchange/files';
import type { Checked } from './check';

export interface ImportDeps {
  db: Db;
  kms: Kms;
  blobs: Blobs;
  register: Register;
  /** Of this system's files. */
  policies: Policies;
}

export interface TakenIn {
  cases: number;
  /** Cases whose workflows begin again with the next start. */
  live: number;
  reports: number;
}

const PATIENCE_MS = 2 * 60 * 60_000;
/** Of two commands at once, one takes in. */
const LOCK = 0x5eed_1a9d;
const REINDEX = 500;
const CASES = 'cases';
const REPORTS = 'reports';

/** Policies may be there before anybody is; counters of what never happened say nothing. */
const MAY_BE_FILLED = ['policy_versions', 'policy_events', 'counters'];
const MUST_BE_EMPTY = [
  ...KINDS.map(({ table }) => table).filter((table) => !MAY_BE_FILLED.includes(table)),
  ...['user', 'station_imports', 'anchors'].filter((table) => Object.hasOwn(LEFT_BEHIND, table)),
];

/** @throws CliFailure where somebody or something is here already */
async function demandEmpty(tx: Tx): Promise<void> {
  const [lock] = await tx.$queryRaw<{ got: boolean }[]>`SELECT pg_try_advisory_xact_lock(${LOCK}) AS got`;
  if (!lock?.got) throw new CliFailure('另一个导入正在进行 · another import is under way');
  const filled = await filledTables(tx, MUST_BE_EMPTY);
  if (filled.length === 0) return;
  throw new CliFailure(
    `系统不是空的（${filled.slice(0, 6).join('、')}）：只能导入到刚安装、没有任何人员和案件的系统 · the system is not empty: a station is taken into a new installation alone, before anybody works there`,
  );
}

/** @returns states by id, of cases and of reports */
async function statesOf(folder: string): Promise<Map<string, StateLine>> {
  const states = new Map<string, StateLine>();
  for await (const page of readLines(folder, STATES)) {
    for (const line of page as unknown as StateLine[]) states.set(`${line.of} ${line.id}`, line);
  }
  return states;
}

/** What the sweep begins a workflow from (pending); what has none and needs none can be read (running, and never asked for). */
function started(kind: Kind, line: Line, states: ReadonlyMap<string, StateLine>): Line {
  if (kind.name === CASES) {
    const state = states.get(`case ${String(line['id'])}`)?.state;
    return { ...line, input: state ? { state } : {}, workflow: state ? 'pending' : 'running', clued: false };
  }
  if (kind.name === REPORTS) {
    const state = states.get(`report ${String(line['id'])}`)?.state;
    return { ...line, input: state ? { state } : {} };
  }
  return line;
}

/** @throws CliFailure for a line that the database refuses */
async function takeKind(tx: Tx, kind: Kind, pages: AsyncIterable<Line[]>): Promise<number> {
  let lines = 0;
  try {
    for await (const page of pages) {
      await writeRows(tx, kind, page);
      lines += page.length;
    }
  } catch (error) {
    if (error instanceof RangeError) throw new CliFailure(error.message, { cause: error });
    if (!(error instanceof Error && 'code' in error)) throw error;
    // The database's own words may quote a line.
    throw new CliFailure(`${kind.name}: 数据库不接受（${String(error.code)}）· the database refuses a line`, {
      cause: error,
    });
  }
  return lines;
}

/** Policies that are there already, from an earlier try or by hand, stay as they are. */
async function* unknownPolicies(tx: Tx, kind: Kind, pages: AsyncIterable<Line[]>): AsyncGenerator<Line[]> {
  const field = kind.name === 'policy-versions' ? 'id' : 'draftId';
  const there = new Set((await tx.policyVersion.findMany({ select: { id: true } })).map(({ id }) => id));
  for await (const page of pages) yield page.filter((line) => !there.has(String(line[field])));
}

async function* coming(
  {
    manifestKey,
    folder,
    resealing,
    states,
  }: { manifestKey: Buffer; folder: string; resealing: Resealing; states: Map<string, StateLine> },
  kind: Kind,
): AsyncGenerator<Line[]> {
  for await (const page of readLines(folder, kind.name)) {
    const opened = openLines(manifestKey, kind, page);
    if (kind.name === SUBJECTS) yield await resealing.keyLines(opened);
    else if (kind.name === ITEMS) yield resealing.itemLines(opened);
    else yield opened.map((line) => started(kind, line, states));
  }
}

/** Every journal as it now stands, entry by entry. @throws CliFailure naming the first fault */
async function demandJournals(tx: Tx): Promise<void> {
  for (const { id: caseId, number, rev } of await tx.caseRow.findMany({
    select: { id: true, number: true, rev: true },
  })) {
    const walk = new ChainWalk({ caseId, number, rev, heads: new Map() });
    for (const row of await tx.event.findMany({ where: { caseId }, orderBy: { seq: 'asc' } })) walk.step(row);
    const [fault] = walk.end();
    if (fault) throw new CliFailure(`案件 ${number} 的日志不完整：${fault.kind} · ${fault.says}`);
  }
}

/** A case keeps the policy that it was begun with. @throws CliFailure naming versions that nobody knows here */
async function demandPolicies(tx: Tx, policies: Policies): Promise<void> {
  const rows = await tx.caseRow.findMany({ distinct: ['policyVersion'], select: { policyVersion: true } });
  const published = await tx.policyVersion.findMany({ where: { state: 'published' }, select: { version: true } });
  const known = new Set([...policies.all, ...published].map(({ version }) => version));
  const unknown = rows.map(({ policyVersion }) => policyVersion).filter((version) => !known.has(version));
  if (unknown.length === 0) return;
  throw new CliFailure(
    `缺少时限规则 ${unknown.join(' ')}：请把原系统的 policies 文件夹放到 POLICIES_DIR/archive 下 · put the policies of these versions under POLICIES_DIR/archive`,
  );
}

/** @throws CliFailure; nothing was changed then */
export async function takeIn(
  deps: ImportDeps,
  folder: string,
  { manifest, key: manifestKey, sha256, blobKeys }: Checked,
): Promise<TakenIn> {
  const { db, kms, blobs, register, policies } = deps;
  const states = await statesOf(folder);
  const put: string[] = [];
  const mine = blobKeys.filter((key) => !key.endsWith('.thumb'));
  try {
    return await db.$transaction(
      async (tx) => {
        await demandEmpty(tx);
        const resealing = new Resealing(kms);
        for (const kind of KINDS) {
          const pages = coming({ manifestKey, folder, resealing, states }, kind);
          const fresh = MAY_BE_FILLED.includes(kind.table);
          if (kind.name === 'counters') await takeCounters(tx, pages);
          else await takeKind(tx, kind, fresh ? unknownPolicies(tx, kind, pages) : pages);
        }
        await demandJournals(tx);
        await demandPolicies(tx, policies);
        await register.reindex(tx, REINDEX);
        // Staged in a transaction of their own: what a crash leaves in the store, the sweep finds.
        await db.attachmentStage.createMany({ data: mine.map((blobKey) => ({ blobKey })), skipDuplicates: true });
        for (const key of blobKeys) {
          put.push(key);
          await blobs.put(key, createReadStream(join(folder, BLOBS, key)));
        }
        await tx.attachmentStage.deleteMany({ where: { blobKey: { in: mine } } });
        return remember(tx, manifest, sha256, states);
      },
      { timeout: PATIENCE_MS, maxWait: 30_000 },
    );
  } catch (error) {
    for (const key of put) await blobs.remove(key);
    if (put.length > 0) await db.attachmentStage.deleteMany({ where: { blobKey: { in: mine } } });
    throw error;
  }
}

/** Numbers go on where the other system was. */
async function takeCounters(tx: Tx, pages: AsyncIterable<Line[]>): Promise<void> {
  for await (const page of pages) {
    for (const { name, value } of page as unknown as { name: string; value: number }[]) {
      await tx.counter.upsert({ where: { name }, create: { name, value }, update: { value } });
    }
  }
}

async function remember(
  tx: Tx,
  { product, station }: Checked['manifest'],
  sha256: string,
  states: ReadonlyMap<string, StateLine>,
): Promise<TakenIn> {
  const cases = await tx.caseRow.findMany({ select: { number: true }, orderBy: { number: 'asc' } });
  const counter = await tx.counter.findUnique({ where: { name: 'case' } });
  await tx.stationImport.create({
    data: {
      ...{ id: sha256, stationId: station.id, product, manifestHash: Buffer.from(sha256, 'hex') },
      ...{ countedTo: counter?.value ?? 0, numbers: cases.map(({ number }) => number) },
    },
  });
  const all = [...states.values()].filter(({ state }) => state !== null);
  return {
    cases: cases.length,
    live: all.filter(({ of }) => of === 'case').length,
    reports: all.filter(({ of }) => of === 'report').length,
  };
}
