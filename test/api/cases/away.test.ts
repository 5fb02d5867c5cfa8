import { eventually, REPORT, Rig } from './rig';

let rig: Rig;
let cut: Rig | undefined;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(async () => {
  await cut?.stop();
  await rig?.stop();
});

test('while Temporal is away a report is taken with 202, and starts by itself once it is back', async () => {
  cut = await rig.withoutTemporal();
  const { status, json } = await cut.post('xinhua_worker1', '/cases', REPORT);
  expect(status).toBe(202);
  expect(json).toMatchObject({ workflow: 'pending', status: 'open', possible: [] });
  expect((json['steps'] as unknown[]).length).toBeGreaterThan(5);
  const path = `/cases/${String(json['id'])}`;
  const order = { staffId: 'xinhua_worker2' };
  const refused = await cut.post('xinhua_worker1', `${path}/assign`, order);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  // The API that reaches Temporal finds the case waiting.
  await eventually(async () => (await rig.get('xinhua_worker1', path)).json['workflow'] === 'running');
  expect((await rig.post('xinhua_worker1', `${path}/assign`, order)).json).toMatchObject({
    assignee: 'xinhua_worker2',
  });
});
