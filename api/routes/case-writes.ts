/** What can be done to a case as a whole: which body each write takes, and which order to the workflow it becomes. */
import type { z } from 'zod';
import type { WholeCase } from '../../store/cases';
import type { EntryWithWords } from '../../store/entry-words';
import { readAssignee } from '../../store/people';
import type { ApiDeps } from '../deps';
import type { Permission } from '../permissions';
import { unprocessable } from '../problem';
import { assignBody, clockBody, decisionBody, noteBody, reasonBody, riskBody, triggerBody } from '../schemas/commands';
import { msOf } from '../schemas/common';
import type { Caller } from '../request';
import { demandForGood, demandKnowing, type Order, seal, sealNote } from './case-access';

/** A write to a case: which body it takes and which order to the workflow it becomes. */
export interface Write<T extends z.ZodType> {
  path: string;
  summary: string;
  permission: Permission;
  body: T;
  order(deps: ApiDeps, row: WholeCase, body: z.output<T>, operationId: string, caller: Caller): Promise<Order>;
  /** For what is done once, and may be asked for by two: the words of this request, and the journal's entry that holds the first's. */
  words?(body: z.output<T>): { text: string | undefined; entry: EntryWithWords };
}

export const assign: Write<typeof assignBody> = {
  path: 'assign',
  summary: 'Assign the case to a member of its station',
  permission: 'case:work',
  body: assignBody,
  async order(deps, row, { staffId }) {
    if (!(await readAssignee(deps.db, staffId, row.stationId)))
      throw unprocessable([{ path: 'staffId', message: "must be an active member of the case's station" }]);
    await demandKnowing(deps, row.id, staffId);
    demandForGood(row, staffId);
    return { do: 'assign', staffId };
  },
};

export const risk: Write<typeof riskBody> = {
  path: 'risk',
  summary: 'Re-grade the case; lowering is the supervisor’s',
  permission: 'case:work',
  body: riskBody,
  order: async (deps, row, body, operationId) => ({
    do: 'set_risk',
    risk: body.risk,
    reasonId: await seal(deps, row, 'reason', body.reason, operationId),
  }),
};

/** A fact that obliges to report to the police starts its clock from when it was learnt (得知之时起算). */
export const learnTrigger: Write<typeof triggerBody> = {
  path: 'triggers',
  summary: 'Add a fact learnt after the report, such as an injury; it starts the police clock',
  permission: 'case:work',
  body: triggerBody,
  order: async (deps, row, { trigger, learntAt, note }, operationId) => ({
    do: 'learn_trigger',
    trigger,
    learntAt: learntAt === undefined ? undefined : msOf(learntAt),
    noteId: await sealNote(deps, row, note, operationId),
  }),
  words: ({ trigger, note }) => ({
    text: note,
    entry: { kind: 'trigger_learnt', field: 'noteId', where: { path: ['trigger'], equals: trigger } },
  }),
};

export const startClock: Write<typeof clockBody> = {
  path: 'clocks',
  summary: 'Say that something has happened which deadlines run from, such as the return of a missing child',
  permission: 'case:work',
  body: clockBody,
  order: async (deps, row, { event, eventAt, until, note }, operationId) => ({
    do: 'start_clock',
    event,
    eventAt: eventAt === undefined ? undefined : msOf(eventAt),
    until: until === undefined ? undefined : msOf(until),
    noteId: await sealNote(deps, row, note, operationId),
  }),
};

export const close: Write<typeof reasonBody> = {
  path: 'close',
  summary: 'Ask to close the case',
  permission: 'case:work',
  body: reasonBody,
  order: async (deps, row, { reason }, operationId) => ({
    do: 'ask_close',
    reasonId: await seal(deps, row, 'reason', reason, operationId),
  }),
  words: ({ reason }) => ({ text: reason, entry: { kind: 'closing_asked', field: 'reasonId' } }),
};

export const decideClose: Write<typeof decisionBody> = {
  path: 'close/decision',
  summary: 'Decide on closing; somebody other than the asker',
  permission: 'case:approve',
  body: decisionBody,
  order: async (deps, row, { approve, note }, operationId) => ({
    do: 'decide_close',
    approve,
    noteId: await sealNote(deps, row, note, operationId),
  }),
};

/** What comes to mind after a step was finished from a doorway in two taps. */
export const addNote: Write<typeof noteBody> = {
  path: 'notes',
  summary: 'Add a note to the case or to one of its steps, also after the step was finished',
  permission: 'case:work',
  body: noteBody,
  async order(deps, row, { text, stepId }, operationId) {
    if (stepId !== undefined && !row.steps.some(({ id }) => id === stepId))
      throw unprocessable([{ path: 'stepId', message: 'the case has no such step' }]);
    return { do: 'add_note', stepId, noteId: await seal(deps, row, 'note', text, operationId) };
  },
};

export const reopen: Write<typeof reasonBody> = {
  path: 'reopen',
  summary: 'Open a closed case again',
  permission: 'case:work',
  body: reasonBody,
  order: async (deps, row, { reason }, operationId) => ({
    do: 'reopen',
    reasonId: await seal(deps, row, 'reason', reason, operationId),
  }),
};
