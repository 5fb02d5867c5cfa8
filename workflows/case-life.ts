/** The durable shell around the rules: applies decisions in order, has them recorded, sees messages out, sleeps. */
import {
  allHandlersFinished,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { apply, isRepeated, planNeeded, planRefusal, refusal } from '../domain/case';
import type { PlanNeed } from '../domain/commands/rule';
import { nextWake, tick } from '../domain/clock';
import type { Decision } from '../domain/draft';
import type {
  CaseSeen,
  Command,
  CommandAnswer,
  DeliverOutput,
  HeldOutput,
  PlanOutput,
  ReceiptSignal,
  Told,
} from '../domain/messages';
import { type Since, YOUNGER } from '../domain/changes';
import type { CaseState } from '../domain/model';
import { delivered, nobodyThere, told } from '../domain/outcomes';
import { project } from '../domain/project';
import { afterwards, taskPriority } from '../domain/urgency';
import { codeOf, refused } from './failures';

/** Well under the 2,000 events that a run may have, leaving room for what is under way. */
const HISTORY_EVENTS = 1_200;

// The database may be away for as long as it likes: what happened is written as soon as it is back.
const AS_SOON_AS_IT_IS_BACK = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

const { plan, giveUp } = proxyActivities<Activities>({ startToCloseTimeout: '20s', retry: AS_SOON_AS_IT_IS_BACK });

const { record } = proxyActivities<Activities>({
  // In a rush it stands in a line of up to a thousand, six of which are written at once: three minutes, were each to take a
  // whole second. Whoever ran out of time there would have to stand in line anew, and behind.
  startToCloseTimeout: '5m',
  // It says that it is alive while it waits, and hears whether it is still waited for.
  heartbeatTimeout: '10s',
  retry: AS_SOON_AS_IT_IS_BACK,
});

// One provider that hangs is waited for twice its own time limit; the slowest holds back no other case.
const ALL_AT_ONCE = {
  startToCloseTimeout: '60s',
  // A worker that dies in the middle is noticed by its silence.
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
} as const;

/** Asked where old and new ways part: the answer leaves a mark in the history. */
const since: Since = (change) => patched(change);

const keysOf = (deliveries: Told['deliveries']): string[] => deliveries.map((delivery) => delivery.key);

/** What differs where it is not a case that lives. */
export interface Way {
  /** Writes journal and rows, and makes the messages. */
  record: Activities['record'];
  /** Is there nothing left to do, ever? A case has no such state. */
  isOver?: (state: CaseState) => boolean;
}

export class CaseLife {
  private waiting: Omit<Decision, 'state'> = nothing();
  private recordedSeq: number;
  /** Somebody waits until this entry is in the journal. */
  private awaited = 0;
  private underWay = 0;
  /** Messages are being made, and it is not known yet which. */
  private recording = false;
  /** Receipts that came meanwhile: their messages may be among those. */
  private early: ReceiptSignal[] = [];
  /** When each message that waits for a budget is tried again. */
  private readonly holds = new Map<string, number>();

  constructor(
    public state: CaseState,
    private readonly way: Way = { record },
  ) {
    this.recordedSeq = state.seq;
  }

  validate(command: Command): void {
    const refusalNow = refusal(this.state, command, Date.now());
    if (refusalNow) throw refused(refusalNow);
  }

  /** {@link validate} for a command that was let in: a history in which it was obeyed before there was this refusal obeys it again. */
  private stillPossible(command: Command): void {
    const refusalNow = refusal(this.state, command, Date.now());
    const change = refusalNow && YOUNGER[refusalNow.type];
    if (change !== undefined && !since(change)) return;
    if (refusalNow) throw refused(refusalNow);
  }

  /** Answers when the journal holds the change: the caller reads what it wrote. */
  async obey(command: Command): Promise<CommandAnswer> {
    for (;;) {
      // The case may have moved on while the policy was asked.
      this.stillPossible(command);
      const repeated = isRepeated(this.state, command);
      const { seq: before } = this.state;
      const need = repeated ? undefined : this.planFor(command);
      const planned = need && (await this.ask(need));
      // A plan that was made for an older state would plan a duty twice: it is asked for again. Nothing is awaited
      // between this look and the change, or a second command whose plan came in the same moment would slip between.
      if (before !== this.state.seq) continue;
      const never = planned && planRefusal(command, planned);
      if (never) throw refused(never);
      if (!repeated) this.take(apply(this.state, command, Date.now(), planned && this.asItIsBegun(planned, need)));
      const { seq } = this.state;
      this.awaited = seq;
      await condition(() => this.recordedSeq >= seq);
      return repeated ? { seq, repeated } : { seq };
    }
  }

  /** A verb that asks the policy only since a later version does so on the runs that began to. */
  private planFor(command: Command): PlanNeed | undefined {
    const need = planNeeded(this.state, command, Date.now());
    if (need && command.do === 'feed_back' && !since('feedback-is-checked')) return undefined;
    return need;
  }

  /** What a plan made anew brings about beside its deadlines, as far as this run does that. */
  private asItIsBegun(planned: PlanOutput, need: PlanNeed | undefined): PlanOutput {
    const climbing = this.climbing(planned, need);
    const isAsked = need?.again !== undefined && this.state.steps.some(({ extension }) => extension);
    return isAsked && since('overtaken-extensions-end') ? { ...climbing, endsOvertaken: true } : climbing;
  }

  /** Alerts climb by a changed ladder's own steps only since later versions, on the runs that began to. */
  private climbing(planned: PlanOutput, need: PlanNeed | undefined): PlanOutput {
    if (need?.again === undefined) return planned;
    const { alerts } = this.state;
    if (alerts.some(({ state }) => state !== 'resolved') && since('standing-alerts-climb-anew'))
      return { ...planned, climbsAnew: 'standing' };
    const isLate = alerts.some(({ state }) => state === 'open');
    return isLate && since('late-steps-climb-anew') ? { ...planned, climbsAnew: 'open' } : planned;
  }

  private ask(need: PlanNeed): Promise<PlanOutput> {
    const { policyVersion, facts } = this.state;
    return plan({ policyVersion, ...need, facts: { ...facts, ...need.facts } });
  }

  /** A message is sent the moment that it is written down: the carrier may have lost it before we hear that there is one. */
  receiptFailed(receipt: ReceiptSignal): void {
    if (this.recording && since('receipts-wait-for-their-messages')) this.early.push(receipt);
    else this.lost(receipt);
  }

  private lost({ key, code }: ReceiptSignal): void {
    this.take(delivered(this.state, key, 'failed', code, Date.now(), since));
  }

  /** Returns when the history has grown long enough, or nothing is left to do, and nothing is under way. */
  async run(): Promise<'long' | 'over'> {
    for (;;) {
      if (this.waiting.events.length > 0) {
        await this.recordWaiting();
        continue;
      }
      const now = Date.now();
      const wake = nextWake(this.state);
      if (wake !== undefined && wake <= now) {
        this.take(tick(this.state, now));
        continue;
      }
      if (this.mayEnd()) return 'over';
      if (this.mayContinueAsNew()) return 'long';
      const stirred = (): boolean => this.waiting.events.length > 0 || this.mayEnd() || this.mayContinueAsNew();
      if (wake === undefined) await condition(stirred);
      else await condition(stirred, wake - now);
    }
  }

  private take(decision: Decision): void {
    this.state = decision.state;
    const { events, tells, touched } = this.waiting;
    this.waiting = {
      events: [...events, ...decision.events],
      tells: [...tells, ...decision.tells],
      touched: {
        steps: [...touched.steps, ...decision.touched.steps],
        alerts: [...touched.alerts, ...decision.touched.alerts],
        referrals: [...touched.referrals, ...decision.touched.referrals],
      },
    };
  }

  private async recordWaiting(): Promise<void> {
    const { events, tells, touched } = this.waiting;
    this.waiting = nothing();
    const { caseId, stationId, seq } = this.state;
    const projection = project(this.state, touched);
    const unhurried = this.awaited <= this.recordedSeq;
    this.recording = true;
    const answer = await this.way.record({ caseId, stationId, at: Date.now(), events, projection, tells, unhurried });
    this.recording = false;
    this.recordedSeq = seq;
    // Rungs that were reached first: an empty one beside them is no reason to climb.
    for (const { tellId, deliveries, further } of answer.told.filter((t) => !t.empty))
      this.take(told(this.state, tellId, keysOf(deliveries), Date.now(), further));
    for (const { tellId, empty } of answer.told)
      if (empty) this.take(nobodyThere(this.state, tellId, empty, Date.now(), since));
    for (const receipt of this.early.splice(0)) this.lost(receipt);
    const keys = answer.told.flatMap(({ deliveries, groups = [] }) => keysOf([...deliveries, ...groups]));
    this.underWay += keys.length;
    const { ended = [] } = answer;
    for (const { key, ...how } of ended) this.ended(key, how);
    const left = keys.filter((key) => !ended.some((one) => one.key === key));
    if (left.length > 0) void this.seeOut(left);
  }

  /** The case as others see it. */
  get seen(): CaseSeen {
    const holds = [...this.holds.values()];
    return holds.length > 0 ? { ...this.state, heldUntil: Math.min(...holds) } : this.state;
  }

  /** Tries all at once; those that a provider did not settle, or that a budget holds, are seen out one by one. */
  private async seeOut(keys: string[]): Promise<void> {
    const { caseId, ladder, facts } = this.state;
    const until = Date.now() + ladder.deliverWithinMs;
    const { deliverAll } = proxyActivities<Activities>({ ...ALL_AT_ONCE, priority: afterwards(facts.risk) });
    const { ended, again, held = [] } = await deliverAll({ caseId, keys, at: Date.now(), until });
    for (const { key, ...how } of ended) this.ended(key, how);
    await Promise.all([
      ...again.map((key) => this.seeOutOne(key, until)),
      ...held.map(({ key, ms }) => this.seeOutOne(key, until, ms)),
    ]);
  }

  /** Waits for a phone's budget by a timer of its own: an activity that slept would hold a worker and a moved clock. */
  private async seeOutOne(key: string, until: number, heldMs = 0): Promise<void> {
    for (let ms = heldMs; ;) {
      if (ms > 0) {
        this.holds.set(key, Date.now() + ms);
        await sleep(ms);
        this.holds.delete(key);
      }
      const how = await this.deliver(key, until);
      if (how.outcome !== 'held') return this.ended(key, how);
      ms = Math.max(1, how.ms);
    }
  }

  /** Retried by Temporal for as long as the ladder gives it; then the next channel or person has to do. */
  private async deliver(key: string, until: number): Promise<DeliverOutput | HeldOutput> {
    const { caseId, ladder, facts } = this.state;
    const { deliver } = proxyActivities<Activities>({
      startToCloseTimeout: '30s',
      scheduleToCloseTimeout: ladder.deliverWithinMs,
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '15s' },
      priority: taskPriority(facts.risk),
    });
    try {
      return await deliver({ caseId, key, at: Date.now(), until });
    } catch (error) {
      if (isCancellation(error)) throw error;
      return giveUp({ caseId, key, code: codeOf(error) });
    }
  }

  private ended(key: string, { outcome, code }: DeliverOutput): void {
    this.underWay -= 1;
    this.take(delivered(this.state, key, outcome, code, Date.now(), since));
  }

  private mayContinueAsNew(): boolean {
    const info = workflowInfo();
    return (info.continueAsNewSuggested || info.historyLength > HISTORY_EVENTS) && this.isIdle();
  }

  private mayEnd(): boolean {
    return (this.way.isOver?.(this.state) ?? false) && this.isIdle();
  }

  /** A command half carried out waits for this loop to record it: the run cannot end under it. */
  private isIdle(): boolean {
    return this.underWay === 0 && this.waiting.events.length === 0 && allHandlersFinished();
  }
}

const nothing = (): Omit<Decision, 'state'> => ({
  events: [],
  tells: [],
  touched: { steps: [], alerts: [], referrals: [] },
});
