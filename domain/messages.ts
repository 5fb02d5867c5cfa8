/** What is said to a case workflow and its activities: one object an argument, so that fields can be added. */
import type { AddedKind } from './added-steps';
import type { DeliveryOutcome, Tell, Ladder, Alert } from './alert';
import type { AccessEventKind } from './commands/note-access';
import type { LinkKind, Offer, TransferGround } from './custody';
import type {
  Actor,
  CaseEvent,
  CaseState,
  PlannedStep,
  Risk,
  StartEvent,
  Step,
  StepOutcome,
  Trigger,
  CaseFacts,
  Referral,
} from './model';

export const CASE_WORKFLOW = 'caseWorkflow';
export const COMMAND_UPDATE = 'command';
export const RECEIPT_SIGNAL = 'receipt';
/** The whole case, for the rare questions that the rows cannot answer. */
export const STATE_QUERY = 'state';
/** Watches over a report that waits to be screened; it speaks and listens as a case's workflow does. */
export const REPORT_WORKFLOW = 'reportWorkflow';
export const AUDIT_WORKFLOW = 'auditWorkflow';
export const DIGEST_WORKFLOW = 'digestWorkflow';
export const PACE_WORKFLOW = 'paceWorkflow';
export const PACK_WORKFLOW = 'packWorkflow';
export const RETENTION_WORKFLOW = 'retentionWorkflow';

export interface CaseInput {
  state: CaseState;
}

interface Said {
  actor: Actor;
  /** May the actor do what only a supervisor may? Decided by the API's permissions. */
  asSupervisor?: boolean;
}

export type Command = Said &
  (
    | { do: 'assign'; staffId: string }
    | { do: 'take_over'; reasonId?: string }
    | { do: 'hand_over'; staffId: string; noteId?: string }
    | { do: 'accept_handover' }
    | { do: 'decline_handover'; reasonId: string }
    | { do: 'withdraw_handover' }
    | { do: 'cover'; coverId: string; of: string; by: string; from: number; until: number }
    | { do: 'end_cover'; coverId: string }
    | { do: 'ask_transfer'; stationId: string; ground: TransferGround; reasonId: string }
    /** `offer`: the one that is answered; absent: whichever there is. */
    | { do: 'accept_transfer'; staffId?: string; offer?: Offer }
    | { do: 'decline_transfer'; reasonId: string; offer?: Offer }
    | { do: 'withdraw_transfer' }
    | { do: 'complete'; stepId: string; doneAt?: number; outcome: StepOutcome; noteId?: string }
    | { do: 'ask_extension'; stepId: string; until: number; reasonId: string }
    | { do: 'decide_extension'; stepId: string; approve: boolean; noteId?: string }
    | { do: 'set_risk'; risk: Risk; reasonId: string }
    | { do: 'learn_trigger'; trigger: Trigger; learntAt?: number; noteId?: string }
    | { do: 'start_clock'; event: StartEvent; eventAt?: number; until?: number; noteId?: string }
    /** `ref` names what asks for it, so that a repetition adds nothing; what is to be done lies in the vault. */
    | { do: 'add_step'; ref: string; kind: AddedKind; dueAt: number; noteId: string }
    | { do: 'move_policy'; version: string; reasonId: string }
    | {
        do: 'refer';
        referralId: string;
        partnerId: string;
        purpose: string;
        noteId?: string;
        /** Written, and not sent yet. */
        draft?: boolean;
        /** The partner was called before (先电话): when, ms. */
        phonedAt?: number;
      }
    | { do: 'send_referral'; referralId: string }
    | { do: 'resend_referral'; referralId: string }
    | { do: 'open_referral'; referralId: string }
    | { do: 'confirm_referral'; referralId: string }
    | { do: 'accept_referral'; referralId: string }
    | { do: 'decline_referral'; referralId: string; reasonId: string; suggestionId?: string }
    /** Whoever got it is not the partner (发错单位). */
    | { do: 'misdirect_referral'; referralId: string; reasonId?: string }
    | { do: 'close_referral'; referralId: string; noteId?: string }
    | { do: 'feed_back'; referralId: string; outcome: 'in_progress' | 'done' | 'cannot'; textId?: string }
    | { do: 'revoke_referral'; referralId: string; reasonId?: string }
    | { do: 'ask_close'; reasonId: string }
    | { do: 'decide_close'; approve: boolean; noteId?: string }
    | { do: 'reopen'; reasonId: string }
    | { do: 'escalate'; alertId: string; noteId?: string }
    | { do: 'add_note'; stepId?: string; noteId: string }
    | { do: 'acknowledge'; alertId: string; via: 'api' | 'sms' | 'link' | 'voice'; noteId?: string }
    | { do: 'join_into'; intoId: string; intoNumber: string; reasonId: string }
    | { do: 'take_in'; otherId: string; otherNumber: string; reasonId: string }
    | { do: 'split_off'; reasonId: string }
    | { do: 'let_go'; otherId: string; otherNumber: string; reasonId: string }
    | { do: 'link_case'; linkId: string; otherId: string; otherNumber: string; kind: LinkKind }
    | { do: 'unlink_case'; linkId: string; otherId: string; otherNumber: string; kind: LinkKind }
    | { do: 'join_report'; reportId: string; reportNumber: string; receivedAt: number; noteId: string }
    /** From the audit alone. `tellNow`: alerts of which nobody was told go on at once. */
    | { do: 'nudge'; why: string; tellNow?: string[] }
    /** What was decided beside the workflow and belongs on the journal; ids and codes only. */
    | { do: 'note_access'; kind: AccessEventKind; data: CaseEvent['data'] }
  );

/** The answer to a command, once the journal holds it. `repeated`: nothing changed, it was so already. */
export interface CommandAnswer {
  seq: number;
  repeated?: boolean;
}

/** A carrier's receipt that says a message did not arrive. */
export interface ReceiptSignal {
  key: string;
  code: string;
}

export interface PlanInput {
  policyVersion: string;
  facts: CaseFacts;
  /** Clocks that an event starts … */
  event?: {
    start: StartEvent;
    at: number;
    /** When what the event began is over, e.g. a protection order, ms. */
    until?: number;
    referralId?: string;
    /** With `previous`: the kind that was done, … */
    of?: string;
    /** … and how it ended. */
    outcome?: StepOutcome;
    occurrences: Record<string, number>;
  };
  /** May the facts raise the risk by the type's rules? Then `again` is planned for the risk that results. */
  regrade?: boolean;
  /** … or the open steps to be computed again from their own starts, for a new risk. */
  again?: Step[];
  /** Something happened to the child again: times to wait begin anew from here, ms. */
  incidentAt?: number;
}

export interface PlanOutput {
  /** The risk that was planned for. */
  risk: Risk;
  steps: PlannedStep[];
  ladder: Ladder;
  /** No lower level is allowed while the facts are what they are, and why. */
  least?: { risk: Risk; why: string };
  /**
   * Alerts climb by this ladder's own steps from now on: those that nobody has answered, or all that stand; absent: as cases did before there
   * was this word.
   */
  climbsAnew?: 'open' | 'standing';
  /** A request for more time ends where the new deadline has given it; absent: it stands until somebody decides, as it did before. */
  endsOvertaken?: true;
}

/** One write of the journal: events, the rows that screens read, and the messages that follow from them. */
export interface RecordInput {
  caseId: string;
  stationId: string;
  at: number;
  events: CaseEvent[];
  projection: Projection;
  tells: Tell[];
  /** Nobody waits for the answer: it may come a little later and say what became of the messages. */
  unhurried?: boolean;
}

/** The changed rows of the read side. `rev` grows with each write; an older one never overwrites a newer. */
export interface Projection {
  rev: number;
  policyVersion: string;
  status: CaseState['status'];
  risk: Risk;
  assigneeId?: string;
  /** Who is to take the case, or stands in; absent: nothing of the kind. */
  people?: Pick<CaseState, 'handover' | 'transfer' | 'cover'>;
  closedAt?: number;
  /** The case that goes on in this one's place. */
  joinedInto?: string;
  triggers: Trigger[];
  /** Soonest deadline of a step still to do, ms. */
  nextDueAt?: number;
  /** Is any step late? The one definition: the steps' own state. */
  overdue: boolean;
  /** Only what changed. */
  steps: Step[];
  alerts: Alert[];
  referrals: Referral[];
}

export interface Told {
  tellId: string;
  deliveries: { key: string; channel: string }[];
  /** Messages to groups (群机器人) beside them: sent, but whether anybody was reached does not hang on them. */
  groups?: { key: string; channel: string }[];
  empty?: 'nobody_on_duty' | 'no_contact';
  /** It was a further channel of a rung that had been told. */
  further?: boolean;
}

export interface RecordOutput {
  /** Keys of the deliveries made for each tell; empty: nobody could be told, and why. */
  told: Told[];
  /** Those of the messages that have ended already. */
  ended?: (DeliverOutput & { key: string })[];
}

/** After the time that a delivery had: it counts as failed unless it was sent after all. */
export interface GiveUpInput {
  caseId: string;
  key: string;
  code: string;
}

export interface DeliverInput {
  caseId: string;
  key: string;
  /** The case's own time; our budgets and quiet hours count on it. */
  at: number;
  /** Waiting for a phone's budget beyond this is no use; absent: it is waited for. */
  until?: number;
}

/** All messages of one moment, tried once each, side by side. */
export interface DeliverAllInput {
  caseId: string;
  keys: string[];
  at: number;
  until?: number;
}

export interface DeliverAllOutput {
  ended: (DeliverOutput & { key: string })[];
  /** Keys that have to be tried again, each on its own. */
  again: string[];
  /** Those that wait for their phone's budget, and for how long at least, in milliseconds. */
  held?: { key: string; ms: number }[];
}

/** Nothing was tried: the phone's budget has a unit in so many milliseconds at the earliest. */
export interface HeldOutput {
  outcome: 'held';
  ms: number;
}

/** The case as the state query shows it. */
export type CaseSeen = CaseState & {
  /** When the next message that waits for a budget is tried; the clock may move there. */
  heldUntil?: number;
};

export interface DeliverOutput {
  outcome: DeliveryOutcome;
  code?: string;
}
