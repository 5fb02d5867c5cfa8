/** From rows to what the API says of a case: ids, codes, figures and times of the official clock (UTC+8). */
import { isOvertaken } from '../../domain/extension';
import { ADDED_NAMES } from '../../domain/added-steps';
import type { Alert } from '../../domain/alert';
import type { Basis, CaseStatus, CaseType, Extension, Risk, StepState, Trigger } from '../../domain/model';
import type { Handover, Transfer } from '../../domain/custody';
import type { ReferralState } from '../../domain/model';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { peopleOf } from '../../store/transfers';
import type { ListedCase } from '../../store/case-list';
import type { AlertOfCase, WholeCase } from '../../store/cases';
import { correctedNow } from '../clock';
import type { AlertAnswer, CaseAnswer, CaseSummary, ListedAlert, ReferralAnswer, StepAnswer } from '../schemas/answers';

/** Step kind → its name in Chinese. */
export type StepNames = Record<string, string>;

/** A code that nobody has named in Chinese is shown as it is. */
export function nameOf(names: StepNames, kind: string): string {
  const own = (all: StepNames): string | undefined => (Object.hasOwn(all, kind) ? all[kind] : undefined);
  return (own(names) ?? own(ADDED_NAMES)) || kind;
}

/** What the case's own clock shows, in milliseconds: the wall's, but in the sandbox, drills and tests. */
export const caseClock = ({ clockAheadMs }: { clockAheadMs: bigint }): number => correctedNow() + Number(clockAheadMs);

/** A step as the API shows it. */
export function stepAnswer(step: WholeCase['steps'][number], names: StepNames): StepAnswer {
  const standing = step.extension as Extension | null;
  const asked = standing && !isOvertaken(standing, step.dueAt.getTime()) ? standing : null;
  return {
    id: step.id,
    kind: step.kind,
    name: nameOf(names, step.kind),
    state: step.state as StepState,
    binds: step.binds as StepAnswer['binds'],
    startAt: rfc3339(step.startAt),
    dueAt: rfc3339(step.dueAt),
    remindAt: rfc3339OrNull(step.remindAt),
    basis: step.basis as unknown as Basis,
    extendable: step.extendable,
    doneAt: rfc3339OrNull(step.doneAt),
    doneBy: step.doneBy,
    outcome: step.outcome,
    referralId: step.referralId,
    extension: asked && { until: rfc3339(asked.until), askedBy: asked.askedBy, askedAt: rfc3339(asked.askedAt) },
  };
}

/** A referral as the API shows it. */
export function referralAnswer(referral: WholeCase['referrals'][number]): ReferralAnswer {
  return {
    id: referral.id,
    partnerId: referral.partnerId,
    purpose: referral.purpose,
    state: referral.state as ReferralState,
    sentAt: rfc3339(referral.sentAt),
    confirmBy: rfc3339(referral.confirmBy),
    receivedAt: rfc3339OrNull(referral.receivedAt),
    feedbackBy: rfc3339OrNull(referral.feedbackBy),
    acceptedAt: rfc3339OrNull(referral.acceptedAt),
  };
}

/** An alert as the API shows it. */
export function alertAnswer(alert: WholeCase['alerts'][number]): AlertAnswer {
  return {
    id: alert.id,
    stepId: alert.stepId,
    state: alert.state as Alert['state'],
    round: alert.round,
    rung: alert.rung,
    openedAt: rfc3339(alert.openedAt),
    nextAt: rfc3339(alert.nextAt),
    acknowledgedBy: alert.acknowledgedBy,
    acknowledgedAt: rfc3339OrNull(alert.acknowledgedAt),
    resolvedAt: rfc3339OrNull(alert.resolvedAt),
  };
}

export const listedAlert = (alert: AlertOfCase, names: StepNames): ListedAlert => ({
  ...alertAnswer(alert),
  caseId: alert.caseId,
  number: alert.case.number,
  stepName: nameOf(names, alert.stepKind),
});

const summary = (row: Omit<WholeCase, 'steps' | 'alerts' | 'referrals' | 'possible' | 'joinedNumber'>) => ({
  id: row.id,
  number: row.number,
  stationId: row.stationId,
  type: row.type as CaseType,
  risk: row.risk as Risk,
  ...(row.riskRaisedFrom !== null && { riskRaisedFrom: row.riskRaisedFrom as Risk }),
  status: row.status as CaseStatus,
  workflow: row.workflow as CaseAnswer['workflow'],
  assignee: row.assigneeId,
  receivedAt: rfc3339(row.receivedAt),
  nextDueAt: rfc3339OrNull(row.nextDueAt),
  overdue: row.overdue,
  breach: row._count.steps > 0,
  drill: row.drill,
  asOf: rfc3339(caseClock(row)),
});

/** One line of the list. */
export function caseSummary(row: ListedCase, names: StepNames): CaseSummary {
  const next = row.steps[0];
  return {
    ...summary(row),
    nextStep: next
      ? { id: next.id, kind: next.kind, name: nameOf(names, next.kind), state: next.state, dueAt: rfc3339(next.dueAt) }
      : null,
  };
}

/** The deadlines are the steps' own: a new risk moves them. */
function peopleAnswer(row: WholeCase): CaseAnswer['people'] {
  const { handover, transfer, cover } = peopleOf(row);
  const dueOf = (kind: string, asked: number | undefined): string | null => {
    const step = row.steps.find((one) => one.kind === kind && !['done', 'cancelled'].includes(one.state));
    return step ? rfc3339(step.dueAt) : asked === undefined ? null : rfc3339(asked);
  };
  const askedOf = ({ to, askedBy, askedAt, acceptBy }: Handover | Transfer, kind: string) => ({
    ...{ to, askedBy, askedAt: rfc3339(askedAt), acceptBy: dueOf(kind, acceptBy) },
  });
  return {
    handover: handover ? askedOf(handover, 'handover_accept') : null,
    transfer: transfer ? { ...askedOf(transfer, 'transfer_accept'), ground: transfer.ground } : null,
    cover: cover
      ? {
          ...{ id: cover.id, of: cover.of, by: cover.by, begun: cover.begun ?? false },
          ...{ from: rfc3339(cover.from), until: rfc3339(cover.until) },
        }
      : null,
  };
}

/** Null also where the case that goes on is none that the reader may know of: it has no number for them. */
export const joinedAnswer = ({ joinedInto, joinedNumber }: WholeCase): CaseAnswer['joinedInto'] =>
  joinedInto === null || joinedNumber === null ? null : { caseId: joinedInto, number: joinedNumber };

/** The whole case without anything personal: what every write answers with, and what may be kept to repeat it. */
export const caseAnswer = (row: WholeCase, names: StepNames): CaseAnswer => ({
  ...summary(row),
  policyVersion: row.policyVersion,
  triggers: row.triggers as Trigger[],
  closedAt: rfc3339OrNull(row.closedAt),
  possible: row.possible,
  joinedInto: joinedAnswer(row),
  people: peopleAnswer(row),
  steps: row.steps.map((step) => stepAnswer(step, names)),
  referrals: row.referrals.map(referralAnswer),
  alerts: row.alerts.map(alertAnswer),
});
