/**
 * Passing a case to another station (移交). Until that station accepts, this one is responsible and every clock runs; late,
 * the asking climbs the ladder up to the duty officer, who can settle it between the two.
 */
import { isOpen, type Draft } from '../draft';
import type { Tell } from '../alert';
import type { Offer } from '../custody';
import type { Refusal } from '../failures';
import type { CaseState, Step } from '../model';
import { endAsking, settleHandover, startLaddersAgain } from './people';
import type { Rule } from './rule';

export const TRANSFER_STEP = 'transfer_accept';

const pending = ({ transfer }: CaseState): Refusal | undefined =>
  transfer ? undefined : { type: 'TransferUnknown', message: 'no other station was asked', possible: ['transfer'] };

/** Who answers has this offer before their eyes; the case is not moved by an answer to one that was withdrawn. */
function answered(state: CaseState, offer: Offer | undefined): Refusal | undefined {
  const { transfer } = state;
  if (!transfer || !offer) return pending(state);
  if (transfer.to === offer.to && transfer.askedAt === offer.askedAt) return undefined;
  const message = 'the offer was withdrawn, and another one made';
  return { type: 'TransferChanged', message, possible: ['GET /transfers'] };
}

/** To the supervisors of the station that was asked. */
export const askStation = (state: CaseState, step: Pick<Step, 'id' | 'dueAt'>, turn: string, now: number): Tell[] =>
  state.transfer
    ? [
        {
          id: `${state.caseId}.${step.id}/${turn}/${now}`,
          ...{ kind: 'accept_asked', channels: ['sms', 'email'], stepId: step.id },
          to: { role: 'supervisor', stationId: state.transfer.to },
          leftMs: Math.max(0, step.dueAt - now),
        },
      ]
    : [];

export const askTransfer: Rule<'ask_transfer'> = {
  repeated: (state, { stationId }) => state.transfer?.to === stationId,
  refuse(state, { stationId }) {
    if (state.stationId === stationId)
      return { type: 'TransferPending', message: 'the case is at this station', possible: [] };
    if (!state.transfer) return undefined;
    return { type: 'TransferPending', message: 'another station was asked already', possible: ['transfer/withdraw'] };
  },
  plan: (state, _command, now) => ({ event: { start: 'transfer_asked', at: now, occurrences: state.occurrences } }),
  apply(draft, { stationId: to, ground, reasonId, actor }, plan) {
    const planned = plan?.steps.find((one) => one.kind === TRANSFER_STEP);
    const acceptBy = planned?.dueAt;
    draft.state.transfer = { to, ground, reasonId, askedBy: actor.id, askedAt: draft.now, acceptBy };
    draft.record('transfer_asked', { stationId: to, ground, acceptBy: acceptBy ?? null, reasonId });
    const steps = (plan?.steps ?? []).map((one) => draft.add(one));
    const about = steps[0] ?? { id: TRANSFER_STEP, dueAt: draft.now };
    draft.tell(...askStation(draft.state, about, 'asked', draft.now));
  },
};

/** @param actor of the station that was asked: the API lets nobody else here */
export const acceptTransfer: Rule<'accept_transfer'> = {
  refuse: (state, { offer }) => answered(state, offer),
  apply(draft, { staffId, actor }) {
    const { transfer, stationId: from, assigneeId } = draft.state;
    if (!transfer) return;
    const waiting = draft.state.steps.find((one) => one.kind === TRANSFER_STEP && isOpen(one));
    if (waiting) draft.finish(waiting.id, { by: actor.id });
    settleHandover(draft, 'transferred');
    draft.state.transfer = undefined;
    draft.state.cover = undefined;
    tellAsker(draft, transfer.askedBy, 'accepted');
    draft.state.stationId = transfer.to;
    draft.state.assigneeId = staffId;
    const { to, ground, reasonId } = transfer;
    draft.record('transferred', { from, to, ground, staffId: staffId ?? null, before: assigneeId ?? null, reasonId });
    startLaddersAgain(draft, true);
  },
};

export const declineTransfer: Rule<'decline_transfer'> = {
  refuse: (state, { offer }) => answered(state, offer),
  apply(draft, { reasonId }) {
    const { transfer } = draft.state;
    if (!transfer) return;
    draft.record('transfer_declined', { stationId: transfer.to, reasonId });
    draft.state.transfer = undefined;
    endAsking(draft, TRANSFER_STEP, 'declined');
    tellAsker(draft, transfer.askedBy, 'declined');
  },
};

export const withdrawTransfer: Rule<'withdraw_transfer'> = {
  refuse: (state) => pending(state),
  apply(draft) {
    draft.record('transfer_withdrawn', { stationId: draft.state.transfer?.to ?? null });
    draft.state.transfer = undefined;
    endAsking(draft, TRANSFER_STEP, 'withdrawn');
  },
};

/** Who asked hears how it came out, and so does the worker who has the case, or had it. */
function tellAsker(draft: Draft, askedBy: string, how: string): void {
  const { assigneeId, caseId } = draft.state;
  for (const [turn, staffId] of [...new Set([askedBy, assigneeId ?? askedBy])].entries())
    draft.tell({
      id: `${caseId}.${TRANSFER_STEP}/${how}${turn}/${draft.now}`,
      ...{ kind: 'step_news', to: { staffId }, channels: ['sms', 'email'], stepId: TRANSFER_STEP },
    });
}
