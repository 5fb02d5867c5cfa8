/** Broken glass when Temporal is away, and when its time is over. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { journalChanges } from '../../../api/access-journal';
import { caseWorkflowId } from '../../../domain/ids';
import { eventually, itemsOf, Rig } from './rig';

let rig: Rig;
let caseId: string;
let number: string;
beforeAll(async () => {
  rig = await Rig.start();
  caseId = await rig.report('xinhua_worker1');
  const { json } = await rig.get('xinhua_worker1', `/cases/${caseId}`);
  number = String(json['number']);
  const body = { staffIds: ['xinhua_worker1'], reason: '演示' };
  expect((await rig.post('xinhua_supervisor', `/cases/${caseId}/restriction`, body)).status).toBe(200);
}, 600_000);
afterAll(() => rig?.stop());

const kinds = async (): Promise<unknown[]> =>
  itemsOf(await rig.get('xinhua_worker1', `/cases/${caseId}/timeline`)).map(({ kind }) => kind);
const messages = () => rig.api.deps.db.delivery.findMany({ where: { kind: 'glass_broken' } });

test('it opens and is told while Temporal is away, once however often it is asked; the journal has it a moment later', async () => {
  const cutOff = await rig.withoutTemporal();
  try {
    const body = { number, reason: '夜间求助' };
    const [first, again] = [
      await cutOff.post('donghu_worker1', '/break-glass', body, 'same-key'),
      await cutOff.post('donghu_worker1', '/break-glass', body, 'same-key'),
    ];
    expect([first.status, again.status, again.json]).toEqual([201, 201, first.json]);
    // Another station's, for this one case: nobody else's.
    expect((await cutOff.get('donghu_worker1', `/cases/${caseId}`)).status).toBe(200);
    expect((await cutOff.get('donghu_worker2', `/cases/${caseId}`)).status).toBe(404);
    const told = [...new Set((await messages()).map(({ personId }) => personId))].sort();
    expect(told).toEqual(['duty1', 'duty2', 'xinhua_supervisor', 'xinhua_worker1']);
  } finally {
    await cutOff.stop();
  }
  await eventually(async () => (await kinds()).includes('glass_broken'));
  expect((await kinds()).filter((kind) => kind === 'glass_broken')).toHaveLength(1);
}, 60_000);

test('when its time is over it opens nothing any more, and the journal says that it ended by itself', async () => {
  const { db } = rig.api.deps;
  await db.brokenGlass.updateMany({ data: { until: new Date(Date.now() - 1_000) } });
  expect((await rig.get('donghu_worker1', `/cases/${caseId}`)).status).toBe(404);
  await journalChanges(rig.api.deps);
  await eventually(async () => (await kinds()).at(-1) === 'glass_ended');
  const items = itemsOf(await rig.get('xinhua_worker1', `/cases/${caseId}/timeline`));
  expect(items.at(-1)).toMatchObject({ actor: { kind: 'system' }, data: { staffId: 'donghu_worker1' } });
  expect(await db.brokenGlass.count({ where: { endedAt: null } })).toBe(0);
  // It may be broken again, and is told again.
  const before = (await messages()).length;
  const body = { number, reason: '再次求助' };
  expect((await rig.post('donghu_worker1', '/break-glass', body)).status).toBe(201);
  expect((await messages()).length).toBe(2 * before);
}, 60_000);

test('who sees a case through broken glass does not decide who may know of it; once nobody who was named is left, they may', async () => {
  const { db } = rig.api.deps;
  const [as, path] = ['donghu_supervisor', `/cases/${caseId}`];
  expect((await rig.post(as, '/break-glass', { number, reason: '求助' })).status).toBe(201);
  expect((await rig.get(as, path)).status).toBe(200);
  const reason = '演示';
  const tries = {
    [`${path}/restriction`]: { staffIds: ['xinhua_worker1'], reason },
    [`${path}/restriction/end`]: { reason },
    [`${path}/conflicts`]: { staffId: 'xinhua_worker1', reason },
    [`${path}/conflicts/end`]: { staffId: 'xinhua_worker1', reason },
  };
  for (const [target, body] of Object.entries(tries))
    expect([target, (await rig.post(as, target, body)).status]).toEqual([target, 403]);
  expect((await db.caseNamed.findMany({ where: { caseId } })).map(({ staffId }) => staffId).sort()).toEqual([
    'xinhua_supervisor',
    'xinhua_worker1',
  ]);
  const named = { id: { in: ['xinhua_supervisor', 'xinhua_worker1'] } };
  await db.staff.updateMany({ where: named, data: { active: false } });
  expect((await rig.post(as, `${path}/restriction/end`, { reason })).status).toBe(200);
  await db.staff.updateMany({ where: named, data: { active: true } });
}, 60_000);

test('a case that cannot be told holds up nobody behind it', async () => {
  const { db, cases } = rig.api.deps;
  const dead = await rig.report('xinhua_worker1');
  await eventually(async () => (await rig.get('xinhua_worker1', `/cases/${dead}`)).json['workflow'] === 'running');
  const connection = await Connection.connect({ address: rig.config.temporal.address });
  const client = new Client({ connection, namespace: rig.config.temporal.namespace });
  await client.workflow.getHandle(caseWorkflowId(dead)).terminate('演示');
  await connection.close();
  const change = (of: string, minutesAgo: number) => ({
    ...{ id: randomUUID(), caseId: of, staffId: null, kind: 'glass_ended', data: { staffId: 'donghu_worker1' } },
    at: new Date(Date.now() - minutesAgo * 60_000),
  });
  const [first, second] = [change(dead, 20), change(caseId, 10)];
  await db.accessChange.createMany({ data: [first, second] });
  expect((await cases.ready()).temporal).toBe(true);
  await journalChanges(rig.api.deps);
  const journalled = async ({ id }: { id: string }) =>
    (await db.accessChange.findUniqueOrThrow({ where: { id } })).journalledAt !== null;
  expect([await journalled(first), await journalled(second)]).toEqual([false, true]);
}, 120_000);
