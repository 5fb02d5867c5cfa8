/** Takes an exported station into an empty system: everything in one transaction, or nothing. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Blobs } from '../../store/blobs/blob';
import type { Db, Tx } from '../../store/db';
import { ITEMS, openLines, Resealing, SUBJECTS } from '../../store/exchange/sealing';
import { type Kind, KINDS, LEFT_BEHIND } from '../../store/exchange/catalogue';
import { BLOBS } from '../../store/exchange/manifest';
import { filledTables, type Line } from '../../store/exchange/rows';
import type { Kms } from '../../store/kms';
import type { Policies } from '../../store/policies';
import { ChainWalk } from '../../store/proof/chain';
import type { Register } from '../../store/services/children';
import { CliFailure } from '../client';
import { fileOf, readLines } from '../exchange/files';
import type { Progress } from '../exchange/progress';
import type { Checked } from './check';
import { States } from './states';
import { type Coming, sqlState, takeLines } from './take-lines';

export interface ImportDeps {
  db: Db;
  kms: Kms;
  blobs: Blobs;
  register: Register;
  /** Of this system's files. */
  policies: Policies;
  progress?: Progress;
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
/** Cases whose journals are read at once. */
const JOURNALS = 200;
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

/** What the sweep begins a workflow from (pending); what has none and needs none can be read (running, and never asked for). */
async function started(kind: Kind, line: Line, states: States): Promise<Line> {
  if (kind.name === CASES) {
    const state = await states.of('case', String(line['id']));
    return { ...line, input: state ? { state } : {}, workflow: state ? 'pending' : 'running', clued: false };
  }
  if (kind.name === REPORTS) {
    const state = await states.of('report', String(line['id']));
    return { ...line, input: state ? { state } : {} };
  }
  return line;
}

interface Arriving {
  manifestKey: Buffer;
  folder: string;
  resealing: Resealing;
  states: States;
}

/** A file's lines, and what they become here: opened, sealed under keys of this system, with the state that they begin from. */
async function coming(tx: Tx, { manifestKey, folder, resealing, states }: Arriving, kind: Kind): Promise<Coming> {
  return {
    pages: readLines(folder, kind.name),
    async change(lines) {
      const opened = openLines(manifestKey, kind, lines);
      if (kind.name === SUBJECTS) return resealing.keyLines(opened);
      if (kind.name === ITEMS) return resealing.itemLines(opened);
      return Promise.all(opened.map((line) => started(kind, line, states)));
    },
    ...(MAY_BE_FILLED.includes(kind.table) && { without: await knownPolicies(tx, kind) }),
  };
}

/** Policies that are there already, from an earlier try or by hand, stay as they are. */
async function knownPolicies(tx: Tx, { name }: Kind): Promise<(line: Line) => boolean> {
  const field = name === 'policy-versions' ? 'id' : 'draftId';
  const there = new Set((await tx.policyVersion.findMany({ select: { id: true } })).map(({ id }) => id));
  return (line) => there.has(String(line[field]));
}

/** Every journal as it now stands, entry by entry. @throws CliFailure naming the first fault */
async function demandJournals(tx: Tx, progress: Progress): Promise<void> {
  const cases = await tx.caseRow.findMany({ select: { id: true, number: true, rev: true }, orderBy: { id: 'asc' } });
  for (let at = 0; at < cases.length; at += JOURNALS) {
    const some = cases.slice(at, at + JOURNALS);
    const walks = new Map(
      some.map(({ id: caseId, number, rev }) => [caseId, new ChainWalk({ caseId, number, rev, heads: new Map() })]),
    );
    const caseId = { in: some.map(({ id }) => id) };
    for (const row of await tx.event.findMany({ where: { caseId }, orderBy: [{ caseId: 'asc' }, { seq: 'asc' }] }))
      walks.get(row.caseId)?.step(row);
    for (const { id, number } of some) {
      const [fault] = walks.get(id)?.end() ?? [];
      if (fault) throw new CliFailure(`案件 ${number} 的日志不完整：${fault.kind} · ${fault.says}`);
    }
    progress('核对日志 · journals', at + some.length, cases.length);
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

/** What the database, a disk or the network did, as against a defect of ours; the transaction is over, and so is all that it did. */
function cutOff(error: unknown): CliFailure | undefined {
  if (error instanceof CliFailure || !(error instanceof Error)) return undefined;
  const code = sqlState(error) ?? ('code' in error ? error.code : undefined);
  if (typeof code !== 'string') return undefined;
  return new CliFailure(
    `导入中断（${code}），没有改变任何内容，可以重新运行 · the import was cut off (${code}): nothing was changed, and it can be run again`,
    { cause: error },
  );
}

/** @throws CliFailure; nothing was changed then */
export async function takeIn(
  deps: ImportDeps,
  folder: string,
  { manifest, key: manifestKey, sha256, blobKeys }: Checked,
): Promise<TakenIn> {
  const { db, kms, blobs, register, policies, progress = () => undefined } = deps;
  const states = await States.open(folder);
  const put: string[] = [];
  const mine = blobKeys.filter((key) => !key.endsWith('.thumb'));
  try {
    return await db.$transaction(
      async (tx) => {
        await demandEmpty(tx);
        const arriving: Arriving = { manifestKey, folder, resealing: new Resealing(kms), states };
        for (const kind of KINDS) {
          const all = await coming(tx, arriving, kind);
          const { lines: of = 0 } = manifest.files.find(({ name }) => name === fileOf(kind.name)) ?? {};
          if (kind.name === 'counters') await takeCounters(tx, all.pages);
          else await takeLines(tx, kind, all, (lines) => progress(`写入 ${fileOf(kind.name)}`, lines, of));
        }
        await demandJournals(tx, progress);
        await demandPolicies(tx, policies);
        await register.reindex(tx, REINDEX);
        // Staged in a transaction of their own: what a crash leaves in the store, the sweep finds.
        await db.attachmentStage.createMany({ data: mine.map((blobKey) => ({ blobKey })), skipDuplicates: true });
        for (const key of blobKeys) {
          put.push(key);
          await blobs.put(key, createReadStream(join(folder, BLOBS, key)));
          progress('附件 · attachments', put.length, blobKeys.length);
        }
        await tx.attachmentStage.deleteMany({ where: { blobKey: { in: mine } } });
        return remember(tx, manifest, sha256, states.living);
      },
      { timeout: PATIENCE_MS, maxWait: 30_000 },
    );
  } catch (error) {
    for (const key of put) await blobs.remove(key);
    if (put.length > 0)
      await db.attachmentStage.deleteMany({ where: { blobKey: { in: mine } } }).catch(() => undefined);
    throw cutOff(error) ?? error;
  } finally {
    await states.close();
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
  living: States['living'],
): Promise<TakenIn> {
  const cases = await tx.caseRow.findMany({ select: { number: true }, orderBy: { number: 'asc' } });
  const counter = await tx.counter.findUnique({ where: { name: 'case' } });
  await tx.stationImport.create({
    data: {
      ...{ id: sha256, stationId: station.id, product, manifestHash: Buffer.from(sha256, 'hex') },
      ...{ countedTo: counter?.value ?? 0, numbers: cases.map(({ number }) => number) },
    },
  });
  return { cases: cases.length, live: living.case, reports: living.report };
}
