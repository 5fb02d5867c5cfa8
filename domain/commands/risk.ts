/** Re-grading (重新定级) and facts learnt late (迟到的事实): both plan again from the starts that were, not from today. */
import { isOpen, type Draft } from '../draft';
import type { PlanOutput } from '../messages';
import { RISKS, type CaseFacts, type Risk, type StartEvent, type Trigger } from '../model';
import { climbAnew, planAgain, type Way } from './plan-again';
import type { Rule } from './rule';

/** Positive when `to` is the worse of the two. */
const raisedBy = (from: Risk, to: Risk): number => RISKS.indexOf(from) - RISKS.indexOf(to);

export const setRisk: Rule<'set_risk'> = {
  refuse(state, command) {
    const by = raisedBy(state.facts.risk, command.risk);
    if (by === 0) {
      const possible = RISKS.filter((risk) => risk !== command.risk);
      return { type: 'RiskSame', message: `the risk is ${command.risk} already`, possible };
    }
    if (by < 0 && !command.asSupervisor)
      return { type: 'LoweringNeedsSupervisor', message: 'lowering the risk is the supervisor’s' };
    return undefined;
  },
  plan(state, { risk }) {
    const again = state.steps;
    if (raisedBy(state.facts.risk, risk) <= 0) return { facts: { risk }, again };
    return { facts: { risk, safe: false }, again };
  },
  refusePlanned(command, { least }) {
    if (!least || raisedBy(command.risk, least.risk) <= 0) return undefined;
    const message = `no less than ${least.risk} for now: ${least.why}`;
    return { type: 'RiskBelowLeast', message, possible: [least.risk] };
  },
  apply(draft, command, plan) {
    const from = draft.state.facts.risk;
    draft.record('risk_set', { from, to: command.risk, reasonId: command.reasonId });
    // Raising can only bring deadlines nearer; lowering never does, nor does it take back time that was granted.
    const raised = raisedBy(from, command.risk) > 0;
    if (raised && draft.state.facts.safe) draft.state.facts.safe = false;
    if (plan) takeRisk(draft, plan, command.risk, raised ? 'nearer' : 'later');
  },
};

function takeRisk(draft: Draft, plan: PlanOutput, risk: Risk, way: Way): void {
  draft.state.facts.risk = risk;
  draft.state.ladder = plan.ladder;
  planAgain(draft, plan, way);
  climbAnew(draft, plan);
}

export const learnTrigger: Rule<'learn_trigger'> = {
  repeated: (state, command) => state.facts.triggers.some((t) => t.trigger === command.trigger),
  refuse: () => undefined,
  plan(state, command, now) {
    const at = Math.min(command.learntAt ?? now, now);
    const triggers = [...state.facts.triggers, { trigger: command.trigger, at }];
    return {
      facts: { triggers, ...incident(command.trigger) },
      incidentAt: at,
      event: { start: 'trigger', at, occurrences: state.occurrences },
      regrade: true,
      again: state.steps,
    };
  },
  apply(draft, command, plan) {
    const at = Math.min(command.learntAt ?? draft.now, draft.now);
    draft.state.facts.triggers.push({ trigger: command.trigger, at });
    Object.assign(draft.state.facts, incident(command.trigger));
    draft.record('trigger_learnt', { trigger: command.trigger, learntAt: at, noteId: command.noteId ?? null });
    if (!plan) return;
    const from = draft.state.facts.risk;
    if (plan.risk === from) {
      planAgain(draft, plan, 'nearer');
      return;
    }
    // What was learnt makes the case worse by the type's own rule; nobody has to think of it.
    draft.record('risk_set', { from, to: plan.risk, reasonId: null, trigger: command.trigger });
    takeRisk(draft, plan, plan.risk, 'nearer');
  },
};

/** What a new incident says of the child: no longer safe, and a missing one not back. */
const incident = (trigger: Trigger): Partial<CaseFacts> =>
  trigger === 'missing' ? { safe: false, returned: false } : { safe: false };

/** What an event says of the child. */
function factsFrom(event: StartEvent): Partial<CaseFacts> {
  if (event === 'child_returned') return { returned: true };
  return event === 'placed' || event === 'made_safe' ? { safe: true } : {};
}

export const startClock: Rule<'start_clock'> = {
  refuse(_state, { until, eventAt }, now) {
    if (until === undefined || until > Math.min(eventAt ?? now, now)) return undefined;
    return { type: 'ExpiryNotLater', message: 'until must be later than the event' };
  },
  plan(state, command, now) {
    const at = Math.min(command.eventAt ?? now, now);
    const { event: start, until } = command;
    const event = { start, at, ...(until === undefined ? {} : { until }), occurrences: state.occurrences };
    return { event, facts: factsFrom(start) };
  },
  apply(draft, command, plan) {
    const at = Math.min(command.eventAt ?? draft.now, draft.now);
    const { event, until } = command;
    draft.record('clock_started', { event, eventAt: at, until: until ?? null, noteId: command.noteId ?? null });
    Object.assign(draft.state.facts, factsFrom(event));
    for (const { id, endsWith } of draft.state.steps.filter(isOpen)) if (endsWith === event) draft.cancel(id, event);
    for (const step of plan?.steps ?? []) draft.add(step);
  },
};
