/** What the audit does about its findings: only what is safe whatever the reason, and each thing once in half an hour. */
import type { Finding } from '../domain/audit';
import { beginningOf, markRunning } from '../store/audit';
import { inBatches } from './audit-look';
import type { CaseWatch } from './case-watch';
import type { SendDeps } from './deps';
import { attempt } from './send';

/** How a repair ended. `needs_hands`: starting again would lose what happened since; `silent`: the case does not answer. */
export type RepairOutcome = 'nudged' | 'started' | 'attempted' | 'needs_hands' | 'silent' | 'failed';

export interface RepairDeps extends SendDeps {
  watch: CaseWatch;
}

export interface Repaired {
  finding: Finding;
  outcome: RepairOutcome;
}

/** As many cases in one audit; the others have their turn in the next. */
const MOST_CASES = 200;

/**
 * Repairs what can be. Never rejects for a single case: one that cannot be repaired holds up no other.
 * @param at stands in the nudges' ids, so that a retry of the audit carries each out once
 */
export async function repair(deps: RepairDeps, findings: Finding[], at: number): Promise<Repaired[]> {
  const byCase = new Map<string, Finding[]>();
  for (const one of findings)
    if (one.caseId !== undefined) byCase.set(one.caseId, [...(byCase.get(one.caseId) ?? []), one]);
  const done: Repaired[] = [];
  await inBatches([...byCase].slice(0, MOST_CASES), async ([caseId, own]) => {
    try {
      done.push(...(await repairCase(deps, caseId, own, at)));
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'unknown';
      deps.log.error({ caseId, failure }, 'audit could not repair a case');
      done.push(
        ...own.filter((one) => one.repair !== 'none').map((finding) => ({ finding, outcome: 'failed' as const })),
      );
    }
  });
  return done;
}

async function repairCase(deps: RepairDeps, caseId: string, own: Finding[], at: number): Promise<Repaired[]> {
  const done: Repaired[] = [];
  const take = (kind: Finding['repair']) => own.filter((one) => one.repair === kind);
  const say = (findings: Finding[], outcome: RepairOutcome) => {
    done.push(...findings.map((finding) => ({ finding, outcome })));
    const kinds = findings.map((one) => one.kind);
    if (findings.length > 0) deps.log.warn({ caseId, kinds, outcome }, 'audit repaired a case');
  };
  const begun = take('start');
  const began = begun.length > 0 ? await startAgain(deps, caseId) : undefined;
  if (began) say(begun, began);
  const nudged = take('nudge');
  const mayAnswer = began === undefined ? nudged.length > 0 : began === 'started';
  if (mayAnswer) {
    const about = nudged.length > 0 ? nudged : begun;
    const tellNow = nudged.flatMap((one) => (one.kind === 'alert_without_attempt' ? (one.alertId ?? []) : []));
    const why = [...new Set(about.map((one) => one.kind))].sort().join(' ');
    const answer = await deps.watch.nudge(caseId, { id: `audit/${at}`, why, tellNow });
    say(nudged, answer === 'answered' ? 'nudged' : 'silent');
  }
  for (const one of take('attempt')) {
    // Asks the carrier's records first where an attempt was under way: what is out is not sent again.
    await attempt(deps, one.ref);
    say([one], 'attempted');
  }
  return done;
}

/**
 * Begins the workflow again from the state in which the last one ended, or from the report while nothing has happened since.
 * Anything else would forget what is in the journal: then somebody has to restore Temporal's side from a backup.
 */
async function startAgain({ db, watch, log }: RepairDeps, caseId: string): Promise<'started' | 'needs_hands'> {
  const from = await beginningOf(db, caseId);
  if (!from) return 'needs_hands';
  const last = await watch.lastState(caseId);
  const known = [last, from.input.state].filter((state) => state !== undefined);
  const state = known.find((one) => one.seq >= from.seq);
  if (!state) {
    log.error(
      { caseId, seq: from.seq, known: known.map((one) => one.seq) },
      'a case has no workflow to begin again from',
    );
    return 'needs_hands';
  }
  // Written first: a clock that was moved is the wall's again in the new run.
  await markRunning(db, caseId);
  await watch.start(caseId, { state });
  log.warn({ caseId, seq: from.seq, from: state.seq }, 'a case without a workflow was started again');
  return 'started';
}
