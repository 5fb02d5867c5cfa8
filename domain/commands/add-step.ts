/** A step with a deadline that people decided on (会商决定, 方案任务). It climbs the same ladder as any other. */
import type { Rule } from './rule';

/** Of the time from now to the deadline, when the reminder comes. */
const REMIND_AT = 3 / 4;

export const addStep: Rule<'add_step'> = {
  repeated: (state, { ref }) => state.steps.some((step) => step.added === ref),
  refuse(_state, { dueAt }, now) {
    return dueAt > now ? undefined : { type: 'DueNotLater', message: 'the deadline must lie ahead' };
  },
  apply(draft, { ref, kind, dueAt, noteId }) {
    const { now } = draft;
    const step = draft.add({
      id: kind,
      kind,
      binds: 'station',
      start: 'step_done',
      startAt: now,
      dueAt,
      remindAt: now + Math.floor((dueAt - now) * REMIND_AT),
      extendable: true,
      added: ref,
      basis: { kind: 'judgement', figure: '按决定的期限' },
    });
    step.noteId = noteId;
    draft.record('step_added', { stepId: step.id, ref, noteId });
  },
};
