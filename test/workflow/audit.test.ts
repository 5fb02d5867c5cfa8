/** The audit beside the real servers: each way in which a case could be forgotten is found, told and, where safe, mended. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { dataConverter } from '../../runtime/payload-codec';
import { checkClock } from '../../api/clock';
import { caseWorkflowId } from '../../domain/ids';
import { AUDIT_WORKFLOW, CASE_WORKFLOW } from '../../domain/messages';
import { readAuditState } from '../../store/findings';
import { rfc3339 } from '../../domain/zone';
import { auditScheduleId } from '../../worker/schedules';
import type { Db } from '../../store/db';
import { eventually as soon, itemsOf, Rig } from '../api/cases/rig';
import { recordHistory } from '../support/histories';

const MINUTE = 60_000;
/** A machine that does other things beside takes its time. */
const eventually = <T>(ask: () => Promise<T | null | undefined | false>) => soon(ask, 40_000);
const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
/** Long past: a critical case reported now is late with its first steps at once. */
const LATE = { receivedAt: rfc3339(Date.now() - 3 * 60 * MINUTE), risk: 'critical', type: 'neglect' };

let rig: Rig;
let db: Db;
let client: Client;
let connection: Connection;
let outside: Server;
let heartbeats = 0;
let answerWith = 200;
let audits = 0;

beforeAll(async () => {
  outside = createServer((_req, res) => {
    heartbeats += 1;
    res.writeHead(answerWith).end();
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const heartbeatUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/ping/secret`;
  rig = await Rig.start({}, { heartbeatUrl, lookAgainMs: 1_500 });
  ({ db } = rig.api.deps);
  const { address, namespace, taskQueue } = rig.config.temporal;
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace, dataConverter: dataConverter(rig.config.payloadKeys) });
  // Audits run here when a test says so.
  await client.schedule.getHandle(auditScheduleId(taskQueue)).pause();
}, 900_000);
afterAll(async () => {
  await connection?.close();
  await rig?.stop();
  outside?.closeAllConnections();
  outside?.close();
});

const auditId = (): string => `test-audit/${rig.config.temporal.taskQueue}/${audits}`;
const audit = (): Promise<unknown> => {
  audits += 1;
  return client.workflow.execute(AUDIT_WORKFLOW, {
    workflowId: auditId(),
    taskQueue: rig.config.temporal.taskQueue,
  });
};

const workflowOf = (caseId: string) => client.workflow.getHandle(caseWorkflowId(caseId));
const openOf = (caseId: string) => db.auditFinding.findMany({ where: { caseId, resolvedAt: null } });
const kindsOf = async (caseId: string) => (await openOf(caseId)).map((one) => one.kind);
const agesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
/** As if it had been reported before the audit's grace. */
const aged = (id: string) => db.caseRow.update({ where: { id }, data: { reportedAt: agesAgo(10) } });
const alertOf = (caseId: string) => db.alertRow.findFirst({ where: { caseId, state: 'open' }, orderBy: { id: 'asc' } });

/** A late case whose first messages are out. */
async function lateCase(): Promise<{ id: string; alertId: string }> {
  const id = await rig.report(WORKER, LATE);
  await aged(id);
  await eventually(async () => {
    const waiting = await db.delivery.count({ where: { caseId: id, state: { in: ['pending', 'sending'] } } });
    const out = await db.delivery.count({ where: { caseId: id, attempts: { gt: 0 } } });
    const told = await db.alertRow.count({ where: { caseId: id, rung: -1 } });
    return out > 0 && waiting === 0 && told === 0;
  });
  const alert = await alertOf(id);
  return { id, alertId: alert?.id ?? '' };
}

test('where all is well nothing is found, and the heartbeat goes out', async () => {
  await lateCase();
  const before = heartbeats;
  await audit();
  expect(await db.auditFinding.findMany({ where: { resolvedAt: null } })).toEqual([]);
  expect(heartbeats).toBe(before + 1);
  const state = await readAuditState(db);
  expect(state?.lastCleanAt).toEqual(state?.lastRunAt);
  expect(state?.lastHeartbeatAt).not.toBeNull();
  await recordHistory(client, auditId(), 'watch-audit-v1', rig.config.payloadKeys);

  answerWith = 500;
  await audit();
  answerWith = 200;
  expect((await readAuditState(db))?.heartbeatFailures).toBe(1);
});

test('rows, messages and workflows that are not as they should be are found and mended', async () => {
  const [forgotten, stalled, untold, stuck, behind, gone, lost] = [
    await lateCase(),
    await lateCase(),
    await lateCase(),
    await lateCase(),
    await rig.report(WORKER),
    await rig.report(WORKER),
    await rig.report(WORKER),
  ];
  await db.alertRow.delete({ where: { id: forgotten.alertId } });
  await db.alertRow.update({ where: { id: stalled.alertId }, data: { nextAt: agesAgo(5) } });
  await db.delivery.updateMany({ where: { alertId: untold.alertId }, data: { attempts: 0 } });
  await db.alertRow.update({ where: { id: untold.alertId }, data: { openedAt: agesAgo(5) } });
  const mail = await db.delivery.findFirstOrThrow({ where: { alertId: stuck.alertId, channel: 'email' } });
  const asMade = { state: 'pending', providerRef: null, triedAt: null, createdAt: agesAgo(10) };
  await db.delivery.update({ where: { key: mail.key }, data: asMade });
  await db.caseRow.update({ where: { id: behind }, data: { rev: { decrement: 1 } } });
  // Both have come further than their report; of one the rows know more than its workflow, as after a restored backup.
  for (const id of [gone, lost]) {
    expect((await rig.post(SUPERVISOR, `/cases/${id}/assign`, { staffId: 'xinhua_worker2' })).status).toBe(200);
    await workflowOf(id).terminate('test');
  }
  await db.caseRow.update({ where: { id: lost }, data: { rev: { increment: 5 } } });

  const [pinged, rung] = [heartbeats, (await alertOf(untold.id))?.rung];
  await audit();
  expect(heartbeats).toBe(pinged);
  expect(await kindsOf(forgotten.id)).toEqual(['late_without_alert']);
  expect(await kindsOf(stalled.id)).toEqual(['alert_stalled']);
  expect(await kindsOf(untold.id)).toEqual(['alert_without_attempt']);
  expect(await openOf(stuck.id)).toMatchObject([{ kind: 'delivery_stuck', outcome: 'attempted' }]);
  expect(await openOf(behind)).toMatchObject([{ kind: 'journal_behind', outcome: 'nudged' }]);
  expect(await openOf(gone)).toMatchObject([{ kind: 'workflow_missing', outcome: 'started' }]);
  const byHand = { kind: 'workflow_missing', outcome: 'needs_hands' };
  expect(await openOf(lost)).toEqual(expect.arrayContaining([expect.objectContaining(byHand)]));

  // Mended: the rows are the case's own again, the untold alert goes on, the message is out, the case can be worked.
  expect(await db.alertRow.count({ where: { id: forgotten.alertId } })).toBe(1);
  expect((await db.alertRow.findUniqueOrThrow({ where: { id: stalled.alertId } })).nextAt.getTime()).toBeGreaterThan(
    Date.now(),
  );
  await eventually(async () => ((await alertOf(untold.id))?.rung ?? -1) > (rung ?? -1));
  expect((await db.delivery.findUniqueOrThrow({ where: { key: mail.key } })).state).toMatch(/^(sent|delivered)$/);
  expect((await workflowOf(gone).describe()).status.name).toBe('RUNNING');
  const done = await rig.post(WORKER, `/cases/${gone}/steps/first_contact/complete`, { outcome: 'done' });
  expect(done.json).toMatchObject({ assignee: 'xinhua_worker2' });
  const nudges = await db.event.findMany({ where: { caseId: gone, kind: 'nudged' } });
  expect(nudges.map((event) => event.data)).toEqual([{ why: 'workflow_missing' }]);

  await recordHistory(client, caseWorkflowId(untold.id), 'case-v1-nudged', rig.config.payloadKeys);

  // The station's supervisor was told of all in one text and one mail; nobody else was.
  const told = () => db.delivery.findMany({ where: { kind: 'audit_finding' }, orderBy: { channel: 'asc' } });
  const sent = await eventually(async () => {
    const rows = await told();
    return rows.length > 0 && rows.every((row) => ['sent', 'delivered'].includes(row.state)) ? rows : undefined;
  });
  expect(sent.map((row) => [row.channel, row.personId, row.caseId])).toEqual([
    ['email', SUPERVISOR, null],
    ['sms', SUPERVISOR, null],
  ]);
  expect(sent[0]?.vars).toMatchObject({ count: '8', list: expect.stringContaining('时限监控没有运行') });
  // The queue is let go of a moment after the delivery has ended.
  await eventually(async () => (await db.notice.count()) === 0);

  // Looked at again, only what nobody can mend is left, and it is not told of again so soon.
  await audit();
  const left = await db.auditFinding.findMany({ where: { resolvedAt: null } });
  expect(left.map((one) => `${one.kind} ${one.caseId}`).sort()).toEqual([
    `journal_behind ${lost}`,
    `workflow_missing ${lost}`,
  ]);
  expect((await told()).length).toBe(2);
  expect(heartbeats).toBe(pinged);

  const { json } = await rig.get(SUPERVISOR, '/audit/findings?state=open');
  expect(json).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ ...byHand, caseId: lost, text: '时限监控没有运行' }),
    ]) as unknown,
    open: { workflow_missing: 1, journal_behind: 1 },
  });
  expect(itemsOf(await rig.get('donghu_supervisor', '/audit/findings'))).toEqual([]);
  const resolved = itemsOf(await rig.get('admin', '/audit/findings?state=resolved&limit=200'));
  expect(new Set(resolved.map((one) => one['kind'])).size).toBeGreaterThanOrEqual(6);
  expect((await rig.fetch('/metrics')).text).toContain('shouwang_audit_findings{kind="workflow_missing"} 1');

  // Half an hour later it is told again.
  await db.auditFinding.updateMany({ where: { caseId: lost }, data: { toldAt: agesAgo(31) } });
  await audit();
  expect((await told()).length).toBe(4);
  await db.caseRow.update({ where: { id: lost }, data: { status: 'closed', nextDueAt: null } });
  await db.stepRow.updateMany({ where: { caseId: lost }, data: { state: 'cancelled' } });
}, 120_000);

test('a workflow that does not answer is said to be stuck, for as long as it is', async () => {
  const { id, alertId } = await lateCase();
  const input = (await db.caseRow.findUniqueOrThrow({ where: { id } })).input;
  await workflowOf(id).terminate('test');
  // Nobody works for this queue.
  const options = { workflowId: caseWorkflowId(id), taskQueue: `nobody-${id}`, args: [input] };
  await client.workflow.start(CASE_WORKFLOW, options);
  await db.alertRow.delete({ where: { id: alertId } });
  await audit();
  expect((await kindsOf(id)).sort()).toEqual(['late_without_alert', 'workflow_stuck']);
  await workflowOf(id).terminate('test');
  await audit();
  expect(await kindsOf(id)).toEqual(expect.arrayContaining(['workflow_missing']));
  expect((await openOf(id)).find((one) => one.kind === 'workflow_missing')?.outcome).toBe('needs_hands');
  await db.caseRow.update({ where: { id }, data: { status: 'closed', nextDueAt: null } });
  await db.stepRow.updateMany({ where: { caseId: id }, data: { state: 'cancelled' } });
  await db.alertRow.updateMany({ where: { caseId: id }, data: { state: 'resolved' } });
  await audit();
  expect(await openOf(id)).toEqual([]);
}, 120_000);

test('a clock that is ten minutes wrong moves no deadline, and is reported', async () => {
  const real = Date.now.bind(Date);
  const wrong = jest.spyOn(Date, 'now').mockImplementation(() => real() + 10 * MINUTE);
  try {
    const id = await rig.report(WORKER);
    const { receivedAt, reportedAt } = await db.caseRow.findUniqueOrThrow({ where: { id } });
    expect(Math.abs(receivedAt.getTime() - real())).toBeLessThan(5 * MINUTE);
    expect(reportedAt).toEqual(receivedAt);
    const police = await db.stepRow.findUniqueOrThrow({ where: { caseId_id: { caseId: id, id: 'police_report' } } });
    expect(police.dueAt.getTime()).toBe(receivedAt.getTime() + 60 * MINUTE);
    // What somebody took down by a clock that is right is no time in the future for one that is slow.
    await checkClock(rig.api.deps);
    await audit();
    // Each part is asked with little patience: a busy one is asked again.
    const ready = await eventually(async () => {
      const answer = await rig.fetch('/readyz');
      return answer.json['ok'] === true && answer;
    });
    expect(ready.json['warnings']).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^the clock of this API is 600 s ahead of/),
        'the clock of the worker is off by more than 30 s',
      ]),
    );
    const found = await db.auditFinding.findMany({ where: { resolvedAt: null }, orderBy: { ref: 'asc' } });
    expect(found.map((one) => [one.kind, one.ref.replace(/^api\/.*/, 'api')])).toEqual([
      ['clock_skew', 'api'],
      ['clock_skew', 'worker'],
    ]);
  } finally {
    wrong.mockRestore();
  }
  await checkClock(rig.api.deps);
  await audit();
  expect(await db.auditFinding.count({ where: { resolvedAt: null } })).toBe(0);
  // A wrong clock is the bureau's business.
  const people = await db.delivery.findMany({
    where: { kind: 'audit_finding', vars: { path: ['number'], equals: '系统' } },
  });
  expect([...new Set(people.map((row) => row.personId))].sort()).toEqual(['duty1', 'duty2']);
}, 60_000);

test('the audit runs by itself, on a schedule', async () => {
  const { taskQueue } = rig.config.temporal;
  const handle = client.schedule.getHandle(auditScheduleId(taskQueue));
  const { spec, policies } = await handle.describe();
  expect(spec.intervals).toMatchObject([{ every: MINUTE }]);
  expect(policies.overlap).toBe('SKIP');
  const before = (await readAuditState(db))?.lastRunAt?.getTime() ?? 0;
  await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  await eventually(async () => ((await readAuditState(db))?.lastRunAt?.getTime() ?? 0) > before);
});
