/** A case's file on the real servers: what stands in it, for whom, and that it can be proven later. */
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { itemsOf as itemsIn } from '../../../domain/forms/form';
import { makeAnchor } from '../../../store/proof/make';
import { ringOf } from '../../../store/keys';
import { installationKeys } from '../../../runtime/env';
import { CHILD, eventually, itemsOf, NARRATIVE, REPORTER, Rig } from '../cases/rig';
import { picture } from '../../support/files';
import { pdfPages } from '../../support/pdf-text';

const [WORKER, SUPERVISOR, OFFICER] = ['xinhua_worker1', 'xinhua_supervisor', 'duty1'];
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
  // The day's anchor is made below, and not by the API in its own time.
  await Promise.all(rig.api.deps.background.map((work) => work.stop()));
}, 600_000);
afterAll(() => rig?.stop());

const bare = (text: string): string => text.replaceAll(/\s/g, '');

async function fileOf(who: string, caseId: string) {
  const token = rig.accounts.find(({ username }) => username === who)?.token ?? '';
  const response = await fetch(`http://127.0.0.1:${rig.api.port}/api/v1/cases/${caseId}/file.pdf`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { bytes, status: response.status, sha256: response.headers.get('x-content-sha256') ?? '' };
}
const journalOf = async (caseId: string) => itemsOf(await rig.get(WORKER, `/cases/${caseId}/timeline`));

test('the whole case in Chinese, with its proof; its hash is on the journal, and it is known again', async () => {
  const caseId = await rig.report();
  await rig.post(WORKER, `/cases/${caseId}/assign`, { staffId: 'xinhua_worker2' });
  await rig.post(WORKER, `/cases/${caseId}/notes`, { text: '孩子今天住在姨妈家。' });
  const { db } = rig.api.deps;
  const keys = ringOf(installationKeys(rig.config));
  const anchor = await makeAnchor(db, keys, Date.now());
  const before = await db.event.findFirstOrThrow({ where: { caseId }, orderBy: { seq: 'desc' } });

  const { bytes, status, sha256 } = await fileOf(WORKER, caseId);
  expect(status).toBe(200);
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  if (process.env['CASE_FILE_PDF']) writeFileSync(process.env['CASE_FILE_PDF'], bytes);
  const pages = pdfPages(bytes);
  const text = pages.join('');
  const { number } = await db.caseRow.findUniqueOrThrow({ where: { id: caseId } });
  const station = await db.station.findUniqueOrThrow({ where: { id: 'xinhua' } });
  const other = await db.staff.findUniqueOrThrow({ where: { id: 'xinhua_worker2' } });
  for (const words of [
    ...[`案卷${number}`, station.name, '身体虐待', '办理中', '北京时间', CHILD.name, CHILD.idNumber, '女', '邻居'],
    ...[REPORTER.name, NARRATIVE, '依据：', '办理步骤', '转介', '个案文书', '附件', '告警', '案卷日志', '接报：'],
    ...[`分派给${other.name}`, '孩子今天住在姨妈家。', '日终锚定', anchor?.hash ?? 'none'],
    Buffer.from(before.hash).toString('hex'),
  ]) {
    expect(text).toContain(bare(words));
  }
  for (const [n, page] of pages.entries()) expect(page).toContain(`第${n + 1}页共${pages.length}页`);

  const entry = await eventually(async () =>
    (await journalOf(caseId)).find(({ kind }) => kind === 'case_file_exported'),
  );
  expect(entry).toMatchObject({ actor: { id: WORKER }, data: { sha256, pages: pages.length, untilSeq: before.seq } });
  const known = await rig.post(OFFICER, `/cases/${caseId}/file/verify`, { sha256: sha256.toUpperCase() });
  expect([known.status, known.json]).toMatchObject([
    200,
    { genuine: true, madeBy: { id: WORKER }, pages: pages.length, untilSeq: before.seq, journalHolds: true },
  ]);
  const wrong = await rig.post(OFFICER, `/cases/${caseId}/file/verify`, { sha256: randomBytes(32).toString('hex') });
  expect(wrong.json).toMatchObject({ genuine: false, journalHolds: null });
  expect((await rig.post(OFFICER, `/cases/${caseId}/file/verify`, { sha256: 'abc' })).status).toBe(422);

  const looks = await db.accessLog.findMany({ where: { caseId, staffId: WORKER, allowed: true } });
  const actions = looks.map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['case:read-child', 'case:read-reporter', 'case:file']));
});

/** Answers that fit: the middle one of each choice, words for each text. */
const fill = (): Record<string, unknown> => {
  const form = rig.api.deps.forms.byId('guardianship_full');
  if (!form) throw new Error('no such form');
  return Object.fromEntries(
    itemsIn(form).flatMap(({ id, type, options }) => {
      if (type === 'choice') return [[id, options[Math.min(1, options.length - 1)]?.value]];
      return type === 'text' ? [[id, `${id} 的说明`]] : [];
    }),
  );
};

test('signed papers stand in it in full, drafts by name, attachments by their hash, referrals and alerts in short', async () => {
  const caseId = await rig.report();
  const headers = {
    authorization: `Bearer ${rig.accounts.find(({ username }) => username === WORKER)?.token ?? ''}`,
  };
  const photo = await picture('jpeg');
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(photo)]), '现场照片.jpg');
  expect((await rig.fetch(`/api/v1/uploads/cases/${caseId}`, { method: 'POST', headers, body: form })).status).toBe(
    201,
  );
  await rig.post(WORKER, `/cases/${caseId}/papers`, { form: 'visit' });
  const begun = await rig.post(WORKER, `/cases/${caseId}/papers`, { form: 'guardianship_full' });
  const paper = `/cases/${caseId}/papers/${String(begun.json['id'])}`;
  const answers = { ...fill(), summary: '监护人愿意改进，需要每周走访。' };
  await rig.fetch(`/api/v1${paper}/draft`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ rev: 1, answers }),
  });
  const risk = ((await rig.get(WORKER, paper)).json['suggestion'] as { risk: string }).risk;
  expect((await rig.post(WORKER, `${paper}/sign`, { rev: 2, risk })).status).toBe(200);
  await rig.refer(caseId, 'police-qinghe');
  const at = new Date();
  const alert = { id: `${caseId}.first_contact.9`, caseId, stepId: 'first_contact', state: 'open' };
  await rig.api.deps.db.alertRow.create({ data: { ...alert, round: 1, rung: 0, openedAt: at, nextAt: at } });
  const text = pdfPages((await fileOf(SUPERVISOR, caseId)).bytes).join('');
  for (const words of [
    ...['监护状况全面评估', '已签署', '监护人愿意改进，需要每周走访。', '草稿', '现场照片.jpg', '人身保护', '未确认'],
    createHash('sha256').update(photo).digest('hex'),
  ]) {
    expect(text).toContain(bare(words));
  }
});

test('a journal that somebody changed does not hold any more what stands in the file', async () => {
  const caseId = await rig.report();
  const { sha256 } = await fileOf(WORKER, caseId);
  const owner = new pg.Client(rig.ownerUrl);
  await owner.connect();
  try {
    await owner.query('ALTER TABLE events DISABLE TRIGGER USER');
    await owner.query(`UPDATE events SET actor_id = 'somebody' WHERE case_id = $1 AND seq = 1`, [caseId]);
    await owner.query('ALTER TABLE events ENABLE TRIGGER USER');
  } finally {
    await owner.end();
  }
  const { json } = await rig.post(WORKER, `/cases/${caseId}/file/verify`, { sha256 });
  expect(json).toMatchObject({ genuine: true, journalHolds: false });
});

test('who may not know of a case gets no file of it, and who may not know the reporter reads no reporter', async () => {
  const caseId = await rig.report(SUPERVISOR);
  await rig.post(SUPERVISOR, `/cases/${caseId}/assign`, { staffId: WORKER });
  expect((await fileOf('donghu_worker1', caseId)).status).toBe(404);
  expect((await fileOf('evaluator', caseId)).status).toBe(403);
  // Another worker of the station neither took the report nor works the case.
  const { bytes, status } = await fileOf('xinhua_worker2', caseId);
  expect(status).toBe(200);
  const text = pdfPages(bytes).join('');
  expect(text).toContain(CHILD.name);
  expect(text).toContain('制作人无权知悉');
  for (const word of [REPORTER.name, REPORTER.phone]) expect(text).not.toContain(bare(word));
  await rig.post(SUPERVISOR, `/cases/${caseId}/restriction`, { staffIds: [SUPERVISOR], reason: '样例' });
  expect((await fileOf('xinhua_worker2', caseId)).status).toBe(404);
  expect((await fileOf(SUPERVISOR, caseId)).status).toBe(200);
});

test('while a file is set, other requests are answered', async () => {
  const caseId = await rig.report();
  const all = Promise.all([fileOf(WORKER, caseId), fileOf(WORKER, caseId), fileOf(WORKER, caseId)]);
  const done = { yet: false };
  const settled = all.then((files) => {
    done.yet = true;
    return files;
  });
  let answered = 0;
  while (!done.yet) {
    expect((await rig.get(WORKER, '/cases?limit=1')).status).toBe(200);
    answered += 1;
  }
  expect((await settled).map(({ status }) => status)).toEqual([200, 200, 200]);
  // On the event loop itself each file would hold up everybody for as long as it takes.
  expect(answered).toBeGreaterThan(0);
});
