/**
 * A running system with 200 open cases is upgraded to a worker whose cases do something else, and taken back, while people
 * work: no workflow task fails. The changed build is today's with one more step between a change and its record.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { atOnce } from '../../bench/harness/rounds';
import { caseWorkflowId } from '../../domain/ids';
import { STATE_QUERY, type CaseSeen } from '../../domain/messages';
import { dataConverter } from '../../runtime/payload-codec';
import type { Child } from '../../sandbox/parts/child';
import { type Build, buildWith, environOf, startWorkerOf, TODAY } from '../support/builds';
import { infra } from '../support/infra';
import { type CaseBody, eventually, startSystem, type System } from '../support/system';

const CASES = 200;
const AT_ONCE = 20;
/** Cases that are worked on in each stage. */
const WORKED = 20;
const PATCH = 'upgrade-test';
const WHO = 'xinhua_worker1';
const STEPS = ['acknowledge', 'first_contact', 'safety_plan', 'referral', 'case_plan'] as const;
type Step = (typeof STEPS)[number];

let system: System;
let connection: Connection;
let client: Client;
let next: Build;
let env: NodeJS.ProcessEnv;
let cases: CaseBody[] = [];
let worker: Child | undefined;

/** What a later version might do: it waits a moment before it writes down what happened. */
const changed = (code: string): string =>
  code.replace(
    /const answer = await this\.way\.record\(/,
    `if ((0, workflow_1.patched)('${PATCH}')) await (0, workflow_1.sleep)(5); const answer = await this.way.record(`,
  );

beforeAll(async () => {
  const { temporalAddress, namespace } = await infra();
  system = await startSystem();
  connection = await Connection.connect({ address: temporalAddress });
  client = new Client({ connection, namespace, dataConverter: dataConverter(system.payloadKeys) });
  next = buildWith(changed);
  cases = await atOnce(CASES, AT_ONCE, () => system.report(WHO));
}, 300_000);

afterAll(async () => {
  await worker?.stop();
  next?.remove();
  await connection?.close();
  await system?.close();
});

/** The new worker runs before the old one ends, as when several machines are brought up to date one after the other. */
async function replaceBy(build: Build, more: NodeJS.ProcessEnv = {}): Promise<void> {
  const before = worker;
  if (before === undefined) env = environOf(system);
  worker = await startWorkerOf(build, { ...env, ...more }, join(system.dataDir, 'logs/worker-of-build.log'));
  if (before === undefined) await system.stack.part('worker').kill('SIGTERM');
  else await before.stop();
}

const HOLDING = { WORKER_HOLD_PATCHES: 'all' };

/** A command; where Temporal was away it is repeated under the same key, as every client is told to. */
const complete = (id: string, step: Step, key: string) =>
  eventually(
    () =>
      system.ask(
        'POST',
        `/api/v1/cases/${id}/steps/${step}/complete`,
        WHO,
        { outcome: 'done' },
        { 'idempotency-key': key },
      ),
    ({ status }) => status !== 503,
  );

/** Finishes a step of cases number `from` and after; every answer means that the journal holds it. */
async function work(from: number, step: Step, count = WORKED): Promise<void> {
  await atOnce(count, AT_ONCE, async (index) => {
    const id = cases[from + index]?.id ?? '';
    const { status, body } = await complete(id, step, randomUUID());
    expect([status, body.id]).toEqual([200, id]);
  });
}

/** Of each case, what went wrong with its workflow's tasks, and whether it has taken the patch. */
async function histories(): Promise<{ failed: string[]; patched: number[] }> {
  const failed: string[] = [];
  const patched: number[] = [];
  await atOnce(CASES, AT_ONCE, async (index) => {
    const id = cases[index]?.id ?? '';
    const { events } = await client.workflow.getHandle(caseWorkflowId(id)).fetchHistory();
    for (const { workflowTaskFailedEventAttributes: failure, markerRecordedEventAttributes: marker } of events ?? []) {
      if (failure) failed.push(`${id}: ${failure.failure?.message}`);
      if (marker?.markerName === 'core_patch') patched.push(index);
    }
  });
  return { failed, patched: patched.sort((a, b) => a - b) };
}

/** Tasks that exist for a command alone leave no trace in a history when they fail: the workers' logs have them. */
const complaints = (): string[] =>
  [...(worker?.log.read() ?? '').split('\n'), ...system.stack.part('worker').logs().split('\n')].filter((line) =>
    /failing workflow task/i.test(line),
  );

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

test('200 open cases go to a changed workflow and back, twice, and no workflow task fails', async () => {
  await work(0, 'acknowledge');

  // First it only knows the change. Nothing has begun it, so that the release before can come back.
  await replaceBy(next, HOLDING);
  await work(0, 'first_contact', 2 * WORKED);
  await replaceBy(TODAY);
  await work(0, 'safety_plan', 2 * WORKED);
  await replaceBy(next, HOLDING);
  expect(await histories()).toEqual({ failed: [], patched: [] });

  // Then cases begin it, also such as the holding worker has in its memory.
  await replaceBy(next);
  await work(0, 'referral', 2 * WORKED);
  const begun = numbers(0, 2 * WORKED);
  expect((await histories()).patched).toEqual(begun);

  // Taken back: those that have begun go on with it, no other begins.
  await replaceBy(next, HOLDING);
  await work(WORKED, 'case_plan', 2 * WORKED);
  const states = await atOnce(CASES, AT_ONCE, (index) =>
    client.workflow.getHandle(caseWorkflowId(cases[index]?.id ?? '')).query<CaseSeen>(STATE_QUERY),
  );
  const done = states.map(({ steps }) => steps.filter(({ state }) => state === 'done').length);
  expect(done.slice(0, 4 * WORKED)).toEqual([4, 4, 1, 0].flatMap((count) => numbers(0, WORKED).map(() => count)));
  expect(await histories()).toEqual({ failed: [], patched: begun });
  expect(complaints()).toEqual([]);
}, 240_000);

test('a worker that does not know the change fails on a case that has begun it, and its successor mends it', async () => {
  const id = cases[0]?.id ?? '';
  await replaceBy(TODAY);
  const asked = complete(id, 'case_plan', 'upgrade-1');
  await eventually(
    () => Promise.resolve(complaints()),
    (seen) => seen.length > 0,
  );
  await replaceBy(next, HOLDING);
  await asked;
  await eventually(
    async () => (await system.ask('GET', `/api/v1/cases/${id}`, WHO)).body.steps.find((one) => one.id === 'case_plan'),
    (step) => step?.state === 'done',
  );
}, 240_000);
