/** What once broke a running case: two commands at once, and times that no calendar has. */
import { Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

const WHO = 'xinhua_worker1';
const kindsOf = (json: Record<string, unknown>): string[] =>
  (json['steps'] as { kind: string; state: string }[]).filter((s) => s.state !== 'cancelled').map((s) => s.kind);

test('two triggers learnt at the same moment start one police clock', async () => {
  const path = `/cases/${await rig.report(WHO, { type: 'neglect', risk: 'low', triggers: [] })}`;
  const learn = (trigger: string) => rig.post(WHO, `${path}/triggers`, { trigger });
  const answers = await Promise.all(['injury', 'severe_malnutrition'].map(learn));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const { json } = await rig.get(WHO, path);
  expect(kindsOf(json).filter((kind) => kind === 'police_report')).toHaveLength(1);
});

test('a time beyond every calendar is a wrong field, and the case goes on', async () => {
  const path = `/cases/${await rig.report(WHO, { type: 'neglect', risk: 'low', triggers: [] })}`;
  const complete = (doneAt: string) =>
    rig.post(WHO, `${path}/steps/first_contact/complete`, { outcome: 'done', doneAt });
  for (const doneAt of ['0000-06-01T00:00:00Z', '9999-12-31T00:00:00+08:00']) {
    const { status, json } = await complete(doneAt);
    expect([status, json['errors']]).toEqual([422, [{ path: 'doneAt', message: expect.any(String) }]]);
  }
  const early = await complete('2001-01-01T00:00:00+08:00');
  expect([early.status, early.json['errors']]).toEqual([422, [{ path: 'doneAt', message: expect.any(String) }]]);
  expect((await rig.post(WHO, `${path}/assign`, { staffId: WHO })).status).toBe(200);
});
