/** `record` may stand in line for minutes, as long as it says that it is alive; whoever falls silent hears that it is given up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { alive } from '../../activities/alive';
import { HeadStarts } from '../../activities/head-start';
import type { RecordInput } from '../../domain/messages';
import { dataConverter } from '../../runtime/payload-codec';
import { eventually, Town } from '../api/deliver-carrier-rig';
import { workflowCode } from '../support/infra';

const SECOND = 1_000;

let town: Town;
beforeAll(async () => {
  town = await Town.start();
}, 600_000);
afterAll(() => town?.stop());

test('an attempt that was silent for too long is given up, hears of it by its next heartbeat, and another one writes', async () => {
  await town.worker.stop();
  const { config } = town.api;
  const seen: { attempt: number; startToCloseMs: number; heartbeatMs: number | undefined }[] = [];
  const gaveUp: unknown[] = [];
  const activities = createActivities(town.deps, new HeadStarts(town.deps, 5));
  const record = async (input: RecordInput) => {
    const { attempt, startToCloseTimeoutMs, heartbeatTimeoutMs } = Context.current().info;
    if (input.tells.length === 0) return activities.record(input);
    seen.push({ attempt, startToCloseMs: startToCloseTimeoutMs, heartbeatMs: heartbeatTimeoutMs });
    if (seen.length > 1) return activities.record(input);
    await sleep(11 * SECOND);
    return alive(async (gone) => {
      await new Promise((resolve) => gone?.addEventListener('abort', resolve));
      gaveUp.push(gone?.reason);
      throw gone?.reason as Error;
    }, 100);
  };
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const worker = await Worker.create({
    ...{ connection, namespace: config.temporal.namespace, taskQueue: config.temporal.taskQueue },
    ...(await workflowCode()),
    activities: { ...activities, record },
    dataConverter: dataConverter(config.payloadKeys),
  });
  const running = worker.run();
  try {
    await town.text(await town.lateCase());
    expect(seen.slice(0, 2).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(seen[0]).toMatchObject({ startToCloseMs: 300 * SECOND, heartbeatMs: 10 * SECOND });
    await eventually(() => Promise.resolve(gaveUp.length > 0));
    expect(gaveUp).toMatchObject([{ name: 'CancelledFailure', message: 'NOT_FOUND' }]);
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
    await town.restartWorker();
  }
}, 180_000);
