/** From what is known at a report (接报) to a case on disk: graded, planned by the policy in force, found again by its clues. */
import type { CaseInput } from '../../domain/messages';
import type { Actor, CaseFacts, CaseType, Risk, Trigger } from '../../domain/model';
import { grade, ladderOf, planFrom } from '../../domain/policy';
import { beijing } from '../../domain/zone';
import type { Tx } from '../../store/db';
import { takeReport } from '../../store/intake';
import type { ApiDeps } from '../deps';
import type { Child, Reporter } from '../schemas/report';

/** Times in milliseconds since the epoch. */
export interface NewReport {
  caseId: string;
  stationId: string;
  type: CaseType;
  /** What whoever takes it thinks; the type's least level goes before it. */
  risk?: Risk;
  receivedAt: number;
  occurredAt?: number;
  triggers: readonly Trigger[];
  guardianIsSuspect: boolean;
  child: Child;
  reporter?: Reporter;
  narrative: string;
  drill: boolean;
  actor: Actor;
  /** When it was taken. */
  at: number;
  /** The report of the queue that it was. */
  report?: { id: string; number: string };
}

/** Was the child under six years old at that moment? Undefined: nobody knows. */
function underSixAt(birthDate: string | undefined, at: number): boolean | undefined {
  if (birthDate === undefined) return undefined;
  const { year, month, day } = beijing(at);
  const sixYearsBefore = `${year - 6}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return birthDate > sixYearsBefore;
}

function factsOf({ type, receivedAt, occurredAt, triggers, guardianIsSuspect, child }: NewReport) {
  const underSix = underSixAt(child.birthDate, receivedAt);
  return {
    type,
    receivedAt,
    ...(occurredAt !== undefined && { occurredAt }),
    triggers: [...new Set(triggers)].map((trigger) => ({ trigger, at: receivedAt })),
    guardianIsSuspect,
    ...(underSix !== undefined && { underSix }),
  };
}

/**
 * Writes the case; the same call again changes nothing.
 * @returns what its workflow is started with; undefined when the case was there already
 */
export async function takeCase(deps: ApiDeps, tx: Tx, report: NewReport): Promise<CaseInput | undefined> {
  for (;;) {
    const before = deps.policies.known.length;
    const taken = await takeBy(deps, tx, report);
    if (taken) return taken;
    // Somebody may just have published a policy (时限规则): nothing was written then, and it is planned anew. Who takes the
    // policy up does not matter: another request of this process may have, since this one was planned.
    await deps.policies.refresh();
    if (deps.policies.known.length === before) return undefined;
  }
}

async function takeBy(deps: ApiDeps, tx: Tx, report: NewReport): Promise<CaseInput | undefined> {
  const { current: policy, known: knownPolicies } = deps.policies;
  const { caseId, stationId, child, reporter, narrative, drill, actor, at } = report;
  const given = factsOf(report);
  const { risk, raisedFrom } = grade(policy, { ...given, risk: report.risk });
  const facts: CaseFacts = { ...given, risk };
  return takeReport(tx, deps.vault, {
    ...{ caseId, stationId, facts, child, reporter, narrative, drill, actor, at },
    policyVersion: policy.version,
    knownPolicies,
    riskRaisedFrom: raisedFrom,
    ladder: ladderOf(policy, risk),
    planned: planFrom(policy, facts, { start: 'receipt', at: facts.receivedAt, occurrences: {} }),
    ...(!drill && { clues: deps.index.rowsOf({ ref: 'case', id: caseId, stationId }, child) }),
    report: report.report,
  });
}
