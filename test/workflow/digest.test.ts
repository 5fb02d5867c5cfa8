/** The morning's digest beside the real servers: who gets it, once a day, and who does not. */
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { dataConverter } from '../../runtime/payload-codec';
import { DIGEST_WORKFLOW } from '../../domain/messages';
import { rfc3339 } from '../../domain/zone';
import type { Db } from '../../store/db';
import { auditScheduleId, digestScheduleId, ensureSchedules } from '../../worker/schedules';
import { eventually as soon, Rig } from '../api/cases/rig';
import { withinOneDay } from '../support/day';
import { recordHistory } from '../support/histories';

/** A machine that does other things beside takes its time. */
const eventually = <T>(ask: () => Promise<T | null | undefined | false>) => soon(ask, 40_000);

let rig: Rig;
let db: Db;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  await withinOneDay();
  rig = await Rig.start();
  ({ db } = rig.api.deps);
  const { address, namespace } = rig.config.temporal;
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace, dataConverter: dataConverter(rig.config.payloadKeys) });
}, 900_000);
afterAll(async () => {
  await connection?.close();
  await rig?.stop();
});

let runs = 0;
const runId = (): string => `test-digest/${rig.config.temporal.taskQueue}/${runs}`;
const run = (): Promise<unknown> => {
  runs += 1;
  return client.workflow.execute(DIGEST_WORKFLOW, { workflowId: runId(), taskQueue: rig.config.temporal.taskQueue });
};
const digests = () =>
  db.delivery.findMany({ where: { kind: 'digest' }, orderBy: [{ personId: 'asc' }, { channel: 'asc' }] });

test('nothing due: nobody is written to', async () => {
  await run();
  expect(await digests()).toEqual([]);
  await recordHistory(client, runId(), 'watch-digest-v1', rig.config.payloadKeys);
});

test('what is due goes to the station’s supervisor and the duty officers, once a day', async () => {
  const report = { type: 'neglect', risk: 'critical', receivedAt: rfc3339(Date.now() - 3 * 3_600_000) };
  const id = await rig.report('xinhua_worker1', report);
  await rig.report('xinhua_supervisor', { ...report, drill: true });
  const { number } = await db.caseRow.findUniqueOrThrow({ where: { id } });
  await client.schedule
    .getHandle(digestScheduleId(rig.config.temporal.taskQueue))
    .trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  const sent = await eventually(async () => {
    const rows = await digests();
    return rows.length === 6 && rows.every((row) => ['sent', 'delivered'].includes(row.state)) ? rows : undefined;
  });
  expect(sent.map((row) => [row.personId, row.channel])).toEqual(
    ['duty1', 'duty2', 'xinhua_supervisor'].flatMap((who) => [
      [who, 'email'],
      [who, 'sms'],
    ]),
  );
  // As it was when the digest was made: another step may have become late since.
  const late = await db.stepRow.count({ where: { caseId: id, dueAt: { lte: sent[0]?.at }, state: { not: 'done' } } });
  for (const row of sent) {
    expect(row.caseId).toBeNull();
    expect(row.vars).toMatchObject({ overdue: String(late), list: expect.stringContaining(number) });
  }
  // The queue is let go of a moment after the delivery has ended.
  await eventually(async () => (await db.notice.count()) === 0);
  await run();
  expect((await digests()).length).toBe(6);
});

test('a hole in the roster is told with it', async () => {
  await db.rotation.updateMany({
    where: { stationId: 'donghu', role: 'supervisor' },
    data: { endsAt: new Date(Date.now() + 3_600_000) },
  });
  await run();
  const own = (await digests()).filter((row) => row.personId === 'donghu_supervisor');
  expect(own.map((row) => row.channel)).toEqual(['email']);
  expect(own[0]?.vars).toMatchObject({ list: expect.stringMatching(/^值班表需要处理\n　东湖街道.*：督导无人值班，/) });
});

test('it comes at the policy’s time, Beijing’s; a start brings the schedules up to date and leaves a paused one paused', async () => {
  const { taskQueue } = rig.config.temporal;
  const [audit, digest] = [auditScheduleId(taskQueue), digestScheduleId(taskQueue)].map((id) =>
    client.schedule.getHandle(id),
  );
  const timeOf = async () => (await digest?.describe())?.spec.calendars;
  expect(await timeOf()).toMatchObject([{ hour: [{ start: 1, end: 1 }], minute: [{ start: 30, end: 30 }] }]);
  await audit?.pause('test');
  await ensureSchedules(client, { taskQueue, digestMinute: 8 * 60 + 15, contracts: [] }, rig.api.deps.log);
  expect(await timeOf()).toMatchObject([{ hour: [{ start: 0, end: 0 }], minute: [{ start: 15, end: 15 }] }]);
  expect((await audit?.describe())?.state.paused).toBe(true);
});
