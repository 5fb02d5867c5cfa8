/**
 * A year of one critical case under virtual time: visits, escalations, re-grading, referrals, closing and the checks
 * after it. With RECORD=1 the histories are written to test/histories, to be replayed by every later version.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Connection } from '@temporalio/client';
import { PROJECT } from '../../sandbox/config';
import { dataConverter } from '../../runtime/payload-codec';
import { CarrierClient } from '../../sandbox/routes/carrier-client';
import { moveClock } from '../../sandbox/routes/case-clock';
import { openDb, type Db } from '../../store/db';
import { receiptsAwaited } from '../../store/told';
import { runsOf } from '../support/histories';
import { infra } from '../support/infra';
import { startSystem, type CaseBody, type System } from '../support/system';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Where one run has to end, well before the server's own warning. */
const MOST_EVENTS = 2_000;
const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';

let system: System;
let connection: Connection;
let namespace: string;
let db: Db;

beforeAll(async () => {
  // A hundred times and more a receipt is waited for.
  system = await startSystem({ CARRIER_RECEIPT_DELAY_MS: '40' });
  const servers = await infra();
  ({ namespace } = servers);
  db = openDb(system.databaseUrl);
  connection = await Connection.connect({ address: servers.temporalAddress });
}, 900_000);
afterAll(async () => {
  await connection?.close();
  await db?.$disconnect();
  await system?.close();
});

const isOpen = (step: { state: string }) => step.state !== 'done' && step.state !== 'cancelled';

test('a year of a case', async () => {
  const made = await system.report(WORKER, { type: 'physical_abuse', triggers: ['injury'] });
  const { id } = made;
  const t0 = Date.parse(made.receivedAt);
  const path = `/api/v1/cases/${id}`;
  const carrier = new CarrierClient(system.stack.carrierUrl);
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const forwardTo = async (at: number) => {
    if (at <= clock()) return;
    const server = { connection, namespace, dataConverter: dataConverter(system.payloadKeys) };
    const awaited = async () => receiptsAwaited(db, id, 1_500, await carrier.receiptsUnderWay());
    ahead = await moveClock(server, id, Math.ceil((at - clock()) / 1000), awaited);
  };
  const post = async (what: string, as: string, body: unknown): Promise<CaseBody> => {
    const reply = await system.ask('POST', `${path}${what}`, as, body);
    if (reply.status >= 300) throw new Error(`${what}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  await post('/assign', SUPERVISOR, { staffId: system.account(WORKER).staffId });
  const partners = await system.ask<{ items: { id: string }[] }>('GET', '/api/v1/partners?kind=police', WORKER);
  await post('/referrals', WORKER, { partnerId: partners.body.items[0]?.id, purpose: 'investigate' });

  /** Day from which the child is safer, and the risk then. */
  const calmer = [
    { day: 12, risk: 'high' },
    { day: 60, risk: 'medium' },
    { day: 150, risk: 'low' },
  ];
  let seen = (await system.ask('GET', path, WORKER)).body;
  for (let turn = 0; clock() < t0 + 270 * DAY; turn += 1) {
    const next = seen.steps.filter(isOpen).sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))[0];
    if (!next) break;
    // Every tenth step is late enough for the ladder to climb; the others are done when somebody is reminded of them.
    const late = turn % 10 === 9 && next.kind !== 'police_report';
    await forwardTo(late ? Date.parse(next.dueAt) + 25 * MINUTE : Date.parse(next.remindAt ?? next.startAt) + 1_000);
    const once = next.kind === 'closure_review' || next.kind.startsWith('partner_');
    seen = await post(
      `/steps/${next.id}/complete`,
      WORKER,
      once ? { outcome: 'not_applicable', note: '演练' } : { outcome: 'done' },
    );
    if (clock() > t0 + (calmer[0]?.day ?? Infinity) * DAY) {
      const risk = calmer.shift()?.risk;
      seen = await post('/risk', SUPERVISOR, { risk, reason: '演练:孩子已安全' });
    }
  }
  for (const step of seen.steps.filter(isOpen))
    await post(`/steps/${step.id}/complete`, WORKER, { outcome: 'not_applicable', note: '演练' });
  await post('/close', WORKER, { reason: '演练结束' });
  await post('/close/decision', SUPERVISOR, { approve: true });
  const checks = async () =>
    (await system.ask('GET', path, WORKER)).body.steps.filter((step) => step.kind === 'post_closure_check');
  for (const check of await checks()) {
    await forwardTo(Date.parse(check.dueAt) + 5_000);
    expect((await checks()).find((step) => step.id === check.id)?.state).toBe('overdue');
    await post(`/steps/${check.id}/complete`, WORKER, { outcome: 'done', note: '演练:回访正常' });
  }
  await forwardTo(t0 + 365 * DAY);
  expect(clock() - t0).toBeGreaterThanOrEqual(365 * DAY);
  expect((await system.ask('GET', path, WORKER)).body.status).toBe('closed');

  const runs = await runsOf(id, system.payloadKeys);
  expect(runs.length).toBeGreaterThan(1);
  expect(Math.max(...runs.map((run) => run.events))).toBeLessThanOrEqual(MOST_EVENTS);
  // What became of nearly all messages was told with what was written: few had to be asked for.
  const asked = (name: string) => runs.flatMap(({ json }) => json.split(`"${name}"`)).length - runs.length;
  expect(asked('deliverAll')).toBeLessThan(asked('record') / 4);
  if (process.env['RECORD'] === '1')
    runs.forEach((run, i) =>
      writeFileSync(join(PROJECT, `test/histories/case-v1-told-${i + 1}.json.gz`), gzipSync(run.json)),
    );
}, 300_000);
