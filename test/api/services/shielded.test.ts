/** Records of services about a case that not everybody may know of (限定知悉): counted, and shown to the named alone. */
import type { Json } from '../../support/api';
import { picture } from '../../support/files';
import { ago, must, type ServicesApi, startServicesApi, VISIT } from './support';

let t: ServicesApi;
let caseId = '';
let number = '';
let serviceId = '';
let surveyId = '';
const REMARK = '我想换一个地方住';
const [OTHER, SUPERVISOR] = ['xinhua_worker2', 'xinhua_supervisor'] as const;

async function upload(): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(await picture('jpeg'))]), '照片.jpg');
  const headers = { authorization: `Bearer ${t.account('xinhua_worker1').token}` };
  const reply = await fetch(`${t.url}/api/v1/uploads/services/${serviceId}`, { method: 'POST', headers, body: form });
  return String(((await reply.json()) as Json)['id']);
}
async function answer(url: string): Promise<void> {
  const headers = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };
  const body = new URLSearchParams({ face: 'bad', text: REMARK });
  expect((await fetch(t.url + new URL(url).pathname, { method: 'POST', headers, body })).status).toBe(200);
}
let attachmentId = '';

beforeAll(async () => {
  t = await startServicesApi();
  const reply = await t.post('/cases', {
    type: 'neglect',
    risk: 'high',
    child: { name: '个案童甲' },
    narrative: '演示',
  });
  [caseId, number] = [String(reply.body['id']), String(reply.body['number'])];
  serviceId = String(must(await t.post('/services', { ...VISIT, at: ago(2), headCount: 1, caseId }))['id']);
  attachmentId = await upload();
  const fit = await t.post(`/attachments/${attachmentId}/evidence`, { fit: true }, SUPERVISOR);
  expect(fit.status).toBe(200);
  const survey = must(await t.post(`/services/${serviceId}/surveys`, { cards: 2 }));
  surveyId = String(survey['id']);
  const [card] = survey['open'] as unknown as { url: string }[];
  await answer(card?.url ?? '');
}, 600_000);
afterAll(() => t?.close());

const READS = (): string[] => [
  ...['/indicators/now.visits/sample?seed=s', '/indicators/now.served/sample?seed=s&size=200'],
  ...['/indicators/now.visits/records', '/indicators/now.served/records', '/indicators/now.satisfied/records'],
  ...[`/indicators/now.visits/records/${serviceId}/evidence`, `/indicators/now.visits/records/${serviceId}/evidence/1`],
  ...[`/services/${serviceId}/evidence`, '/surveys', `/surveys?service=${serviceId}`, `/surveys/${surveyId}`],
  ...[`/surveys/${surveyId}/cards`, '/survey-remarks', '/exports/services.csv', '/services'],
];
/** Which of them say anything of the case, its record, its picture, its survey or what was written there. */
async function saying(as: string): Promise<string[]> {
  const marks = [caseId, number, serviceId, surveyId, attachmentId, REMARK];
  const said: string[] = [];
  for (const path of READS()) {
    const headers = { authorization: `Bearer ${t.account(as).token}` };
    const reply = await fetch(`${t.url}/api/v1${path}`, { headers });
    const text = await reply.text();
    const isPicture = (reply.headers.get('content-type') ?? '').startsWith('image/');
    if (isPicture || marks.some((mark) => text.includes(mark))) said.push(path);
  }
  return said;
}

test('nothing of it is shown to others; the figures count it as before', async () => {
  const figure = async () => {
    const { items } = must(await t.get('/indicators?contract=now', 'evaluator'), 200);
    return (items as unknown as Json[]).filter(({ id }) => ['now.visits', 'now.served'].includes(String(id)));
  };
  const before = (await figure()).map(({ actual }) => actual);
  expect((await saying(OTHER)).length).toBeGreaterThan(8);
  expect((await saying('evaluator')).length).toBeGreaterThan(4);
  const { db } = t.api.deps;
  await db.caseRow.update({ where: { id: caseId }, data: { restricted: true } });
  const named = ['xinhua_worker1', SUPERVISOR].map((staffId) => ({ caseId, staffId, addedBy: SUPERVISOR }));
  await db.caseNamed.createMany({ data: named });
  for (const as of [OTHER, 'duty1', 'evaluator', 'donghu_worker1']) expect([as, await saying(as)]).toEqual([as, []]);
  expect((await figure()).map(({ actual }) => actual)).toEqual(before);
  expect(await saying(SUPERVISOR)).toEqual(expect.arrayContaining([`/surveys/${surveyId}`, '/survey-remarks']));
});

test('nor can others add cards to it, or say that its picture is fit', async () => {
  expect((await t.post(`/services/${serviceId}/surveys`, { cards: 1 }, OTHER)).status).toBe(404);
  const { db } = t.api.deps;
  await db.caseRow.update({ where: { id: caseId }, data: { conflicted: true } });
  const remark = await db.surveyAnswer.findFirstOrThrow({ where: { surveyId } });
  await db.caseConflict.create({ data: { caseId, staffId: SUPERVISOR, addedBy: 'duty1', reasonId: 'r' } });
  expect((await t.post(`/attachments/${attachmentId}/evidence`, { fit: false }, SUPERVISOR)).status).toBe(404);
  expect((await t.post(`/survey-remarks/${remark.id}/seen`, {}, SUPERVISOR)).status).toBe(404);
  expect([SUPERVISOR, await saying(SUPERVISOR)]).toEqual([SUPERVISOR, []]);
});

test('word that something was written goes to nobody who must not know of the case', async () => {
  const { db } = t.api.deps;
  await db.notice.deleteMany();
  await db.delivery.deleteMany({ where: { kind: { startsWith: 'survey_' } } });
  const survey = must(await t.get(`/surveys/${surveyId}`), 200);
  const [card] = survey['open'] as unknown as { url: string }[];
  await answer(card?.url ?? '');
  const told = await db.delivery.findMany({ where: { kind: { startsWith: 'survey_' } } });
  expect([...new Set(told.map(({ personId }) => personId))].sort()).toEqual(['duty1', 'duty2']);
});
