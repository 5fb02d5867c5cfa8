/** Evidence of services for the evaluator: what a supervisor has marked, without a name, a place or a time. */
import sharp from 'sharp';
import { OWNER, pdf, picture } from '../../support/files';
import type { Json } from '../../support/api';
import { ago, must, type ServicesApi, startServicesApi, VISIT } from './support';

let t: ServicesApi;
let serviceId = '';
beforeAll(async () => {
  t = await startServicesApi();
  serviceId = String(must(await t.post('/services', { ...VISIT, at: ago(2), headCount: 2 }))['id']);
}, 600_000);
afterAll(() => t?.close());

const NAME = '王小明签到表';
async function upload(bytes: Buffer, name: string, of = serviceId): Promise<string> {
  const form = new FormData();
  form.append('caption', NAME);
  form.append('file', new Blob([new Uint8Array(bytes)]), name);
  const headers = { authorization: `Bearer ${t.account('xinhua_worker1').token}` };
  const reply = await fetch(`${t.url}/api/v1/uploads/services/${of}`, { method: 'POST', headers, body: form });
  const body = (await reply.json()) as Json;
  if (reply.status !== 201) throw new Error(JSON.stringify(body));
  return String(body['id']);
}
const mark = (id: string, fit: boolean, as = 'xinhua_supervisor') => t.post(`/attachments/${id}/evidence`, { fit }, as);
const OF = (of = serviceId): string => `/indicators/now.visits/records/${of}/evidence`;
const seen = async (as = 'evaluator'): Promise<Json[]> => must(await t.get(OF(), as), 200)['items'] ?? [];
const bytes = (n: number, as = 'evaluator') =>
  fetch(`${t.url}/api/v1${OF()}/${n}`, { headers: { authorization: `Bearer ${t.account(as).token}` } });

test('nothing is shown before a supervisor has found it fit; then it is, by number, without place and owner', async () => {
  const photo = await picture('jpeg', { width: 400, height: 300 });
  const id = await upload(photo, `${NAME}.jpg`);
  await upload(photo, '没有审核.jpg');
  expect(await seen()).toEqual([]);
  expect((await bytes(1)).status).toBe(404);
  expect((await mark(id, true, 'xinhua_worker1')).status).toBe(403);
  expect((await mark(id, true, 'donghu_supervisor')).status).toBe(404);
  expect(must(await mark(id, true), 200)).toMatchObject({ attachmentId: id, serviceId, fit: true });
  const items = await seen();
  expect(items).toEqual([{ n: 1, type: 'image/jpeg', size: expect.any(Number), width: 400, height: 300 }]);
  expect(JSON.stringify(items)).not.toContain(NAME);
  const shown = await bytes(1);
  expect(shown.headers.get('content-disposition')).toBe(`attachment; filename="${serviceId}-1.jpg"`);
  const copy = Buffer.from(await shown.arrayBuffer());
  expect(copy.includes(OWNER)).toBe(false);
  expect((await sharp(copy).metadata()).exif).toBeUndefined();
  expect(photo.includes(OWNER)).toBe(true);
  // What staff call it and say of it stays with staff.
  expect((await t.get(`/attachments/${id}`, 'evaluator')).status).toBe(403);
  expect((await t.get(`/services/${serviceId}/attachments`, 'evaluator')).status).toBe(403);
});

test('records and samples say how many there are; each look is on the record; the marks are journalled', async () => {
  const { items } = must(await t.get('/indicators/now.visits/records', 'evaluator'), 200);
  expect((items as unknown as Json[]).find((one) => one['id'] === serviceId)).toMatchObject({ proofs: 1 });
  const drawn = must(await t.get('/indicators/now.visits/sample?seed=s', 'evaluator'), 200)['items'];
  expect((drawn as unknown as Json[])[0]).toMatchObject({ id: serviceId, proofs: 1 });
  const looks = await t.api.deps.db.accessLog.findMany({ where: { caseId: serviceId, staffId: 'evaluator' } });
  expect(looks.map(({ action }) => action)).toEqual(expect.arrayContaining(['evidence:list', 'evidence:read/1']));
  const history = must(await t.get(`/services/${serviceId}/history`), 200)['items'];
  const { changes } = (history as unknown as { changes: Record<string, unknown> }[]).at(-1) ?? { changes: {} };
  expect(Object.entries(changes)).toEqual([[expect.stringMatching(/^evidence /), { from: null, to: true }]]);
});

test('what is withdrawn, marked as not fit, or no picture is not shown', async () => {
  const [first, second] = [await upload(await picture('png'), 'a.png'), await upload(await picture('webp'), 'b.webp')];
  must(await mark(first, true), 200);
  must(await mark(second, true), 200);
  expect(await seen()).toHaveLength(3);
  must(await mark(first, false), 200);
  must(await t.post(`/attachments/${second}/withdraw`, { reason: '重复' }, 'xinhua_supervisor'), 200);
  expect(await seen()).toHaveLength(1);
  const paper = await upload(pdf(), '签到.pdf');
  expect((await mark(paper, true)).status).toBe(422);
  expect((await mark(second, true)).status).toBe(422);
  const marks = must(await t.get(`/services/${serviceId}/evidence`), 200)['items'] as unknown as Json[];
  expect(marks.filter((one) => one['fit'])).toHaveLength(2);
  expect(marks).toHaveLength(3);
});

test('another station’s record, a withdrawn one and an unknown one show nothing', async () => {
  expect((await t.get(OF(), 'donghu_worker1')).status).toBe(404);
  expect((await t.get(`/indicators/donghu.visits/records/${serviceId}/evidence`, 'evaluator')).status).toBe(404);
  expect((await t.get(OF('nothing'), 'evaluator')).status).toBe(404);
  must(await t.post(`/services/${serviceId}/withdraw`, { reason: '重复' }), 200);
  expect((await t.get(OF(), 'evaluator')).status).toBe(404);
});
