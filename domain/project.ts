/** From the case to the rows that screens read. */
import { isOpen, type Touched } from './draft';
import type { Projection } from './messages';
import type { CaseState } from './model';

/** Only what changed travels: histories stay small. */
export function project(state: CaseState, touched: Touched): Projection {
  const open = state.steps.filter(isOpen);
  return {
    rev: state.seq,
    policyVersion: state.policyVersion,
    status: state.status,
    risk: state.facts.risk,
    assigneeId: state.assigneeId,
    closedAt: state.closedAt,
    ...(state.joined && { joinedInto: state.joined.into }),
    triggers: state.facts.triggers.map((t) => t.trigger),
    nextDueAt: open.length > 0 ? Math.min(...open.map((step) => step.dueAt)) : undefined,
    overdue: open.some((step) => step.state === 'overdue'),
    steps: state.steps.filter((step) => touched.steps.includes(step.id)),
    alerts: state.alerts.filter((alert) => touched.alerts.includes(alert.id)),
    referrals: state.referrals.filter((referral) => touched.referrals.includes(referral.id)),
  };
}

/**
 * What a long-lived case need not carry on: alerts that are over, and finished steps but the last of each kind, which
 * says that the duty was done, and those that a split (拆分) would resume. All of them stand in the journal and in PostgreSQL.
 */
export function slim(state: CaseState): CaseState {
  const last = new Map(state.steps.map((step) => [step.kind, step.id]));
  const resumable = state.joined?.steps ?? [];
  const steps = state.steps.filter(
    (step) => isOpen(step) || last.get(step.kind) === step.id || resumable.includes(step.id),
  );
  return { ...state, steps, alerts: state.alerts.filter((alert) => alert.state !== 'resolved') };
}
