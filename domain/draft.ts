/** A case being changed: collects the new state, its journal entries, the messages that follow and which rows changed. */
import { alertId, stepId } from './ids';
import type { Alert, Tell } from './alert';
import type { Actor, CaseEvent, CaseState, PlannedStep, Referral, Step, StepOutcome } from './model';
import { SYSTEM } from './model';

export interface Touched {
  steps: string[];
  alerts: string[];
  referrals: string[];
}

export interface Decision {
  state: CaseState;
  events: CaseEvent[];
  tells: Tell[];
  touched: Touched;
}

export const isOpen = (step: Step): boolean => step.state !== 'done' && step.state !== 'cancelled';

export class Draft {
  readonly state: CaseState;
  private readonly events: CaseEvent[] = [];
  private readonly tells: Tell[] = [];
  private readonly touched = { steps: new Set<string>(), alerts: new Set<string>(), referrals: new Set<string>() };

  constructor(
    before: CaseState,
    readonly now: number,
    private readonly actor: Actor = SYSTEM,
  ) {
    this.state = {
      ...before,
      facts: { ...before.facts, triggers: [...before.facts.triggers] },
      steps: before.steps.map((step) => ({ ...step })),
      alerts: before.alerts.map((alert) => ({ ...alert })),
      referrals: before.referrals.map((referral) => ({ ...referral })),
      occurrences: { ...before.occurrences },
    };
  }

  record(kind: string, data: CaseEvent['data'] = {}, actor = this.actor): void {
    this.state.seq += 1;
    this.events.push({ seq: this.state.seq, at: this.now, actor, kind, data });
  }

  tell(...tells: Tell[]): void {
    this.tells.push(...tells);
  }

  /** The step, to be changed in place. */
  step(id: string): Step | undefined {
    const step = this.state.steps.find((s) => s.id === id);
    if (step) this.touched.steps.add(id);
    return step;
  }

  alert(id: string): Alert | undefined {
    const alert = this.state.alerts.find((a) => a.id === id);
    if (alert) this.touched.alerts.add(id);
    return alert;
  }

  putAlert(alert: Alert): void {
    const at = this.state.alerts.findIndex((a) => a.id === alert.id);
    if (at < 0) this.state.alerts.push(alert);
    else this.state.alerts[at] = alert;
    this.touched.alerts.add(alert.id);
  }

  referral(id: string): Referral | undefined {
    const referral = this.state.referrals.find((r) => r.id === id);
    if (referral) this.touched.referrals.add(id);
    return referral;
  }

  putReferral(referral: Referral): void {
    this.state.referrals.push(referral);
    this.touched.referrals.add(referral.id);
  }

  /** Adds a planned step under an id of its own: the n-th step of a kind is never mistaken for an earlier one. */
  add(planned: PlannedStep): Step {
    const ord = Object.values(this.state.occurrences).reduce((sum, n) => sum + n, 0);
    const count = (this.state.occurrences[planned.kind] ?? 0) + 1;
    this.state.occurrences[planned.kind] = count;
    const id = planned.referralId ? planned.id : stepId(planned.kind, count);
    const step: Step = { ...planned, id, ord, state: planned.urgent ? 'due_soon' : 'pending' };
    this.state.steps.push(step);
    this.touched.steps.add(id);
    this.record('step_planned', { stepId: id, dueAt: step.dueAt });
    return step;
  }

  /** @param nextAt when the first rung is told, ms */
  openAlert(step: Step, nextAt: number): void {
    const id = alertId(this.state.caseId, step.id, this.state.seq + 1);
    this.putAlert({ id, stepId: step.id, state: 'open', openedAt: this.now, round: 1, rung: -1, nextAt });
    this.record('alert_opened', { alertId: id, stepId: step.id });
  }

  /**
   * What was told about a step is over, because the step is.
   * @param goesOn another alert takes its place: nobody is told that there is nothing left to do
   */
  resolveAlerts(step: string, goesOn = false): void {
    for (const { id } of this.state.alerts.filter((a) => a.stepId === step && a.state !== 'resolved')) {
      const alert = this.alert(id);
      if (!alert) continue;
      alert.state = 'resolved';
      alert.resolvedAt = this.now;
      alert.telling = undefined;
      alert.unheardAt = undefined;
      this.record('alert_resolved', { alertId: id, stepId: step });
      if (!goesOn) this.tellOver(alert);
    }
  }

  /** Those who were told hear that it is over; who ended it knows. */
  private tellOver({ id, stepId: of, rung }: Alert): void {
    const { over = [] } = this.state.ladder;
    if (over.length === 0 || rung < 0) return;
    const to = { toldOf: id, except: this.actor.id };
    this.tell({ id: `${id}/over/0`, kind: 'over', to, channels: over, stepId: of, alertId: id });
  }

  /** Ends a step as its outcome says: journal entry, and what was told about it is over. */
  finish(id: string, how: { by: string; outcome?: StepOutcome; doneAt?: number; noteId?: string }): void {
    const step = this.step(id);
    if (!step || !isOpen(step)) return;
    step.state = 'done';
    step.doneAt = how.doneAt ?? this.now;
    step.doneBy = how.by;
    step.outcome = how.outcome ?? 'done';
    // What an added step asks for stays with it.
    step.noteId = how.noteId ?? step.noteId;
    step.extension = undefined;
    const { outcome, doneAt } = step;
    this.record('step_done', { stepId: id, outcome, doneAt, noteId: how.noteId ?? null });
    this.resolveAlerts(id);
  }

  cancel(id: string, why: string): void {
    const step = this.step(id);
    if (!step || !isOpen(step)) return;
    step.state = 'cancelled';
    step.extension = undefined;
    this.record('step_cancelled', { stepId: id, why });
    this.resolveAlerts(id);
  }

  /** A step that was late and has time again: its alert is over; if late once more, a new one is opened. */
  backInTime(step: Step): void {
    if (step.state === 'overdue' && step.dueAt > this.now) {
      step.state = 'pending';
      this.resolveAlerts(step.id);
    }
  }

  done(): Decision {
    return {
      state: this.state,
      events: this.events,
      tells: this.tells,
      touched: {
        steps: [...this.touched.steps],
        alerts: [...this.touched.alerts],
        referrals: [...this.touched.referrals],
      },
    };
  }
}
