/** What could not be written for minutes, on a real server: who is told is who is on duty when it is. */
import { Context } from '@temporalio/activity';
import { Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { HeadStarts } from '../../activities/head-start';
import { dataConverter } from '../../runtime/payload-codec';
import { moveClock } from '../../sandbox/routes/case-clock';
import { Town } from '../api/deliver-carrier-rig';
import { workflowCode } from '../support/infra';

const MINUTE = 60_000;

let town: Town;
beforeAll(async () => {
  town = await Town.start();
}, 600_000);
afterAll(() => town?.stop());

test('a rung that became due while nothing could be written, and a shift began: who is on duty by then is told', async () => {
  await town.worker.stop();
  const { temporal, payloadKeys } = town.api.config;
  const { namespace, address, taskQueue } = temporal;
  const real = createActivities(town.deps, new HeadStarts(town.deps, 5));
  const shift = { stationId: 'xinhua', role: 'supervisor', staffId: 'xinhua_worker2' };
  /** Fails for five minutes of the case's time where somebody of the second rung is to be told; a shift begins after two. */
  const record: typeof real.record = async (input) => {
    const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = Context.current().info;
    const climbs = input.tells.some(({ id }) => id.endsWith('/1/1'));
    if (!climbs || currentAttemptScheduledTimestampMs - scheduledTimestampMs > 5 * MINUTE) return real.record(input);
    const times = { fromAt: new Date(input.at + 2 * MINUTE), untilAt: new Date(input.at + 60 * MINUTE) };
    if (attempt === 1) await town.db.dutyOverride.create({ data: { ...shift, ...times } });
    throw new Error('away');
  };
  const connection = await NativeConnection.connect({ address });
  const client = await Connection.connect({ address });
  const options = { ...(await workflowCode()), connection, namespace, taskQueue };
  const activities = { ...real, record };
  const worker = await Worker.create({ ...options, activities, dataConverter: dataConverter(payloadKeys) });
  const running = worker.run();
  try {
    const caseId = await town.lateCase();
    const { alertId } = await town.text(caseId);
    const server = { connection: client, namespace, dataConverter: dataConverter(payloadKeys) };
    await moveClock(server, caseId, 50 * 60, () => Promise.resolve(false));
    const second = { alertId, key: { startsWith: `${alertId}/1/1/` }, channel: 'sms' };
    const told = (await town.db.delivery.findMany({ where: second })).map(({ personId }) => personId);
    expect(told).toContain('xinhua_worker2');
  } finally {
    worker.shutdown();
    await running;
    await Promise.all([connection.close(), client.close()]);
    await town.restartWorker();
  }
}, 180_000);
