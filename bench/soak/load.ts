/** A steady load in the mix of a working day, far below what the machine can do: it is to last, not to measure. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bed } from '../bed';
import { SUPERVISOR } from '../http';
import { endAll, makeLate } from '../late';
import { reportCase } from '../measures/report';

/** Each comes again so many milliseconds after its last time ended. */
const EVERY_MS = { report: 700, work: 500, read: 150, note: 120, late: 2_500 };
/** Cases that get note after note, so that their runs grow long. */
const BUSIEST = 8;
/** A late case climbs its ladder so long, then it is over. */
const LATE_MS = 20_000;
/** A machine under load may refuse or lose one now and then; more than this share is a failure of its own. */
export const MOST_FAILED = 0.01;

export interface Load {
  busiest: string[];
  done: number;
  failed: number;
  /** Names of what failed, the last few. */
  reasons: string[];
  /** Resolves when everything under way has ended. */
  stop(): Promise<void>;
}

const key = (): { headers: Record<string, string> } => ({ headers: { 'idempotency-key': randomUUID() } });

/** Begins with the cases that are written to all the time, and goes on until it is stopped. */
export async function beginLoad(bed: Bed): Promise<Load> {
  const { http } = bed;
  const busiest: string[] = [];
  for (let i = 0; i < BUSIEST; i += 1) busiest.push((await reportCase(bed)).id);
  const todo: { caseId: string; stepId: string }[] = [];
  const known = [...busiest];
  const ending = new AbortController();
  const load: Load = { busiest, done: 0, failed: 0, reasons: [], stop };
  let turn = 0;

  async function report(): Promise<void> {
    const { id, steps } = await reportCase(bed);
    known.push(id);
    todo.push(...steps.slice(0, 2).map((step) => ({ caseId: id, stepId: step.id })));
  }
  async function work(): Promise<void> {
    const next = todo.shift();
    if (next === undefined) return;
    await http.ask('POST', `/api/v1/cases/${next.caseId}/steps/${next.stepId}/complete`, { outcome: 'done' }, key());
  }
  async function read(): Promise<void> {
    turn += 1;
    const caseId = known[(turn * 7919) % known.length];
    const paths = [
      `/api/v1/cases/${caseId}`,
      `/api/v1/cases/${caseId}/timeline`,
      '/api/v1/cases?limit=50',
      '/api/v1/alerts',
    ];
    await http.ask('GET', paths[turn % paths.length] ?? '/api/v1/cases', undefined, { as: SUPERVISOR });
  }
  async function note(): Promise<void> {
    turn += 1;
    await http.ask('POST', `/api/v1/cases/${busiest[turn % BUSIEST]}/notes`, { text: '测试:补充说明。' }, key());
  }
  async function late(): Promise<void> {
    const cases = await makeLate(bed, 1, Date.now() + 1_000);
    await sleep(LATE_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    await endAll(bed, cases);
  }

  async function lane(everyMs: number, one: () => Promise<void>): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        await one();
        load.done += 1;
      } catch (error) {
        load.failed += 1;
        load.reasons = [...load.reasons, error instanceof Error ? error.message.slice(0, 200) : 'unknown'].slice(-5);
      }
      await sleep(everyMs);
    }
  }
  const lanes = Promise.all([
    lane(EVERY_MS.report, report),
    lane(EVERY_MS.work, work),
    lane(EVERY_MS.read, read),
    lane(EVERY_MS.note, note),
    lane(EVERY_MS.late, late),
  ]);
  async function stop(): Promise<void> {
    ending.abort();
    await lanes;
  }
  return load;
}
