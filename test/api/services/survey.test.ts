/** The survey from the card to the figure: answered once, by nobody in particular, and help where it is needed. */
import { ago, must, type ServicesApi, startServicesApi, VISIT } from './support';
import type { Json } from '../../support/api';

let t: ServicesApi;
let serviceId = '';
beforeAll(async () => {
  t = await startServicesApi();
  serviceId = String(must(await t.post('/services', { ...VISIT, at: ago(2), headCount: 9 }))['id']);
}, 600_000);
afterAll(() => t?.close());

interface Survey {
  id: string;
  answers: number;
  satisfied: number | null;
  question: string;
  open: { url: string; qr: string }[];
}
const make = async (cards: number, of = serviceId): Promise<Survey> =>
  must(await t.post(`/services/${of}/surveys`, { cards }));
const read = async (id: string): Promise<Survey> => must(await t.get(`/surveys/${id}`), 200);
const tokenOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

const page = (token: string, init: RequestInit = {}) =>
  fetch(`${t.url}/s/${token}`, { ...init, headers: { accept: 'text/html', ...init.headers } });
const answer = async (token: string, fields: Record<string, string>) => {
  const headers = { 'sec-fetch-site': 'same-origin' };
  const reply = await page(token, { method: 'POST', body: new URLSearchParams(fields), headers });
  return { status: reply.status, text: await reply.text() };
};
const figure = async (id: string) => {
  const { items } = must(await t.get('/indicators?contract=now', 'evaluator'), 200);
  return (items as unknown as Record<string, unknown>[]).find((one) => one['id'] === `now.${id}`);
};
const notices = (kind: string) =>
  t.api.deps.db.delivery.findMany({ where: { kind }, orderBy: [{ personId: 'asc' }, { channel: 'asc' }] });

test('cards lead to a page of a question and three faces, without a script', async () => {
  const survey = await make(3);
  expect(survey).toMatchObject({ answers: 0, satisfied: null, question: '叔叔阿姨来看你，你开心吗？' });
  expect(survey.open).toHaveLength(3);
  expect(survey.open[0]?.qr).toMatch(/^<svg [^]*<\/svg>$/);
  expect(survey.open[0]?.qr).not.toContain('style=');
  const { url = '' } = survey.open[0] ?? {};
  expect(url).toMatch(/\/s\/[\w-]{22}$/);
  const reply = await page(tokenOf(url));
  const text = await reply.text();
  expect(reply.status).toBe(200);
  expect(text).toContain('叔叔阿姨来看你，你开心吗？');
  expect(text.match(/type="radio"/g)).toHaveLength(3);
  expect(text.match(/<svg viewBox/g)).toHaveLength(3);
  expect(text).not.toMatch(/<script|style=|onclick/);
  expect(reply.headers.get('content-security-policy')).not.toContain('unsafe');
  const sheet = await t.ask('GET', `/api/v1/surveys/${survey.id}/cards`, { as: 'xinhua_worker1' });
  expect(String(sheet.body).match(/class="card"/g)).toHaveLength(3);
});

test('one answer a card: the second is thanked and not taken, and the card is shown to nobody again', async () => {
  const survey = await make(2);
  const token = tokenOf(survey.open[0]?.url ?? '');
  expect(await answer(token, { text: '' })).toMatchObject({ status: 422, text: expect.stringContaining('请点一张脸') });
  expect(await answer(token, { face: 'good', text: '' })).toMatchObject({ status: 200 });
  const again = await answer(token, { face: 'bad', text: '' });
  expect(again.text).toContain('已经答过了');
  expect(await (await page(token)).text()).toContain('已经答过了');
  const now = await read(survey.id);
  expect(now).toMatchObject({ answers: 1, satisfied: null });
  expect(now.open.map(({ url }) => url)).toEqual([survey.open[1]?.url]);
});

test('of a rush on one card one answer is taken', async () => {
  const survey = await make(1);
  const token = tokenOf(survey.open[0]?.url ?? '');
  await Promise.all(Array.from({ length: 6 }, () => answer(token, { face: 'good', text: '' })));
  expect(await read(survey.id)).toMatchObject({ answers: 1 });
});

test('answers make the rate with their number, and nothing leads from an answer to a card', async () => {
  const before = (await figure('satisfied'))?.['of'] as { count: number; whole: number };
  const survey = await make(4);
  const faces = ['good', 'good', 'so_so', 'bad'];
  for (const [i, face] of faces.entries()) await answer(tokenOf(survey.open[i]?.url ?? ''), { face, text: '' });
  expect(await read(survey.id)).toMatchObject({ answers: 4, satisfied: 2, open: [] });
  expect(await figure('satisfied')).toMatchObject({ of: { count: before.count + 2, whole: before.whole + 4 } });
  const { items } = must(await t.get('/indicators/now.satisfied/records?limit=200', 'evaluator'), 200);
  const rows = items as unknown as Json[];
  expect(rows.find((one) => one['id'] === survey.id)).toMatchObject({
    ...{ source: 'survey', answers: 4, satisfied: 2, children: [] },
  });
  // A survey with one answer does not say which it was.
  expect(rows.filter((one) => one['answers'] === 1).map((one) => one['satisfied'])).toEqual([null, null]);
  const kept = await t.api.deps.db.surveyAnswer.findMany({ where: { surveyId: survey.id } });
  for (const row of kept) {
    expect(row.at.getTime() % 3_600_000).toBe(0);
    expect(Object.keys(row).filter((key) => /token|card/i.test(key))).toEqual([]);
  }
});

test('a withdrawn service takes its answers out of the rate', async () => {
  const id = String(must(await t.post('/services', { ...VISIT, at: ago(1), headCount: 2 }))['id']);
  const survey = await make(1, id);
  const before = (await figure('satisfied'))?.['of'] as { whole: number };
  await answer(tokenOf(survey.open[0]?.url ?? ''), { face: 'good', text: '' });
  expect(await figure('satisfied')).toMatchObject({ of: { whole: before.whole + 1 } });
  must(await t.post(`/services/${id}/withdraw`, { reason: '重复' }), 200);
  expect(await figure('satisfied')).toMatchObject({ of: { whole: before.whole } });
});

test('not satisfied with words: the supervisors hear that something waits, and nothing of it', async () => {
  const survey = await make(1);
  const said = '活动太短了没意思';
  expect((await answer(tokenOf(survey.open[0]?.url ?? ''), { face: 'bad', text: said })).text).not.toContain(
    '不是你的错',
  );
  const told = await notices('survey_low');
  expect(told.map((row) => [row.personId, row.channel])).toEqual([['xinhua_supervisor', 'email']]);
  expect(told[0]?.vars).toEqual({});
  const { items } = must(await t.get('/survey-remarks?unseen=true', 'xinhua_supervisor'), 200);
  const [remark] = items as unknown as Json[];
  expect(remark).toMatchObject({ text: said, concern: 'low', face: 'bad', seenAt: null });
  const rows = await t.api.deps.db.$queryRaw<{ row: string }[]>`SELECT a::text AS row FROM survey_answers a`;
  expect(JSON.stringify(rows)).not.toContain(said);
  const path = `/survey-remarks/${String(remark?.['id'])}/seen`;
  expect(must(await t.post(path, {}, 'xinhua_supervisor'), 200)).toMatchObject({ seenBy: 'xinhua_supervisor' });
  expect(must(await t.get('/survey-remarks?unseen=true', 'xinhua_supervisor'), 200)['items']).toEqual([]);
  expect((await t.post(path, {}, 'donghu_supervisor')).status).toBe(404);
  expect((await t.get('/survey-remarks', 'xinhua_worker1')).status).toBe(403);
  expect((await t.get('/survey-remarks', 'evaluator')).status).toBe(403);
  const looks = await t.api.deps.db.accessLog.count({
    where: { action: 'survey:read', caseId: String(remark?.['id']) },
  });
  expect(looks).toBe(2);
});

test('a hint at harm: the page says gently how to get help, the supervisors get a text at once', async () => {
  const survey = await make(1);
  const { text } = await answer(tokenOf(survey.open[0]?.url ?? ''), { face: 'good', text: '回家爸爸会打 我' });
  expect(text).toContain('不是你的错');
  for (const number of ['12355', '12345', '110']) expect(text).toContain(`href="tel:${number}"`);
  expect(text).not.toContain('爸爸');
  const told = await notices('survey_harm');
  expect(told.map((row) => [row.personId, row.channel])).toEqual([
    ['xinhua_supervisor', 'email'],
    ['xinhua_supervisor', 'sms'],
  ]);
  expect(JSON.stringify(told)).not.toContain('爸爸');
});

test('an unknown card, one that is too old, another station, a service that asks nobody', async () => {
  expect(
    await page('x'.repeat(22)).then(async (one) => [one.status, (await one.text()).includes('没有这张卡片')]),
  ).toEqual([404, true]);
  const survey = await make(1);
  await t.api.deps.db.survey.update({ where: { id: survey.id }, data: { expiresAt: new Date(Date.now() - 1) } });
  expect((await page(tokenOf(survey.open[0]?.url ?? ''))).status).toBe(410);
  expect((await answer(tokenOf(survey.open[0]?.url ?? ''), { face: 'good' })).status).toBe(410);
  expect((await read(survey.id)).open).toEqual([]);
  expect((await t.get(`/surveys/${survey.id}`, 'donghu_worker1')).status).toBe(404);
  expect(
    (await t.ask('POST', `/api/v1/services/${serviceId}/surveys`, { as: 'donghu_worker1', body: { cards: 1 } })).status,
  ).toBe(404);
  expect((await t.post(`/services/${serviceId}/surveys`, { cards: 101 })).status).toBe(422);
  const training = must(
    await t.post('/services', { kind: 'staff_training', minutes: 60, place: 'station', at: ago(3) }),
  );
  expect((await t.post(`/services/${String(training['id'])}/surveys`, { cards: 1 })).status).toBe(422);
  const foreign = await page('x'.repeat(22), {
    method: 'POST',
    body: new URLSearchParams({ face: 'good' }),
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect(foreign.status).toBe(403);
});
