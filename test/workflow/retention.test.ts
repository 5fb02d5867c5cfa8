/** The end of retention beside the real servers: proposed by a Schedule, approved by two, and noise from then on. */
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { RETENTION_WORKFLOW } from '../../domain/messages';
import { dataConverter } from '../../runtime/payload-codec';
import type { Db } from '../../store/db';
import { retentionScheduleId } from '../../worker/schedules';
import { CHILD, eventually as soon, itemsOf, Rig } from '../api/cases/rig';
import { recordHistory } from '../support/histories';

const eventually = <T>(ask: () => Promise<T | null | undefined | false>) => soon(ask, 40_000);
const [WORKER, SUPERVISOR] = ['xinhua_worker1', 'xinhua_supervisor'];

let rig: Rig;
let db: Db;
let connection: Connection;
let client: Client;
beforeAll(async () => {
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
const runId = (): string => `test-retention/${rig.config.temporal.taskQueue}/${runs}`;
async function run(): Promise<void> {
  runs += 1;
  const { taskQueue } = rig.config.temporal;
  await client.workflow.execute(RETENTION_WORKFLOW, { workflowId: runId(), taskQueue });
}

type Item = { id: string; entity: string; entityId: string; state: string; kind: string };
const waiting = async (who: string) => itemsOf(await rig.get(who, '/erasures')) as unknown as Item[];

/** A closed case; the row says that it was so many years ago. */
async function closed(type: string, years: number): Promise<string> {
  const id = await rig.report(WORKER, { type });
  const { json } = await rig.get(WORKER, `/cases/${id}`);
  for (const step of json['steps'] as { id: string; state: string }[]) {
    if (['done', 'cancelled'].includes(step.state)) continue;
    const body = { outcome: 'not_applicable', note: '演示' };
    await rig.post(WORKER, `/cases/${id}/steps/${step.id}/complete`, body);
  }
  await rig.post(WORKER, `/cases/${id}/close`, { reason: '演示结案' });
  const done = await rig.post(SUPERVISOR, `/cases/${id}/close/decision`, { approve: true });
  expect([done.status, done.json['status']]).toEqual([200, 'closed']);
  const closedAt = new Date();
  closedAt.setUTCFullYear(closedAt.getUTCFullYear() - years);
  closedAt.setUTCDate(closedAt.getUTCDate() - 1);
  await db.caseRow.update({ where: { id }, data: { closedAt } });
  return id;
}

/** The journal's kinds once the entry is its last: it may come some seconds after what it tells of. */
const journalled = (id: string, kind: string) =>
  eventually(async () => {
    const entries = itemsOf(await rig.get(SUPERVISOR, `/cases/${id}/timeline`));
    return entries.at(-1)?.['kind'] === kind && entries;
  });

let neglect: string;
let young: string;

test('nothing is over: nothing is proposed', async () => {
  await run();
  expect(await db.erasure.count()).toBe(0);
  await recordHistory(client, runId(), 'watch-retention-v1', rig.config.payloadKeys);
});

test('what was kept as long as its kind is proposed once, and the supervisor is told how many', async () => {
  neglect = await closed('neglect', 10);
  young = await closed('neglect', 9);
  await closed('sexual_abuse', 29);
  await rig.report(WORKER, { type: 'neglect' });
  await client.schedule
    .getHandle(retentionScheduleId(rig.config.temporal.taskQueue))
    .trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  await eventually(async () => (await db.erasure.count()) > 0);
  await run();
  const items = await waiting(SUPERVISOR ?? '');
  expect(items).toMatchObject([{ entity: 'case', entityId: neglect, kind: 'neglect', state: 'proposed' }]);
  expect(await waiting('donghu_supervisor')).toEqual([]);
  await journalled(neglect, 'erasure_proposed');
  const mails = await eventually(async () => {
    const rows = await db.delivery.findMany({ where: { kind: 'erasure_due' } });
    return rows.length > 0 && rows.every(({ state }) => ['sent', 'delivered'].includes(state)) && rows;
  });
  expect(mails.map(({ personId, channel, vars }) => [personId, channel, vars])).toEqual([
    [SUPERVISOR, 'email', { count: '1' }],
  ]);
}, 120_000);

test('one person alone destroys nothing, whoever it is; roles without it are refused', async () => {
  const [item] = await waiting(SUPERVISOR ?? '');
  const path = `/erasures/${item?.id}`;
  for (const [who, status] of [
    [WORKER, 403],
    ['admin', 403],
    ['evaluator', 403],
    ['donghu_supervisor', 404],
  ] as const)
    expect([who, (await rig.post(who, `${path}/approve`)).status]).toEqual([who, status]);
  const first = await rig.post(SUPERVISOR, `${path}/approve`);
  expect(first.json).toMatchObject({ state: 'approved', approvedBy: SUPERVISOR, decidedBy: null });
  const again = await rig.post(SUPERVISOR, `${path}/approve`);
  expect([again.status, again.json['type']]).toEqual([403, 'urn:shouwang:problem:same-person-decides']);
  expect((await rig.get(WORKER, `/cases/${neglect}`)).json).toMatchObject({ child: CHILD });
});

test('a case that was opened again is not erased, and one that is needed is kept with a reason', async () => {
  const [item] = await waiting(SUPERVISOR ?? '');
  // The workflow writes the whole row with each entry: what is changed by hand has to come after the last one.
  await journalled(neglect, 'erasure_approved');
  await db.caseRow.update({ where: { id: neglect }, data: { status: 'open' } });
  const reopened = await rig.post('duty1', `/erasures/${item?.id}/approve`);
  expect([reopened.status, reopened.json['possible']]).toEqual([409, ['keep']]);
  await db.caseRow.update({ where: { id: neglect }, data: { status: 'closed' } });

  const tenYears = new Date();
  tenYears.setUTCFullYear(tenYears.getUTCFullYear() - 11);
  await db.caseRow.update({ where: { id: young }, data: { closedAt: tenYears } });
  await run();
  const other = (await waiting(SUPERVISOR ?? '')).find(({ entityId }) => entityId === young);
  await journalled(young, 'erasure_proposed');
  const until = new Date(Date.now() + 400 * 86_400_000).toISOString();
  const past = { until: '2020-01-01T00:00:00+08:00', reason: '演示' };
  expect((await rig.post(SUPERVISOR, `/erasures/${other?.id}/keep`, past)).status).toBe(422);
  const kept = await rig.post(SUPERVISOR, `/erasures/${other?.id}/keep`, { until, reason: '诉讼未结' });
  expect(kept.json).toMatchObject({ state: 'kept', decidedBy: SUPERVISOR });
  expect((await rig.post('duty1', `/erasures/${other?.id}/approve`)).status).toBe(409);
  await run();
  expect(await db.erasure.count({ where: { entityId: young } })).toBe(1);
  const entries = await journalled(young, 'erasure_declined');
  expect(entries.at(-1)).toMatchObject({ kind: 'erasure_declined', note: '诉讼未结' });
  // Its own time over, it is proposed anew. The workflow, which knows when it was closed, has written that meanwhile.
  await db.caseRow.update({ where: { id: young }, data: { closedAt: tenYears } });
  await db.erasure.updateMany({ where: { entityId: young }, data: { keptUntil: new Date(Date.now() - 1_000) } });
  await run();
  expect(await db.erasure.count({ where: { entityId: young, state: 'proposed' } })).toBe(1);
}, 60_000);

test('the second person destroys the key: only noise is left, and the journal says who', async () => {
  const item = (await waiting('duty1')).find(({ entityId }) => entityId === neglect);
  const { subjectId } = await db.caseRow.findUniqueOrThrow({ where: { id: neglect } });
  const done = await rig.post('duty1', `/erasures/${item?.id}/approve`);
  expect(done.json).toMatchObject({ state: 'erased', approvedBy: SUPERVISOR, decidedBy: 'duty1' });
  const { status, json } = await rig.get(WORKER, `/cases/${neglect}`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ number: expect.any(String), child: null, reporter: null, narrative: null });
  expect(await db.vaultKey.count({ where: { subjectId } })).toBe(0);
  expect(await db.vaultItem.count({ where: { subjectId } })).toBe(0);
  expect(await db.erasedSubject.findMany()).toMatchObject([{ subjectId }]);
  await expect(db.erasedSubject.deleteMany()).rejects.toThrow(/permission denied|append-only|refuse/i);
  const kinds = (await journalled(neglect, 'erased')).map(({ kind }) => kind);
  expect(kinds.slice(-3)).toEqual(['erasure_proposed', 'erasure_approved', 'erased']);
  const reopened = await rig.post(SUPERVISOR, `/cases/${neglect}/reopen`, { reason: '演示' });
  expect([reopened.status, reopened.json['type']]).toEqual([410, 'urn:shouwang:problem:case-erased']);
  await run();
  expect(await db.erasure.count({ where: { entityId: neglect } })).toBe(1);
}, 60_000);

test('a child who left the register long ago goes the same way, and is not found again by number', async () => {
  const data = { name: '测试童乙二', idNumber: '65400220160504004X' };
  const { json } = await rig.post(WORKER, '/children', data);
  const id = String(json['id']);
  const leftAt = new Date();
  leftAt.setUTCFullYear(leftAt.getUTCFullYear() - 4);
  await db.registeredChild.update({ where: { id }, data: { leftAt } });
  await run();
  const item = (await waiting(SUPERVISOR ?? '')).find(({ entityId }) => entityId === id);
  expect(item).toMatchObject({ entity: 'child', kind: 'register' });
  await rig.post('duty1', `/erasures/${item?.id}/approve`);
  expect((await rig.post(SUPERVISOR, `/erasures/${item?.id}/approve`)).json).toMatchObject({ state: 'erased' });
  const row = await db.registeredChild.findUniqueOrThrow({ where: { id } });
  expect(row.identity).toBeNull();
  expect(await rig.api.deps.register.open(db, [row])).toEqual([undefined]);
  expect(await db.serviceEvent.count({ where: { entityId: id, action: 'erased', staffId: SUPERVISOR } })).toBe(1);
}, 60_000);

test('the rules are read by whoever watches over access', async () => {
  const rules = itemsOf(await rig.get(SUPERVISOR, '/retention'));
  expect(rules).toContainEqual(expect.objectContaining({ kind: 'sexual_abuse', years: 30 }));
  expect((await rig.get(WORKER, '/retention')).status).toBe(403);
});
