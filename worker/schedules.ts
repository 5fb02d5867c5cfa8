/**
 * Temporal's Schedules of an installation: the audit each minute, digest and retention once a day, the pace of contracts weekly
 * and before evaluations. Made or brought up to date at start.
 */
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleOptions } from '@temporalio/client';
import type { Logger } from 'pino';
import { AUDIT_WORKFLOW, DIGEST_WORKFLOW, PACE_WORKFLOW, RETENTION_WORKFLOW } from '../domain/messages';
import type { Contract } from '../domain/services/contract';
import { monthName, paceCalendars } from '../domain/services/pace-days';
import { ZONES } from '../domain/zone';

const DAY_MINUTES = 24 * 60;
/** Cases are not kept waiting for it. */
const PATIENCE_MS = 10_000;

export interface ScheduleSetting {
  taskQueue: string;
  /** Minute of the Beijing day. */
  digestMinute: number;
  /** Whose pace is told, at the digest's minute too. */
  contracts: readonly Contract[];
}

/** One set for each installation: several may share a namespace, each with a task queue of its own. */
export const auditScheduleId = (taskQueue: string): string => `audit/${taskQueue}`;
export const digestScheduleId = (taskQueue: string): string => `digest/${taskQueue}`;
export const paceScheduleId = (taskQueue: string): string => `pace/${taskQueue}`;
export const retentionScheduleId = (taskQueue: string): string => `retention/${taskQueue}`;
/** 03:20 in Beijing, when nobody waits for anything. */
const RETENTION_UTC = { hour: 19, minute: 20, second: 0 };

function schedules({ taskQueue, digestMinute, contracts }: ScheduleSetting): ScheduleOptions[] {
  // Beijing's offset is fixed; a server without a list of time zones knows UTC all the same.
  const utc = (digestMinute - ZONES.beijing + DAY_MINUTES) % DAY_MINUTES;
  const [audit, digest] = [auditScheduleId(taskQueue), digestScheduleId(taskQueue)];
  const [pace, retention] = [paceScheduleId(taskQueue), retentionScheduleId(taskQueue)];
  const calendars = paceCalendars(contracts, digestMinute).map(({ month, ...same }) => ({
    ...same,
    ...(month !== undefined && { month: monthName(month) }),
  }));
  return [
    {
      scheduleId: audit,
      spec: { intervals: [{ every: '1m' }] },
      // What was missed while Temporal was away is not looked at twice: the next audit sees everything there is.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      action: {
        type: 'startWorkflow',
        workflowType: AUDIT_WORKFLOW,
        workflowId: audit,
        taskQueue,
        workflowExecutionTimeout: '15m',
      },
    },
    {
      scheduleId: digest,
      spec: { calendars: [{ hour: Math.floor(utc / 60), minute: utc % 60, second: 0 }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '3h' },
      action: {
        type: 'startWorkflow',
        workflowType: DIGEST_WORKFLOW,
        workflowId: digest,
        taskQueue,
        workflowExecutionTimeout: '4h',
      },
    },
    {
      scheduleId: pace,
      spec: { calendars },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '3h' },
      action: {
        type: 'startWorkflow',
        workflowType: PACE_WORKFLOW,
        workflowId: pace,
        taskQueue,
        workflowExecutionTimeout: '4h',
      },
    },
    {
      scheduleId: retention,
      spec: { calendars: [RETENTION_UTC] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '12h' },
      action: {
        type: 'startWorkflow',
        workflowType: RETENTION_WORKFLOW,
        workflowId: retention,
        taskQueue,
        workflowExecutionTimeout: '8h',
      },
    },
  ];
}

async function ensure(client: Client, options: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, policies, action } = options;
    await client.schedule.getHandle(options.scheduleId).update((before) => ({ ...before, spec, policies, action }));
  }
}

/**
 * Makes the Schedules, or brings them up to date; a Schedule that somebody paused stays paused. Never rejects: cases matter more
 * than their audit, and where no audit runs the heartbeat is missed outside.
 */
export async function ensureSchedules(client: Client, setting: ScheduleSetting, log: Logger): Promise<void> {
  for (const options of schedules(setting)) {
    try {
      await client.withDeadline(Date.now() + PATIENCE_MS, () => ensure(client, options));
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'unknown';
      log.error({ schedule: options.scheduleId, failure }, 'a schedule could not be made');
    }
  }
}
