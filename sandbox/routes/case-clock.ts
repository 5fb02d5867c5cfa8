/**
 * Moving one case's clock (拨快时钟). The server jumps to where it is told and passes over a timer that comes due in the very
 * moment of a jump; so the clock is moved from one thing to the next, by the rule that the case itself sleeps by.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Connection, ServiceError, type WorkflowHandle } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { conflict, unavailable } from '../../api/problem';
import { nextWake } from '../../domain/clock';
import { caseWorkflowId } from '../../domain/ids';
import { COMMAND_UPDATE, STATE_QUERY, type CaseSeen, type Command, type CommandAnswer } from '../../domain/messages';
import { SYSTEM } from '../../domain/model';

export interface Server {
  /** Of config.payloadKeys: what the case says is encrypted. */
  dataConverter: DataConverter;
  connection: Connection;
  namespace: string;
}

/** The server's own figure is about 100 skips; a ladder that nobody answers for months needs far more. */
const MOST_SKIPS = 1_000_000;
const ARRIVE_WITHIN_MS = 60_000;
/** How long one stop waits for messages that are under way before the clock goes on. */
const SETTLE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 20;
/** A timer that is due fires within milliseconds; on a busy machine within seconds. Later than this and it was passed over. */
const PASSED_OVER_MS = 8_000;

interface Look {
  nowMs: number;
  /** How far that is ahead of the wall, taken with it: whatever is asked afterwards takes time of both. */
  aheadMs: number;
  /** A task of the case is with the server or a worker at this moment. */
  busy: boolean;
  /** A message waits for its next try; the clock may move there. */
  retryAt?: number;
  /** Which run it is, and how far it has come. */
  stage: string;
}

async function look({ connection, namespace }: Server, workflowId: string): Promise<Look> {
  const seen = await connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
  const clock = seen.workflowExtendedInfo?.timeSkippingInfo;
  const wall = Date.now();
  const nowMs = clock?.currentTime ? tsToMs(clock.currentTime) : wall;
  const tries = (seen.pendingActivities ?? []).map(({ nextAttemptScheduleTime: at }) => (at ? tsToMs(at) : 0));
  const later = tries.filter((at) => at > nowMs);
  return {
    nowMs,
    aheadMs: nowMs - wall,
    busy: later.length < tries.length || Boolean(seen.pendingWorkflowTask),
    retryAt: later.length > 0 ? Math.min(...later) : undefined,
    stage: `${seen.workflowExecutionInfo?.execution?.runId}/${String(seen.workflowExecutionInfo?.historyLength)}`,
  };
}

/** Are receipts of messages still on their way? The wall's seconds are nothing to a clock that jumps minutes. */
export type ReceiptsAwaited = () => Promise<boolean>;

/** What the audit does about a case that sleeps through a deadline: it looks again, and does what is due. */
async function wakeUp(handle: WorkflowHandle): Promise<void> {
  const nudge: Command = { do: 'nudge', actor: SYSTEM, why: 'late_without_alert', tellNow: [] };
  await handle.executeUpdate<CommandAnswer, [Command]>(COMMAND_UPDATE, { args: [nudge], updateId: randomUUID() });
}

/**
 * Waits until the case has done all that is due. On the way the clock is moved to a message's next try; past the target nobody moves
 * it there, and the try is waited for.
 * @param target milliseconds of the case's time
 * @returns the case's time, how far that is ahead, and when something happens next
 */
async function settled(
  server: Server,
  workflowId: string,
  awaited: ReceiptsAwaited,
  target: number,
): Promise<{ nowMs: number; aheadMs: number; next?: number }> {
  const handle = new Client(server).workflow.getHandle(workflowId);
  const until = Date.now() + SETTLE_WITHIN_MS;
  let sleeping: { stage: string; since: number } | undefined;
  for (; ; await sleep(LOOK_EVERY_MS)) {
    const before = await look(server, workflowId);
    const isPatient = Date.now() < until;
    const isTrying = before.retryAt !== undefined && before.nowMs >= target;
    if (isPatient && (before.busy || isTrying || (await awaited()))) continue;
    const state = await handle.query<CaseSeen>(STATE_QUERY).catch((error: unknown) => {
      // The worker that would answer is away: it is waited for as messages are.
      if (isPatient && error instanceof ServiceError) return undefined;
      throw error;
    });
    if (!state) continue;
    // What it said is true of this moment only where it has not moved on since: a message may have ended in between.
    const { nowMs, aheadMs, busy, retryAt = Infinity, stage } = await look(server, workflowId);
    const wake = Math.min(nextWake(state) ?? Infinity, state.heldUntil ?? Infinity);
    const isRested = !busy && wake > nowMs;
    const isOut = retryAt === Infinity || nowMs < target;
    const done = isRested && isOut && stage === before.stage;
    if (done || !isPatient) return { nowMs, aheadMs, next: Math.min(wake, retryAt) };
    if (isRested || sleeping?.stage !== stage || busy) sleeping = { stage, since: Date.now() };
    else if (Date.now() - sleeping.since > PASSED_OVER_MS) await wakeUp(handle);
  }
}

/** How enum values come over the wire depends on the way they were decoded. */
const isOneOf = (value: unknown, name: string, number: number): boolean => value === name || value === number;

async function jump(server: Server, workflowId: string, ms: number): Promise<void> {
  const { connection, namespace } = server;
  const id = randomUUID();
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: {
      timeSkippingConfig: {
        enabled: true,
        maxSessionSkipCount: MOST_SKIPS,
        fastForwardConfig: { id, duration: msToTs(ms) },
      },
    },
    updateMask: { paths: ['time_skipping_config'] },
  });
  for (const since = Date.now(); Date.now() - since < ARRIVE_WITHIN_MS;) {
    const request = { namespace, workflowExecution: { workflowId }, fastForwardId: id };
    const { fastForwardPollingResult: result, failedReason } =
      await connection.workflowService.pollWorkflowExecutionTimeSkipping(request);
    if (isOneOf(result, 'FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED', 2)) return;
    if (isOneOf(result, 'FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED', 3))
      throw conflict('ClockStopped', failedReason || 'the case ended first');
  }
  throw unavailable(60, 'the clock has not arrived yet: messages under way hold it back');
}

/**
 * Moves the clock of one case's workflow, stopping at everything that comes due on the way, and waits until what is due at
 * the end has happened.
 * @param seconds of the case's time
 * @param awaited is asked at every stop; receipts on their way are waited for
 * @returns how far the case's clock is ahead of the wall now, milliseconds
 */
export async function moveClock(
  server: Server,
  caseId: string,
  seconds: number,
  awaited: ReceiptsAwaited,
): Promise<number> {
  const workflowId = caseWorkflowId(caseId);
  const target = (await look(server, workflowId)).nowMs + seconds * 1000;
  for (;;) {
    const { nowMs, aheadMs, next = Infinity } = await settled(server, workflowId, awaited, target);
    if (nowMs >= target) return aheadMs;
    await jump(server, workflowId, Math.max(1, Math.ceil(Math.min(target, next) - nowMs)));
  }
}
