/** The audit's activities (巡检): clocks, the look at everything with repair and telling, and the heartbeat. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDue, seenTwice, skewFindings, type AuditInput, type AuditOutput, type Finding } from '../domain/audit';
import type { AuditFinding } from '../prisma/generated/client';
import { databaseNow } from '../store/clock';
import { openFindings, writeFindings, writeRepair } from '../store/findings';
import { alive } from './alive';
import { look, type Look } from './audit-look';
import { repair, type RepairDeps, type Repaired } from './audit-repair';
import { tellFindings } from './audit-tell';
import { beat } from './heartbeat';

export interface AuditDeps extends RepairDeps {
  /** Where the heartbeat goes; undefined: nowhere. */
  heartbeatUrl?: string;
  /** Between the two looks, milliseconds; absent: LOOK_AGAIN_MS. */
  lookAgainMs?: number;
}

/** What is in motion is over by then. */
const LOOK_AGAIN_MS = 5_000;

export const createAudit = (deps: AuditDeps) => ({
  /** This worker's clock and the database's, for the workflow to compare with Temporal's. */
  async readClocks(): Promise<{ worker: number; database: number }> {
    return { worker: Date.now(), database: await databaseNow(deps.db) };
  },

  /** Looks at every case, twice where something seems wrong; repairs, writes down and tells. */
  async audit({ at, skews }: AuditInput): Promise<AuditOutput> {
    return alive(async () => {
      const began = performance.now();
      const { found, complete } = await lookTwice(deps, at);
      const all = [...found, ...skewFindings(skews)];
      const known = new Map((await openFindings(deps.db)).map((one) => [nameOf(one), one]));
      const dueNow = all.filter((one) => isDue(known.get(nameOf(one))?.repairedAt?.getTime() ?? null, at));
      const repaired = await repair(deps, dueNow, at);
      const open = await writeFindings(deps.db, { at, found: [...all, ...silentCases(repaired)], complete });
      await writeOutcomes(deps, open, repaired, at);
      await tellFindings(deps, open, at);
      report(deps, open, { complete, ms: Math.round(performance.now() - began), skews });
      return { clean: complete && open.length === 0, open: open.length };
    });
  },

  /** After a clean audit alone. */
  async heartbeat({ at }: { at: number }): Promise<void> {
    if (deps.heartbeatUrl !== undefined) await beat(deps, deps.heartbeatUrl, at);
  },
});

export type AuditActivities = ReturnType<typeof createAudit>;

const nameOf = ({ kind, ref }: { kind: string; ref: string }): string => `${kind} ${ref}`;

async function lookTwice({ db, watch, lookAgainMs = LOOK_AGAIN_MS }: AuditDeps, at: number): Promise<Look> {
  const first = await look(db, watch, at);
  if (first.found.length === 0) return first;
  await sleep(lookAgainMs);
  const second = await look(db, watch, at);
  return { found: seenTwice(first.found, second.found), complete: first.complete && second.complete };
}

/** A case that did not answer is a finding of its own, for as long as it does not. */
const silentCases = (repaired: Repaired[]): Finding[] => {
  const silent = new Map(
    repaired.flatMap(({ finding: { caseId, stationId, drill }, outcome }) =>
      outcome === 'silent' && caseId !== undefined ? [[caseId, { caseId, stationId, drill }] as const] : [],
    ),
  );
  return [...silent].map(([ref, about]) => ({ kind: 'workflow_stuck', ref, ...about, repair: 'none' }));
};

/** What did not work is tried again in the next audit; everything else in half an hour, should it still be there. */
async function writeOutcomes({ db }: AuditDeps, open: AuditFinding[], repaired: Repaired[], at: number): Promise<void> {
  const ids = new Map(open.map((one) => [nameOf(one), one.id]));
  for (const outcome of new Set(repaired.map((one) => one.outcome))) {
    const own = repaired.filter((one) => one.outcome === outcome);
    const done = outcome !== 'silent' && outcome !== 'failed';
    await writeRepair(
      db,
      done ? at : null,
      own.flatMap(({ finding }) => ids.get(nameOf(finding)) ?? []),
      outcome,
    );
  }
}

function report({ log }: AuditDeps, open: AuditFinding[], how: { complete: boolean; ms: number; skews: object }): void {
  const kinds: Record<string, number> = {};
  for (const { kind } of open) kinds[kind] = (kinds[kind] ?? 0) + 1;
  if (open.length > 0 || !how.complete) log.warn({ failure: 'AuditNotClean', kinds, ...how }, 'audit found something');
  else log.debug(how, 'audit is clean');
}
