/** Papers of a case (个案文书) on the real servers: drafts, two people at once, signing, and what follows. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { type Form, itemsOf as itemsIn } from '../../../domain/forms/form';
import { beijing, DAY } from '../../../domain/zone';
import { type Answer, CHILD, itemsOf, Rig } from '../cases/rig';
import { pdfPages } from '../../support/pdf-text';

const [WORKER, OTHER, SUPERVISOR] = ['xinhua_worker1', 'xinhua_worker2', 'xinhua_supervisor'];
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

const put = (who: string, target: string, body: unknown): Promise<Answer> => {
  const token = rig.accounts.find(({ username }) => username === who)?.token ?? '';
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  };
  return rig.fetch(`/api/v1${target}`, { method: 'PUT', headers, body: JSON.stringify(body) });
};
const day = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

async function begin(caseId: string, form: string): Promise<string> {
  const { status, json, text } = await rig.post(WORKER, `/cases/${caseId}/papers`, { form });
  if (status !== 201) throw new Error(text);
  expect(json).toMatchObject({ form, state: 'draft', rev: 1, createdBy: WORKER, signedBy: null });
  return `/cases/${caseId}/papers/${String(json['id'])}`;
}
const formOf = (id: string): Form => {
  const form = rig.api.deps.forms.byId(id);
  if (!form) throw new Error(`no form ${id}`);
  return form;
};
/** Answers that fit: the n-th option of each choice. */
const fill = (id: string, n: number, more: object = {}): object => ({
  ...Object.fromEntries(
    itemsIn(formOf(id)).flatMap(({ id: item, type, options }) => {
      if (type === 'choice') return [[item, options[Math.min(n, options.length - 1)]?.value]];
      return type === 'text' ? [[item, `${item} 的说明`]] : [];
    }),
  ),
  ...more,
});
const stepsOf = ({ json }: Answer) =>
  json['steps'] as { id: string; kind: string; name: string; state: string; dueAt: string }[];
const typeOf = ({ json }: Answer): string => String(json['type']).split(':').at(-1) ?? '';

test('the forms in force, with everything they ask', async () => {
  const forms = itemsOf(await rig.get(WORKER, '/forms'));
  expect(forms.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['safety', 'guardianship_full', 'case_plan', 'visit']),
  );
  expect((await rig.get(WORKER, '/forms/safety/1')).json).toEqual(forms.find(({ id }) => id === 'safety'));
  expect((await rig.get(WORKER, '/forms/safety/99')).status).toBe(404);
});

test('a draft saves itself, is checked as far as it goes, and says what it suggests so far', async () => {
  const paper = await begin(await rig.report(), 'safety');
  const saved = await put(WORKER, `${paper}/draft`, { rev: 1, answers: { injured: 'yes', summary: '左臂有伤' } });
  expect([saved.status, saved.json['rev']]).toEqual([200, 2]);
  expect(saved.text).not.toContain('左臂');
  const { json } = await rig.get(OTHER, paper);
  expect(json).toMatchObject({ rev: 2, answers: { injured: 'yes', summary: '左臂有伤' }, copies: [] });
  expect(json['suggestion']).toMatchObject({ risk: 'critical', alarms: ['injured'] });
  const wrong = await put(WORKER, `${paper}/draft`, { rev: 2, answers: { injured: 'maybe', 张三: '秘密' } });
  expect([wrong.status, wrong.json['errors']]).toEqual([
    422,
    [
      { path: 'answers.(a name that is not one)', message: 'the form has no such item' },
      { path: 'answers.injured', message: 'must be one of the options' },
    ],
  ]);
});

test('of two who edit the same the second is told by whom, and loses nothing', async () => {
  const paper = await begin(await rig.report(), 'visit');
  expect((await put(WORKER, `${paper}/draft`, { rev: 1, answers: { findings: '第一个人写的' } })).status).toBe(200);
  const second = await put(OTHER, `${paper}/draft`, { rev: 1, answers: { findings: '第二个人写的' } });
  const { name } = await rig.api.deps.db.staff.findUniqueOrThrow({ where: { id: WORKER } });
  expect([second.status, typeOf(second)]).toEqual([409, 'paper-changed-meanwhile']);
  expect(second.json['current']).toEqual({ rev: 2, editedBy: name, copyId: expect.any(String) });
  expect(second.text).not.toContain('个人写的');
  const copyId = (second.json['current'] as { copyId: string }).copyId;
  expect((await rig.get(OTHER, `${paper}/copies/${copyId}`)).json).toMatchObject({
    ...{ staffId: OTHER, rev: 1, answers: { findings: '第二个人写的' } },
  });
  const now = await rig.get(OTHER, paper);
  expect(now.json).toMatchObject({ rev: 2, answers: { findings: '第一个人写的' }, copies: [{ id: copyId }] });
  expect((await put(OTHER, `${paper}/draft`, { rev: 2, answers: { findings: '合在一起' } })).json['rev']).toBe(3);
  // The answer to a save was lost: the same again is no collision.
  expect((await put(OTHER, `${paper}/draft`, { rev: 2, answers: { findings: '合在一起' } })).json['rev']).toBe(3);
});

test('many who save at once: one wins, everybody else has a copy', async () => {
  const paper = await begin(await rig.report(), 'visit');
  const saves = await Promise.all(
    [WORKER, OTHER, SUPERVISOR, WORKER, OTHER].map((who, n) =>
      put(who, `${paper}/draft`, { rev: 1, answers: { findings: `文字 ${n}` } }),
    ),
  );
  expect(saves.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
  const { json } = await rig.get(WORKER, paper);
  const copies = json['copies'] as { id: string }[];
  const kept = await Promise.all(copies.map(({ id }) => rig.get(WORKER, `${paper}/copies/${id}`)));
  const texts = [json, ...kept.map((one) => one.json)].map((one) => (one['answers'] as { findings: string }).findings);
  expect(texts.sort()).toEqual([0, 1, 2, 3, 4].map((n) => `文字 ${n}`));
});

test('signed: a person decides the risk, the PDF shows Chinese, and it stays as it is', async () => {
  const caseId = await rig.report();
  const paper = await begin(caseId, 'guardianship_full');
  const answers = fill('guardianship_full', 1, { summary: '监护人愿意改进，需要每周走访。' });
  const early = await rig.post(WORKER, `${paper}/sign`, { rev: 1 });
  expect(early.status).toBe(422);
  expect((early.json['errors'] as unknown[]).length).toBeGreaterThan(30);
  await put(WORKER, `${paper}/draft`, { rev: 1, answers });
  const { json } = await rig.get(WORKER, paper);
  const suggested = (json['suggestion'] as { risk: string }).risk;
  const decided = suggested === 'critical' ? 'high' : 'critical';
  const bare = await rig.post(WORKER, `${paper}/sign`, { rev: 2, risk: decided });
  expect([bare.status, bare.json['errors']]).toEqual([422, [expect.objectContaining({ path: 'reason' })]]);
  expect((await rig.post(WORKER, `${paper}/sign`, { rev: 1, risk: suggested })).status).toBe(409);
  const signed = await rig.post(WORKER, `${paper}/sign`, { rev: 2, risk: decided, reason: '见到孩子后的判断' });
  expect([signed.status, signed.json]).toMatchObject([
    200,
    { state: 'signed', rev: 3, suggested, decided, signedBy: WORKER },
  ]);
  expect(signed.json['follow']).toMatchObject({ finish: ['guardianship_assessment_full'], steps: 0, order: false });
  expect(signed.text).not.toContain('判断');

  const attachment = String(signed.json['attachmentId']);
  const token = rig.accounts.find(({ username }) => username === WORKER)?.token ?? '';
  const response = await fetch(`http://127.0.0.1:${rig.api.port}/api/v1/attachments/${attachment}/content`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.headers.get('content-type')).toBe('application/pdf');
  const pdf = Buffer.from(await response.arrayBuffer());
  if (process.env['PAPER_PDF']) writeFileSync(process.env['PAPER_PDF'], pdf);
  const pages = pdfPages(pdf);
  const text = pages.join('');
  for (const words of [
    '监护状况全面评估',
    CHILD.name,
    '生长发育',
    '监护人愿意改进，需要每周走访。',
    '量表建议',
    '见到孩子后的判断',
    `${beijing(Date.now()).year}年`,
  ]) {
    expect(text).toContain(words);
  }
  expect(pages.every((page, n) => page.includes(`${n + 1}/${pages.length}`))).toBe(true);
  expect(pdf.length).toBeLessThan(1_000_000);

  for (const refusal of [
    await put(WORKER, `${paper}/draft`, { rev: 3, answers }),
    await rig.post(WORKER, `${paper}/sign`, { rev: 3, risk: decided, reason: 'x' }),
  ]) {
    expect([refusal.status, typeOf(refusal), refusal.json['possible']]).toEqual([
      ...[409, 'paper-signed'],
      ['withdraw', 'begin another one'],
    ]);
  }
  const followed = await rig.post(WORKER, `${paper}/follow`, { finish: 'guardianship_assessment_full' });
  expect(stepsOf(followed).find(({ id }) => id === 'guardianship_assessment_full')?.state).toBe('done');
  expect((await rig.get(WORKER, `/cases/${caseId}/papers`)).json['items']).toMatchObject([
    { state: 'signed', decided },
  ]);
});

test('what a conference decided becomes steps with deadlines, once', async () => {
  const caseId = await rig.report();
  const paper = await begin(caseId, 'conference');
  const decisions = [
    { what: '学校安排心理老师', who: '王老师', due: day(7) },
    { what: '社区每周入户', who: '李主任', due: day(14) },
  ];
  const invited = [{ who: '王老师', unit: '学校', came: true }];
  const answers = { at: '2026-03-01T10:00:00+08:00', place: '会议室', invited, minutes: '讨论了安置', decisions };
  await put(WORKER, `${paper}/draft`, { rev: 1, answers });
  const early = await rig.post(WORKER, `${paper}/follow`, { steps: true });
  expect(early.status).toBe(409);
  const signed = await rig.post(WORKER, `${paper}/sign`, { rev: 2 });
  expect(signed.json['follow']).toMatchObject({ steps: 2, finish: ['case_conference'] });
  const follow = { steps: true, finish: 'case_conference' };
  const [first, second] = [
    await rig.post(WORKER, `${paper}/follow`, follow),
    await rig.post(WORKER, `${paper}/follow`, follow),
  ];
  for (const answer of [first, second]) {
    expect(answer.status).toBe(200);
    const added = stepsOf(answer).filter(({ kind }) => kind === 'decision');
    expect(added.map(({ id, name, state }) => [id, name, state])).toEqual([
      ['decision', '会商决定', 'pending'],
      ['decision-2', '会商决定', 'pending'],
    ]);
    expect(added[0]?.dueAt).toBe(`${day(7)}T20:00:00+08:00`);
    expect(stepsOf(answer).find(({ id }) => id === 'case_conference')?.state).toBe('done');
  }
  const { json } = await rig.get(WORKER, `/cases/${caseId}`);
  const step = (json['steps'] as { id: string; note: string }[]).find(({ id }) => id === 'decision');
  expect(step?.note).toBe('学校安排心理老师（负责：王老师）');
});

test('a decision that is due in the past is refused before anything is done', async () => {
  const caseId = await rig.report();
  const paper = await begin(caseId, 'case_plan');
  const tasks = [
    { what: '补办户口', who: '村委会', due: day(5) },
    { what: '体检', who: '卫生院', due: day(-3) },
  ];
  const answers = { goals: [{ goal: '有人照料', measure: '每天有成人在家' }], tasks, review: day(30) };
  await put(WORKER, `${paper}/draft`, { rev: 1, answers });
  await rig.post(WORKER, `${paper}/sign`, { rev: 2 });
  const refused = await rig.post(WORKER, `${paper}/follow`, { steps: true });
  expect([refused.status, refused.json['errors']]).toEqual([
    422,
    [{ path: 'answers.1.due', message: 'must lie ahead' }],
  ]);
  expect(stepsOf(await rig.get(WORKER, `/cases/${caseId}`)).filter(({ kind }) => kind === 'task')).toEqual([]);
});

test('a protection order starts its clock, once, and warns before it expires', async () => {
  const caseId = await rig.report(WORKER, { type: 'domestic_violence' });
  const paper = await begin(caseId, 'court_order');
  const until = day(120);
  const answers = {
    ...{ kind: 'protection', result: 'granted', court: '演示市法院', number: '（2026）民保令1号' },
    ...{ issued: day(-1), until, content: '禁止接触' },
  };
  await put(WORKER, `${paper}/draft`, { rev: 1, answers });
  const signed = await rig.post(WORKER, `${paper}/sign`, { rev: 2 });
  expect(signed.json).toMatchObject({ follow: { order: true }, expiresAt: expect.any(String) });
  const first = await rig.post(WORKER, `${paper}/follow`, { order: true });
  const warnings = (answer: Answer) => stepsOf(answer).filter(({ kind }) => kind === 'order_expiry');
  expect(warnings(first).length).toBe(3);
  expect(warnings(await rig.post(WORKER, `${paper}/follow`, { order: true })).length).toBe(3);
});

test('the decided risk becomes the case’s, if somebody says so', async () => {
  const caseId = await rig.report(WORKER, { type: 'neglect', risk: 'medium' });
  const paper = await begin(caseId, 'safety');
  await put(WORKER, `${paper}/draft`, { rev: 1, answers: fill('safety', 2) });
  const signed = await rig.post(WORKER, `${paper}/sign`, { rev: 2, risk: 'critical' });
  expect(signed.json['follow']).toMatchObject({ risk: 'critical', finish: ['first_contact'] });
  expect((await rig.post(WORKER, `${paper}/follow`, { risk: true })).json['risk']).toBe('critical');
});

test('taken back with a reason; another station sees nothing; nothing said lies outside the vault', async () => {
  const caseId = await rig.report();
  const paper = await begin(caseId, 'police');
  await put(WORKER, `${paper}/draft`, { rev: 1, answers: { unit: '演示派出所绝密' } });
  expect((await rig.post(OTHER, `${paper}/withdraw`, { reason: '写错了案子绝密' })).status).toBe(403);
  expect((await rig.post(WORKER, `${paper}/withdraw`, { reason: '写错了案子绝密' })).json['state']).toBe('withdrawn');
  expect((await rig.post(WORKER, `${paper}/withdraw`, { reason: '再来' })).status).toBe(409);
  expect((await rig.get(WORKER, paper)).json['reason']).toBe('写错了案子绝密');
  for (const target of [paper, `/cases/${caseId}/papers`]) {
    expect((await rig.get('donghu_supervisor', target)).status).toBe(404);
  }
  expect((await put('donghu_worker1', `${paper}/draft`, { rev: 1, answers: {} })).status).toBe(404);
  for (const who of ['admin', 'evaluator']) expect((await rig.get(who, paper)).status).toBe(403);
  const owner = new pg.Client(rig.ownerUrl);
  await owner.connect();
  try {
    for (const table of [
      'case_papers',
      'paper_copies',
      'paper_events',
      'vault_items',
      'idempotency_keys',
      'events',
      'steps',
    ]) {
      const { rows } = await owner.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
      expect([table, rows.filter(({ row }) => /绝密|王老师|左臂|监护人愿意/.test(row))]).toEqual([table, []]);
    }
    await expect(owner.query('DELETE FROM paper_events')).rejects.toThrow('append-only');
  } finally {
    await owner.end();
  }
});
