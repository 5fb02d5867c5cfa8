/** Cases whose only step falls due at a chosen moment, each with a worker of its own to tell. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { caseWorkflowId } from '../domain/ids';
import { CASE_WORKFLOW } from '../domain/messages';
import { ladderOf } from '../domain/policy';
import type { PlannedStep } from '../domain/model';
import { PROJECT } from '../sandbox/config';
import { takeReport } from '../store/intake';
import { keyRing } from '../store/keys';
import { loadPolicies } from '../store/policies';
import { createVault } from '../store/vault';
import type { Bed } from './bed';
import { atOnce } from './harness/rounds';

/** One case that will be late, and the phone that hears of it first. */
export interface LateCase {
  caseId: string;
  phone: string;
}

/** Reports and starts so many at a time; more would only queue. */
const MADE_AT_ONCE = 10;
const ENDED_AT_ONCE = 20;

const phoneOf = (index: number): string => `+86139${String(index).padStart(8, '0')}`;
const stationOf = (index: number): string => `bench-${index}`;

/** Makes stations 0 … count-1, each with one worker on duty, as far as they are not there yet. */
export async function ensureStations({ pool }: Bed, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO stations (id, name) SELECT 'bench-' || n, '测试站' || n FROM generate_series(0, $1 - 1) n
     ON CONFLICT DO NOTHING`,
    [count],
  );
  await pool.query(
    `INSERT INTO staff (id, station_id, name, role)
     SELECT 'bench-' || n, 'bench-' || n, '测试社工' || n, 'social_worker'
     FROM generate_series(0, $1 - 1) n ON CONFLICT DO NOTHING`,
    [count],
  );
  await pool.query(
    `INSERT INTO contacts (id, staff_id, kind, value, verified_at)
     SELECT kind || '-bench-' || n, 'bench-' || n, kind, CASE kind
         WHEN 'phone' THEN '+86139' || lpad(n::text, 8, '0') ELSE 'bench-' || n || '@shouwang.invalid' END, now()
     FROM generate_series(0, $1 - 1) n, unnest(ARRAY['phone', 'email']) kind ON CONFLICT DO NOTHING`,
    [count],
  );
  await pool.query(
    `INSERT INTO rotations (id, station_id, role, name, members, shift_days, starts_at)
     SELECT 'bench-' || n, 'bench-' || n, 'worker', '测试', ARRAY['bench-' || n], 7, now() - interval '1 day'
     FROM generate_series(0, $1 - 1) n ON CONFLICT DO NOTHING`,
    [count],
  );
}

const oneStep = (receivedAt: number, dueAt: number): PlannedStep => ({
  ...{ id: 'first_contact', kind: 'first_contact', binds: 'station', start: 'receipt', extendable: true },
  ...{ startAt: receivedAt, dueAt },
  basis: { kind: 'judgement', figure: '测试' },
});

/** Takes and starts `count` cases, one a station, each late at `dueAt` (milliseconds since the epoch). */
export async function makeLate(bed: Bed, count: number, dueAt: number): Promise<LateCase[]> {
  const { db, client, queues, secrets } = bed;
  await ensureStations(bed, count);
  const vault = createVault({ db, keys: keyRing(secrets.vaultKey) });
  const policy = loadPolicies(join(PROJECT, 'policies')).current;
  return atOnce(count, MADE_AT_ONCE, async (index) => {
    const caseId = randomUUID();
    const at = Date.now();
    const input = await takeReport(db, vault, {
      ...{ caseId, stationId: stationOf(index), policyVersion: policy.version, at, drill: false },
      facts: { type: 'neglect', risk: 'critical', receivedAt: at, triggers: [], guardianIsSuspect: false },
      ladder: ladderOf(policy, 'critical'),
      planned: [oneStep(at, dueAt)],
      actor: { kind: 'staff', id: stationOf(index) },
      child: {},
      narrative: '测试',
    });
    if (input === undefined) throw new Error('a new case was there already');
    await client.workflow.start(CASE_WORKFLOW, {
      workflowId: caseWorkflowId(caseId),
      taskQueue: queues.ours,
      args: [input],
    });
    return { caseId, phone: phoneOf(index) };
  });
}

const QUIET_MS = 2_000;

/**
 * Waits until nothing is left to be sent, and what followed from it is over: mails and word of what was sent come after the
 * texts, and would take their share of the machine from whatever is measured next.
 */
export async function calm({ pool }: Bed): Promise<void> {
  const open = `SELECT count(*)::int AS n FROM deliveries WHERE state IN ('pending', 'sending')`;
  const until = Date.now() + PATIENCE_MS;
  while ((await pool.query<{ n: number }>(open)).rows[0]?.n !== 0) {
    if (Date.now() > until) throw new Error('messages are still open after four minutes');
    await sleep(LOOK_EVERY_MS);
  }
  await sleep(QUIET_MS);
}

/**
 * Ends the workflows, so that their ladders do not go on climbing while something else is measured. As closed cases, or the
 * audit would find them without a workflow and start them all again in the middle of it.
 */
export async function endAll({ client, pool }: Bed, cases: readonly LateCase[]): Promise<void> {
  await pool.query(`UPDATE cases SET status = 'closed', next_due_at = NULL WHERE id = ANY($1)`, [
    cases.map(({ caseId }) => caseId),
  ]);
  await atOnce(cases.length, ENDED_AT_ONCE, async (index) => {
    const one = cases[index];
    if (one) await client.workflow.getHandle(caseWorkflowId(one.caseId)).terminate('measured');
  });
}

const Line = z.union([
  z.object({
    type: z.literal('message'),
    message: z.object({ channel: z.string(), to: z.string(), atMs: z.number() }),
  }),
  z.object({ id: z.string(), atMs: z.number() }),
]);

export interface Heard {
  /** A phone, or the id of a bare deadline. */
  who: string;
  atMs: number;
}

/** What is added to a file of JSON lines from now on. */
export function follow(file: string): { next(): Heard[] } {
  let offset = existsSync(file) ? statSync(file).size : 0;
  let rest = '';
  return {
    next() {
      if (!existsSync(file)) return [];
      const size = statSync(file).size;
      const fd = openSync(file, 'r');
      const chunk = Buffer.alloc(size - offset);
      readSync(fd, chunk, 0, chunk.length, offset);
      closeSync(fd);
      offset = size;
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      return lines.flatMap((line): Heard[] => {
        const { data } = Line.safeParse(JSON.parse(line));
        if (data === undefined) return [];
        if ('id' in data) return [{ who: data.id, atMs: data.atMs }];
        return data.message.channel === 'sms' ? [{ who: data.message.to, atMs: data.message.atMs }] : [];
      });
    },
  };
}

/** Where the carrier double keeps what it accepted. */
export const carrierJournal = ({ dataDir }: Bed): string => join(dataDir, 'carrier/carrier.jsonl');

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 240_000;

/**
 * Waits until everybody was heard of once at or after `since`.
 * @returns when, by who; milliseconds since the epoch
 * @throws Error naming how many are missing four minutes later
 */
export async function hearAll(
  from: { next(): Heard[] },
  wanted: readonly string[],
  since: number,
): Promise<Map<string, number>> {
  const missing = new Set(wanted);
  const heard = new Map<string, number>();
  const until = Math.max(Date.now(), since) + PATIENCE_MS;
  while (missing.size > 0) {
    for (const { who, atMs } of from.next()) if (atMs >= since && missing.delete(who)) heard.set(who, atMs);
    if (Date.now() > until) throw new Error(`${missing.size} of ${wanted.length} were not heard of`);
    if (missing.size > 0) await sleep(LOOK_EVERY_MS);
  }
  return heard;
}
