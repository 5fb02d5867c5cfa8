/** What running cases do about late steps that they did not always do (`patched` in workflows/case-life.ts). */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { HeadStarts } from '../../activities/head-start';
import { dataConverter } from '../../runtime/payload-codec';
import { eventually, Town } from '../api/deliver-carrier-rig';
import { caseWorkflowId } from '../../domain/ids';
import { recordHistory } from '../support/histories';
import { workflowCode } from '../support/infra';

const WORKER = 'xinhua_worker1';

let town: Town;
beforeAll(async () => {
  town = await Town.start();
}, 600_000);
afterAll(() => town?.stop());

/** Both changes leave a history behind, for later versions to replay. */
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
