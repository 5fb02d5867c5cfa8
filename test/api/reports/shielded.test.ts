/** The report that a case came from, where not everybody may know of the case (限定知悉), and who reported (报告人). */
import { randomUUID } from 'node:crypto';
import { Rig, type Who } from '../cases/rig';

let rig: Rig;
let key: string;
beforeAll(async () => {
  rig = await Rig.start();
  const source = { kind: 'hotline_12345', name: '12345 热线', stationId: 'xinhua' };
  key = String((await rig.post('admin', '/sources', source)).json['key']);
}, 600_000);
afterAll(() => rig?.stop());

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
const STORY = '样例叙述：孩子说晚上不敢回家。';
type Json = Record<string, unknown>;

/** A report in the queue. @returns its id */
async function queued(more: Json = {}): Promise<string> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  };
  const body = JSON.stringify({ child: { name: '队列童甲' }, narrative: STORY, ...more });
  const { status, json, text } = await rig.fetch('/api/v1/intake', { method: 'POST', headers, body });
  if (status !== 201) throw new Error(text);
  return String(json['id']);
}
const look = async (id: string, who: Who = WORKER) => (await rig.get(who, `/reports/${id}`)).json;
const act = (who: Who, id: string, what: string, body: unknown = {}) => rig.post(who, `/reports/${id}/${what}`, body);

describe('a report of a case that not everybody may know of', () => {
  const reporter = { role: 'teacher', name: '测试举报人丙' };
  const restrict = (caseId: string) =>
    rig.post(SUPERVISOR, `/cases/${caseId}/restriction`, { staffIds: [WORKER], reason: '涉案人在站内有亲友' });

  test('is there for those alone who may know of the case, and nothing is joined to it by others', async () => {
    const id = await queued({ type: 'neglect' });
    const { json, text } = await act(WORKER, id, 'screen-in');
    const [caseId, number] = [String(json['caseId']), String((await look(id))['number'])];
    expect(text).toContain(caseId);
    expect((await rig.get('xinhua_worker2', `/reports/${id}`)).text).toContain(STORY);
    expect((await restrict(caseId)).status).toBe(200);
    for (const who of ['xinhua_worker2', 'duty1'] as const) {
      expect((await rig.get(who, `/reports/${id}`)).status).toBe(404);
      expect((await act(who, id, 'take')).status).toBe(404);
      expect((await rig.get(who, '/reports?state=screened_in&limit=200')).text).not.toContain(number);
    }
    expect((await rig.get(WORKER, '/reports?state=screened_in&limit=200')).text).toContain(number);
    expect(await look(id)).toMatchObject({ narrative: STORY, caseId });
    const refused = await rig.api.deps.db.accessLog.findFirst({ where: { caseId, action: 'case:shielded' } });
    expect(refused).toMatchObject({ staffId: 'xinhua_worker2', allowed: false });

    const another = await queued();
    const said = await Promise.all(
      [caseId, randomUUID()].map(async (one) => (await act('xinhua_worker2', another, 'join', { caseId: one })).json),
    );
    expect(said.map(({ status, detail }) => [status, detail])).toEqual([
      [422, 'caseId: there is no such case in this station'],
      [422, 'caseId: there is no such case in this station'],
    ]);
  });

  test('names the reporter to those alone to whom the case does, on the record', async () => {
    const id = await queued({ type: 'neglect', reporter });
    const named = async (who: 'xinhua_worker1' | 'xinhua_worker2' | 'xinhua_supervisor') =>
      (await look(id, who))['reporter'];
    // Somebody has to call back before it is anybody's case.
    expect(await named('xinhua_worker2')).toMatchObject(reporter);
    const caseId = String((await act(SUPERVISOR, id, 'screen-in')).json['caseId']);
    await rig.post(SUPERVISOR, `/cases/${caseId}/assign`, { staffId: WORKER });
    expect(await named('xinhua_worker2')).toBeNull();
    expect((await rig.get('xinhua_worker2', `/cases/${caseId}`)).json['reporter']).toBeNull();
    for (const who of [WORKER, SUPERVISOR] as const) expect(await named(who)).toMatchObject(reporter);
    const opened = await rig.api.deps.db.accessLog.findMany({
      where: { caseId: `report:${id}`, action: 'case:read-reporter' },
    });
    expect(opened.map(({ staffId }) => staffId)).toEqual(['xinhua_worker2', WORKER, SUPERVISOR]);

    const other = await rig.report(WORKER, { type: 'neglect', child: { name: '并入童庚' } });
    const joining = await queued({ reporter });
    await act(WORKER, joining, 'join', { caseId: other });
    const { text } = await rig.get('xinhua_worker2', `/cases/${other}/timeline`);
    expect(text).toContain(STORY);
    expect(text).not.toContain(reporter.name);
  });
});
