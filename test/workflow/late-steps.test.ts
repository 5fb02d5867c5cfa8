/** What running cases do about late steps that they did not always do (domain/changes.ts). */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { HeadStarts } from '../../activities/head-start';
import { dataConverter } from '../../runtime/payload-codec';
import { eventually, Town } from '../api/deliver-carrier-rig';
import type { Ladder } from '../../domain/alert';
import { caseWorkflowId } from '../../domain/ids';
import { ladderOf } from '../../domain/policy';
import { beijing } from '../../domain/zone';
import { takeReport } from '../../store/intake';
import { recordHistory } from '../support/histories';
import { workflowCode } from '../support/infra';

const WORKER = 'xinhua_worker1';

let town: Town;
beforeAll(async () => {
  town = await Town.start();
}, 600_000);
afterAll(() => town?.stop());

/** Each change leaves a history behind, for later versions to replay; those that are there stay as they are. */
async function record(caseId: string, name: string): Promise<void> {
  const { temporal, payloadKeys } = town.api.config;
  const connection = await NativeConnection.connect({ address: temporal.address });
  try {
    const client = new Client({ connection, namespace: temporal.namespace });
    await recordHistory(client, caseWorkflowId(caseId), name, payloadKeys);
  } finally {
    await connection.close();
  }
}

// A text is sent while its activity still waits for the other messages of that moment: the carrier may say that it is lost
// before the case knows that there is one.
test('a text that is lost while a mail of the same moment is still on its way: the phone rings at once', async () => {
  await town.worker.stop();
  const { config } = town.api;
  const { email } = town.deps.channels;
  let leave = (): void => undefined;
  const way = new Promise<void>((resolve) => (leave = resolve));
  const deps = {
    ...town.deps,
    channels: {
      ...town.deps.channels,
      email: { ...email, send: (...asked: Parameters<typeof email.send>) => way.then(() => email.send(...asked)) },
    },
  };
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const worker = await Worker.create({
    ...{ connection, namespace: config.temporal.namespace, taskQueue: config.temporal.taskQueue },
    ...(await workflowCode()),
    activities: createActivities(deps, new HeadStarts(deps, 5)),
    dataConverter: dataConverter(config.payloadKeys),
  });
  const running = worker.run();
  try {
    await town.carrier.control('POST', 'carrier', { mode: 'receipt-fail', only: { channel: 'sms' } });
    const caseId = await town.lateCase();
    const text = await town.text(caseId, ['failed']);
    leave();
    // The ladder itself would wait for a receipt for minutes.
    const call = await eventually(() =>
      town.db.delivery.findFirst({ where: { alertId: text.alertId, channel: 'voice', personId: WORKER } }),
    );
    expect(call.key).toBe(text.key.replace('/sms/', '/voice/'));
    await record(caseId, 'case-v1-lost-early');
  } finally {
    leave();
    worker.shutdown();
    await running;
    await connection.close();
    await town.restartWorker();
  }
}, 180_000);

test('a risk that is raised while a step is late: the next rung comes by the new ladder', async () => {
  await town.carrier.control('POST', 'carrier', { mode: 'ok' });
  const caseId = await town.lateCase();
  const { alertId } = await town.text(caseId);
  const headers = { 'idempotency-key': randomUUID() };
  const body = { risk: 'critical', reason: '演示' };
  const { status } = await town.api.ask('POST', `/api/v1/cases/${caseId}/risk`, { as: WORKER, body, headers });
  expect(status).toBe(200);
  const [raised] = await town.db.event.findMany({ where: { caseId, kind: 'risk_set' } });
  const { nextAt } = await town.alert(alertId);
  expect(nextAt.getTime()).toBe((raised?.at.getTime() ?? 0) + 10 * 60_000);
  await record(caseId, 'case-v1-climbs-anew');
}, 180_000);

test('what somebody has acknowledged has the respite of the level that it is raised to, and no longer', async () => {
  const caseId = await town.lateCase();
  const { alertId } = await town.text(caseId);
  const ask = async (path: string, body: object): Promise<void> => {
    const headers = { 'idempotency-key': randomUUID() };
    expect((await town.api.ask('POST', `/api/v1/${path}`, { as: WORKER, body, headers })).status).toBe(200);
  };
  await ask(`alerts/${alertId}/ack`, {});
  const before = await town.alert(alertId);
  await ask(`cases/${caseId}/risk`, { risk: 'critical', reason: '演示' });
  const [raised] = await town.db.event.findMany({ where: { caseId, kind: 'risk_set' } });
  const { ackBuysMs } = ladderOf(town.api.api.deps.policies.current, 'critical');
  const { state, nextAt } = await town.alert(alertId);
  expect([state, nextAt.getTime()]).toEqual(['acknowledged', (raised?.at.getTime() ?? 0) + ackBuysMs]);
  expect(nextAt.getTime()).toBeLessThan(before.nextAt.getTime());
  await record(caseId, 'case-v1-heard-raised');
}, 180_000);

/** A case with one step, late in this moment, under a ladder of its own. */
async function lateUnder(ladder: Partial<Ladder>, stationId = 'xinhua'): Promise<string> {
  const { db, vault, policies, cases } = town.api.api.deps;
  const [caseId, at] = [randomUUID(), Date.now()];
  const step = {
    id: 'first_contact',
    kind: 'first_contact',
    binds: 'station',
    start: 'receipt',
    extendable: true,
  } as const;
  const input = await takeReport(db, vault, {
    ...{ caseId, stationId, policyVersion: policies.current.version, at, drill: false },
    facts: { type: 'neglect', risk: 'medium', receivedAt: at, triggers: [], guardianIsSuspect: false },
    ladder: { ...ladderOf(policies.current, 'medium'), quiet: undefined, ...ladder },
    planned: [{ ...step, startAt: at, dueAt: at, basis: { kind: 'judgement', figure: '演示' } }],
    actor: { kind: 'staff', id: WORKER },
    child: {},
    narrative: '演示',
  });
  await cases.start(caseId, input);
  return caseId;
}
const alertOf = (caseId: string) => eventually(() => town.db.alertRow.findFirst({ where: { caseId } }));
const eventOf = (caseId: string, kind: string) =>
  eventually(() => town.db.event.findFirst({ where: { caseId, kind } }));

test('nobody stands on any rung: told again at the ladder’s own interval, and no receipt is waited for', async () => {
  await town.db.station.create({ data: { id: 'nobody-there', name: '演示空站' } });
  const rungs = [{ to: 'worker', afterMs: 0, channels: ['sms'], next: ['voice'] }] satisfies Ladder['rungs'];
  const caseId = await lateUnder({ rungs, receiptWithinMs: 1_000 }, 'nobody-there');
  await eventOf(caseId, 'nobody_reached');
  // As it would have been: a second later the next channel, and the round again within minutes.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await town.db.event.count({ where: { caseId, kind: 'further_channel' } })).toBe(0);
  expect((await alertOf(caseId)).nextAt.getTime()).toBeGreaterThan(Date.now() + 60 * 60_000);
  await record(caseId, 'case-v1-empty-top');
}, 180_000);

test('a text that is lost in quiet hours makes no phone ring before they are over', async () => {
  await town.carrier.control('POST', 'carrier', { mode: 'receipt-fail', only: { channel: 'sms' } });
  const { hour, minute } = beijing(Date.now());
  const now = hour * 60 + minute;
  const day = 24 * 60;
  const caseId = await lateUnder({ quiet: { fromMinute: (now + day - 60) % day, toMinute: (now + 120) % day } });
  const { id } = await alertOf(caseId);
  // Somebody who is awake has it told at night.
  const asked = { as: WORKER, body: { note: '演示' }, headers: { 'idempotency-key': randomUUID() } };
  expect((await town.api.ask('POST', `/api/v1/alerts/${id}/escalate`, asked)).status).toBe(200);
  await eventOf(caseId, 'message_failed');
  expect(await town.db.event.count({ where: { caseId, kind: 'further_channel' } })).toBe(0);
  expect(await town.db.delivery.count({ where: { caseId, channel: 'voice' } })).toBe(0);
  await record(caseId, 'case-v1-lost-at-night');
  await town.carrier.control('POST', 'carrier', { mode: 'ok' });
}, 180_000);
