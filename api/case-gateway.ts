/** The API's way to the case workflows: start, command, receipt. Everything about Temporal's client stays in here. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { taskPriority } from '../domain/urgency';
import { caseWorkflowId } from '../domain/ids';
import { CASE_WORKFLOW, COMMAND_UPDATE, RECEIPT_SIGNAL, REPORT_WORKFLOW, STATE_QUERY } from '../domain/messages';
import type { CaseInput, Command, CommandAnswer, ReceiptSignal } from '../domain/messages';
import type { CaseState } from '../domain/model';
import { isWatch } from '../domain/reports/watch';
import { dataConverter, type PayloadKeys } from '../runtime/payload-codec';
import { repeat } from '../runtime/repeat';
import { markRunning } from '../store/cases';
import { databaseNow } from '../store/clock';
import type { Db } from '../store/db';
import { Calls } from './calls';
import { temporalSpans } from './temporal-spans';

/** Temporal, or every worker, is away: nothing was lost, try again. */
export class TemporalAway extends Error {
  override readonly name = 'TemporalAway';
}

export interface CaseGateway {
  /**
   * Starts the workflow of a case that is in the database; safe to repeat.
   * @param input what the row holds, where the caller has just written it
   */
  start(caseId: string, input?: CaseInput): Promise<'running' | 'pending'>;
  /**
   * @param operationId the same for a repeated request, so that Temporal carries it out once
   * @throws ApplicationFailure named as in domain/failures.ts when the case refuses; TemporalAway
   */
  command(caseId: string, command: Command, operationId: string): Promise<CommandAnswer>;
  /** The whole case as its workflow holds it, for the rare questions that the rows cannot answer. @throws TemporalAway */
  state(caseId: string): Promise<CaseState>;
  /** Tells the case that a carrier reported a message as lost. */
  signalReceipt(caseId: string, receipt: ReceiptSignal): Promise<void>;
  /** Starts the watch over a report that is in the database; safe to repeat. */
  startWatch(input: CaseInput): Promise<'running' | 'pending'>;
  /** Does the watch over a report run? The server's own word. */
  watchRuns(watchId: string): Promise<boolean>;
  ready(): Promise<{ temporal: boolean; worker: boolean }>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  db: Db;
  log: Logger;
  temporal: { address: string; namespace: string; taskQueue: string };
  payloadKeys: PayloadKeys;
}

const START_MS = 3_000;
/** An update waits for the worker and for the journal; longer than this and the caller had better come again. */
const COMMAND_MS = 15_000;
const READY_MS = 2_000;
/** How long a process that ends waits for what it has asked. */
export const LAST_CALLS_MS = 5_000;
/** How long the database's clock is waited for. */
const CLOCK_MS = 500;
/** How often reports taken while Temporal was away are tried again. */
const SWEEP_MS = 2_000;
const SWEEP_BATCH = 500;
/** Until it runs a case tells nobody anything: after an import there are thousands. */
const SWEEP_AT_ONCE = 10;
const RECENT_POLL_MS = 60_000;

/** The client wraps what the wire said in an error of its own, depending on the call. */
export const isTemporalAway = (error: unknown): boolean =>
  isGrpcServiceError(error) ||
  error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
  (error instanceof Error && isGrpcServiceError(error.cause));

export function createCaseGateway({ db, log, temporal, payloadKeys }: GatewayOptions): CaseGateway {
  const calls = new Calls();
  const connection = Connection.lazy({ address: temporal.address, interceptors: calls.interceptors() });
  const client = new Client({
    ...{ connection, namespace: temporal.namespace, dataConverter: dataConverter(payloadKeys) },
    ...temporalSpans(),
  });
  const { taskQueue } = temporal;
  const marks = new Set<Promise<void>>();
  let closing = false;
  /** @param ms how long an answer is waited for */
  const within = <T>(ms: number, call: () => Promise<T>): Promise<T> =>
    calls.run(() => client.withDeadline(Date.now() + ms, call));

  async function inputOf(caseId: string): Promise<CaseInput | 'running'> {
    const row = await db.caseRow.findUniqueOrThrow({ where: { id: caseId }, select: { workflow: true, input: true } });
    return row.workflow === 'running' ? 'running' : (row.input as unknown as CaseInput);
  }

  async function start(caseId: string, fresh?: CaseInput): Promise<'running' | 'pending'> {
    const input = fresh ?? (await inputOf(caseId));
    if (input === 'running') return 'running';
    if (!(await begin(CASE_WORKFLOW, input))) return 'pending';
    const marked = mark(caseId);
    marks.add(marked);
    void marked.finally(() => marks.delete(marked));
    return 'running';
  }

  /** Nobody waits for it: one that comes to nothing is made good by the sweep, which finds the case running. */
  async function mark(caseId: string): Promise<void> {
    try {
      await markRunning(db, caseId);
    } catch (error) {
      log.warn({ caseId, failure: error instanceof Error ? error.name : 'unknown' }, 'case is not marked as running');
    }
  }

  /** @returns false while Temporal is away */
  async function begin(type: string, input: CaseInput): Promise<boolean> {
    const { caseId, facts } = input.state;
    try {
      await within(START_MS, () =>
        client.workflow.start(type, {
          workflowId: caseWorkflowId(caseId),
          // One that was ended from outside may begin again; one that came to its own end may not.
          workflowIdReusePolicy: type === REPORT_WORKFLOW ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'REJECT_DUPLICATE',
          taskQueue,
          args: [input],
          priority: taskPriority(facts.risk),
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) {
        if (!isTemporalAway(error)) throw error;
        log.warn({ caseId, failure: 'TemporalAway' }, 'case waits for Temporal');
        return false;
      }
    }
    return true;
  }

  async function send(caseId: string, command: Command, operationId: string): Promise<CommandAnswer> {
    return within(COMMAND_MS, () =>
      client.workflow
        .getHandle(caseWorkflowId(caseId))
        .executeUpdate<CommandAnswer, [Command]>(COMMAND_UPDATE, { args: [command], updateId: operationId }),
    );
  }

  async function reach<T>(caseId: string, say: () => Promise<T>): Promise<T> {
    try {
      return await say().catch(async (error: unknown) => {
        // Reported while Temporal was away and not started yet: start it, then say it again.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        // A watch ends with its report: there is nothing to be said to it any more.
        if (isWatch(caseId)) throw ApplicationFailure.nonRetryable('the report has been screened', 'AlertOver');
        if ((await start(caseId)) !== 'running') throw error;
        return say();
      });
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) throw error.cause;
      if (isTemporalAway(error) || error instanceof WorkflowNotFoundError)
        throw new TemporalAway('the case could not be reached', { cause: error });
      throw error;
    }
  }

  const ask = (caseId: string): Promise<CaseState> =>
    within(COMMAND_MS, () => client.workflow.getHandle(caseWorkflowId(caseId)).query<CaseState>(STATE_QUERY));

  async function sweep(): Promise<void> {
    const pending = await db.caseRow.findMany({
      where: { workflow: 'pending', reportedAt: { lt: new Date((await databaseNow(db)) - SWEEP_MS) } },
      // After an import there may be thousands: whose deadline is next goes first.
      orderBy: [{ nextDueAt: { sort: 'asc', nulls: 'last' } }, { reportedAt: 'asc' }],
      take: SWEEP_BATCH,
      select: { id: true },
    });
    const left = pending.values();
    let away = false;
    const lane = async (): Promise<void> => {
      for (const { id } of left) {
        if (away || closing) return;
        try {
          if ((await start(id)) === 'pending') away = true;
          else log.info({ caseId: id }, 'case started late');
        } catch (error) {
          // One that cannot start holds up nobody behind it.
          log.error({ caseId: id, failure: error instanceof Error ? error.name : 'unknown' }, 'case cannot be started');
        }
      }
    };
    await Promise.all(Array.from({ length: SWEEP_AT_ONCE }, lane));
  }

  const sweeper = repeat(SWEEP_MS, sweep, (error) =>
    log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'pending cases could not be started'),
  );

  /** Temporal dates polls by its servers' clock; while the database is away this process's has to do for it. */
  const serverClock = (): Promise<number> =>
    Promise.race([databaseNow(db).catch(() => Date.now()), sleep(CLOCK_MS).then(() => Date.now())]);

  async function ready(): Promise<{ temporal: boolean; worker: boolean }> {
    try {
      const { pollers } = await within(READY_MS, () =>
        connection.workflowService.describeTaskQueue({
          namespace: temporal.namespace,
          taskQueue: { name: taskQueue },
          taskQueueType: 1,
        }),
      );
      const since = ((await serverClock()) - RECENT_POLL_MS) / 1000;
      return { temporal: true, worker: (pollers ?? []).some((p) => Number(p.lastAccessTime?.seconds ?? 0) > since) };
    } catch (error) {
      log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'Temporal does not answer');
      return { temporal: false, worker: false };
    }
  }

  return {
    start,
    async watchRuns(watchId) {
      try {
        const handle = client.workflow.getHandle(caseWorkflowId(watchId));
        return (await within(START_MS, () => handle.describe())).status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    startWatch: async (input) => ((await begin(REPORT_WORKFLOW, input)) ? 'running' : 'pending'),
    command: (caseId, said, operationId) => reach(caseId, () => send(caseId, said, operationId)),
    state: (caseId) => reach(caseId, () => ask(caseId)),
    ready,
    signalReceipt: (caseId, receipt) =>
      within(START_MS, () =>
        client.workflow.getHandle(caseWorkflowId(caseId)).signal<[ReceiptSignal]>(RECEIPT_SIGNAL, receipt),
      ),
    async close() {
      closing = true;
      await sweeper.stop();
      await Promise.all(marks);
      await calls.over(LAST_CALLS_MS);
      await connection.close();
    },
  };
}
