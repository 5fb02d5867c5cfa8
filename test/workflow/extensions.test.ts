/** More time that was asked for (延期), in a running case, while its deadline moves (domain/changes.ts). */
import { Client, Connection } from '@temporalio/client';
import { caseWorkflowId } from '../../domain/ids';
import { DAY } from '../../domain/zone';
import { Rig } from '../api/cases/rig';
import { recordHistory } from '../support/histories';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

test('a deadline that is put off further than was asked for ends the request, and leaves a mark in the history', async () => {
  const caseId = await rig.report('xinhua_worker1', { risk: 'high', triggers: [] });
  const { cases, db } = rig.api.deps;
  const step = async () => (await cases.state(caseId)).steps.find(({ id }) => id === 'first_contact');
  const until = new Date(((await step())?.dueAt ?? 0) + DAY).toISOString();
  const asked = { until, reason: '孩子外出' };
  expect((await rig.post('xinhua_worker1', `/cases/${caseId}/steps/first_contact/extend`, asked)).status).toBe(200);
  expect((await step())?.extension).toMatchObject({ until: Date.parse(until) });
  const lowered = { risk: 'low', reason: '已稳定' };
  expect((await rig.post('xinhua_supervisor', `/cases/${caseId}/risk`, lowered)).status).toBe(200);
  expect(await step()).not.toHaveProperty('extension');
  expect(await db.event.count({ where: { caseId, kind: 'extension_overtaken' } })).toBe(1);

  const { temporal, payloadKeys } = rig.config;
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const client = new Client({ connection, namespace: temporal.namespace });
    const { events } = await client.workflow.getHandle(caseWorkflowId(caseId)).fetchHistory();
    const marks = (events ?? []).filter((event) => event.markerRecordedEventAttributes);
    expect(marks).toHaveLength(1);
    await recordHistory(client, caseWorkflowId(caseId), 'case-v1-extension-overtaken', payloadKeys);
  } finally {
    await connection.close();
  }
}, 180_000);
