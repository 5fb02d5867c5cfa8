/** The evaluation pack from the button and from the command: made by the worker, fetched, stopped, expired. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, utils } from '@e965/xlsx';
import { unzipSync } from 'fflate';
import pg from 'pg';
import { run } from '../../../cli/pack/main';
import { PROJECT } from '../../../sandbox/config';
import { LOOPBACK } from '../../../sandbox/ports';
import { packWorkflowId } from '../../../domain/services/pack';
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../../../runtime/payload-codec';
import { recordHistory } from '../../support/histories';
import { type Answer, eventually, Rig, type Who } from '../cases/rig';
import { OWNER, picture } from '../../support/files';
import { ago, contractNow, VISIT } from './support';

const NAME = '测试童不可外传';
let rig: Rig;
let dir: string;
/** The record that has evidence. */
let shown = '';

const must = ({ status, text, json }: Answer, expected = 201): Record<string, unknown> => {
  if (status !== expected) throw new Error(`${status} ${text}`);
  return json;
};
const enter = async (body: object): Promise<string> =>
  String(must(await rig.post('xinhua_worker1', '/services', body))['id']);

async function upload(serviceId: string, bytes: Buffer): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), `${NAME}.jpg`);
  const headers = { authorization: `Bearer ${accountOf('xinhua_worker1').token}` };
  return String(
    must(await rig.fetch(`/api/v1/uploads/services/${serviceId}`, { method: 'POST', headers, body: form }))['id'],
  );
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pack-'));
  cpSync(join(PROJECT, 'policies'), join(dir, 'policies'), { recursive: true });
  writeFileSync(join(dir, 'policies/contracts/now.yaml'), contractNow('xinhua', 'now'));
  rig = await Rig.start({ policiesDir: join(dir, 'policies') });
  const child = { name: NAME, birthDate: '2016-01-01' };
  const kid = must(await rig.post('xinhua_worker1', '/children', child))['id'];
  for (let day = 1; day <= 12; day += 1)
    shown = await enter({ ...VISIT, at: ago(day * 24 * 7), childIds: [kid], note: `${NAME}家` });
  for (const fit of [true, false]) {
    const id = await upload(shown, await picture('jpeg'));
    must(await rig.post('xinhua_supervisor', `/attachments/${id}/evidence`, { fit }), 200);
  }
  await enter({ ...VISIT, kind: 'community_event', at: ago(50), headCount: 30, title: '=1+1' });
  await enter({
    ...VISIT,
    kind: 'community_event',
    at: ago(26),
    headCount: 86,
    title: '六一亲子游园会',
    place: 'community',
  });
  const group = must(await rig.post('xinhua_worker1', '/service-groups', { title: '绿色小组', theme: 'environment' }))[
    'id'
  ];
  for (const hours of [200, 100])
    await enter({ kind: 'group_session', minutes: 90, place: 'school', at: ago(hours), groupId: group, headCount: 12 });
  await enter({ kind: 'satisfaction', minutes: 20, place: 'school', at: ago(30), answers: 40, satisfied: 37 });
}, 900_000);
afterAll(async () => {
  await rig?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const accountOf = (who: string) => {
  const found = rig.accounts.find(({ username }) => username === who);
  if (!found) throw new Error(who);
  return found;
};
/** What the last command printed. */
let said: string[] = [];
async function pack(out: string, ...more: string[]): Promise<number> {
  said = [];
  const quiet = [jest.spyOn(console, 'log'), jest.spyOn(console, 'error')].map((spy) =>
    spy.mockImplementation((line) => void said.push(String(line))),
  );
  const [url, { token }] = [`http://${LOOPBACK}:${rig.api.port}`, accountOf('evaluator')];
  try {
    return await run(['--contract', 'now', '--stage', 'final', '--out', out, '--url', url, '--token', token, ...more]);
  } finally {
    for (const spy of quiet) spy.mockRestore();
  }
}
const rowsOf = (out: string, sheet: string): unknown[][] => {
  const book = read(readFileSync(join(out, 'indicators.xlsx')));
  return utils.sheet_to_json(book.Sheets[sheet] ?? {}, { header: 1 });
};
const textOf = (docx: Uint8Array): string =>
  Buffer.from(unzipSync(docx)['word/document.xml'] ?? [])
    .toString('utf8')
    .replaceAll(/<[^>]+>/g, '');

const ask = async (body: object = {}, as: Who = 'xinhua_supervisor'): Promise<string> =>
  String(must(await rig.post(as, '/packs', { contract: 'now', stage: 'final', ...body }), 202)['id']);
const look = async (id: string, as: Who = 'xinhua_supervisor') => must(await rig.get(as, `/packs/${id}`), 200);
const ended = (id: string, state: string) =>
  eventually(async () => ((await look(id))['state'] === state ? look(id) : undefined), 40_000);
const call = (method: string, as: string, path: string) =>
  fetch(`http://${LOOPBACK}:${rig.api.port}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${accountOf(as).token}` },
  });

test('report, figures, every record and a sample, with hashes and without a name', async () => {
  const out = join(dir, 'one');
  expect([await pack(out, '--sample', '5'), said.filter((line) => line.startsWith('✗'))]).toEqual([0, []]);
  expect(readdirSync(out).sort()).toEqual([
    'evidence',
    'indicators.md',
    'indicators.xlsx',
    'manifest.json',
    'report.docx',
  ]);
  expect(readdirSync(join(out, 'evidence'))).toEqual([`${shown}-1.jpg`]);
  expect(readFileSync(join(out, `evidence/${shown}-1.jpg`)).includes(OWNER)).toBe(false);
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
    files: { name: string; bytes: number; sha256: string }[];
  };
  expect(manifest).toMatchObject({
    ...{ contract: 'now', stage: 'final', preliminary: true, sampling: { size: 5, seed: 'now/final' }, omitted: [] },
  });
  expect(manifest.files).toHaveLength(4);
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = readFileSync(join(out, name));
    expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256]);
  }
  const of = (sheet: string, name: string): number => rowsOf(out, sheet).filter(([first]) => first === name).length;
  expect([of('明细', '探访'), of('抽样', '探访'), of('明细', '社区活动')]).toEqual([12, 5, 2]);
  const figures = rowsOf(out, '指标');
  expect(figures[0]).toEqual(['试验合同末期评估指标表']);
  expect(figures.find((row) => row[2] === '探访')?.slice(2, 6)).toEqual(['探访', '人次', 260, 12]);
  expect(JSON.stringify(figures)).toContain('承接方（盖章）');
  expect(rowsOf(out, '活动')).toContainEqual(expect.arrayContaining(['绿色小组', '环保', 2, 24]));
  expect(readFileSync(join(out, 'indicators.md'), 'utf8')).toContain('评估日未到，为临时数据');
  const words = ['指标', '活动', '明细', '抽样'].map((sheet) => JSON.stringify(rowsOf(out, sheet))).join('');
  expect(words).toContain('C0001');
  expect(words).toContain('=1+1');
  expect(words).not.toContain(NAME);
  const report = readFileSync(join(out, 'report.docx'));
  // To be looked at by people: KEEP_PACK=folder.
  const kept = process.env['KEEP_PACK'];
  if (kept !== undefined) cpSync(out, kept, { recursive: true });
  const text = textOf(report);
  for (const word of [
    '试验合同',
    '末期评估报告',
    '一、基本情况',
    '二、指标完成情况',
    '三、进度图',
    '六一亲子游园会',
    '绿色小组',
    '收到有效答卷40份',
    '看不出儿童身份的图片1张',
    '签署页',
    '评估机构（盖章）',
  ])
    expect(text).toContain(word);
  expect(text).toMatch(/探访260人次12人次/);
  expect(text).not.toContain(NAME);
  // One picture of all indicators, and a burn-up of each of the five that add up.
  expect(Object.keys(unzipSync(report)).filter((name) => /media\/.*\.png$/.test(name))).toHaveLength(6);
});

test('the same seed draws the same sample again, in the pack and at the API', async () => {
  const [first, second] = [join(dir, 'two'), join(dir, 'three')];
  await pack(first, '--sample', '4', '--seed', '2025');
  await pack(second, '--sample', '4', '--seed', '2025');
  expect(rowsOf(second, '抽样')).toEqual(rowsOf(first, '抽样'));
  const drawn = must(await rig.get('evaluator', '/indicators/now.visits/sample?seed=2025&size=4'), 200);
  expect(drawn).toMatchObject({ seed: '2025', of: 12 });
  const ids = (drawn['items'] as { id: string }[]).map(({ id }) => id);
  expect(
    rowsOf(first, '抽样')
      .filter(([name]) => name === '探访')
      .map((row) => row[2]),
  ).toEqual(ids);
  expect(JSON.stringify(drawn)).not.toContain(NAME);
  expect((await rig.get('donghu_worker1', '/indicators/now.visits/sample?seed=2025')).status).toBe(404);
});

test('a folder that holds something, an unknown contract and wrong options are said', async () => {
  expect(await pack(join(dir, 'one'))).toBe(1);
  expect(await pack(join(dir, 'four'), '--contract', 'nothing')).toBe(1);
  expect(await pack(join(dir, 'five'), '--stage', 'mid')).toBe(1);
  expect(await pack(join(dir, 'six'), '--stage', 'late', '--sample', 'many')).toBe(2);
});

test('the button: asked for, its progress seen, fetched with a line in the access log, sealed in the database', async () => {
  const id = await ask({ sample: 3, seed: 'button' });
  expect(await look(id)).toMatchObject({
    contract: 'now',
    stage: 'final',
    seed: 'button',
    askedBy: 'xinhua_supervisor',
  });
  const done = await ended(id, 'done');
  expect(done).toMatchObject({ failure: null, progress: { doing: 'sealing' } });
  const reply = await call('GET', 'xinhua_supervisor', `/packs/${id}/file`);
  const zip = Buffer.from(await reply.arrayBuffer());
  expect(reply.headers.get('content-type')).toBe('application/zip');
  expect(reply.headers.get('content-disposition')).toContain('now-final.zip');
  expect([zip.length, createHash('sha256').update(zip).digest('hex')]).toEqual([done['bytes'], done['sha256']]);
  expect(Object.keys(unzipSync(new Uint8Array(zip)))).toContain('report.docx');
  const { db } = rig.api.deps;
  expect(await db.accessLog.count({ where: { action: 'pack:file', caseId: id, staffId: 'xinhua_supervisor' } })).toBe(
    1,
  );
  const parts = await db.packPart.findMany({ where: { packId: id } });
  // A ZIP begins with PK; what is kept does not.
  expect(parts.some(({ sealed }) => Buffer.from(sealed).includes(Buffer.from('report.docx')))).toBe(false);
  const { items } = must(await rig.get('xinhua_supervisor', '/packs'), 200) as { items: { id: string }[] };
  expect(items[0]?.id).toBe(id);
});

test('another station sees nothing of it, whoever may not make packs is refused', async () => {
  const id = await ask();
  await ended(id, 'done');
  expect((await rig.get('donghu_supervisor', `/packs/${id}`)).status).toBe(404);
  expect((await call('GET', 'donghu_supervisor', `/packs/${id}/file`)).status).toBe(404);
  expect((await call('DELETE', 'donghu_supervisor', `/packs/${id}`)).status).toBe(404);
  expect((await rig.post('donghu_supervisor', '/packs', { contract: 'now', stage: 'final' })).status).toBe(404);
  expect((await rig.get('xinhua_worker1', `/packs/${id}`)).status).toBe(403);
  expect((await rig.post('xinhua_supervisor', '/packs', { contract: 'now', stage: 'mid' })).status).toBe(422);
});

test('cancelled while it works: it ends, nothing is kept, and the file is not to be had', async () => {
  // Holds the work up in the middle: nobody reads records while somebody else has the table.
  const holder = new pg.Client(rig.ownerUrl);
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE services IN ACCESS EXCLUSIVE MODE');
  const id = await ask();
  await ended(id, 'running');
  expect((await call('GET', 'xinhua_supervisor', `/packs/${id}/file`)).status).toBe(409);
  expect((await call('DELETE', 'xinhua_supervisor', `/packs/${id}`)).status).toBe(202);
  expect((await look(id))['state']).toBe('cancelling');
  await holder.query('ROLLBACK');
  await holder.end();
  await ended(id, 'cancelled');
  expect(await rig.api.deps.db.packPart.count({ where: { packId: id } })).toBe(0);
  const again = await call('DELETE', 'xinhua_supervisor', `/packs/${id}`);
  expect([again.status, await again.json()]).toEqual([
    409,
    expect.objectContaining({ type: expect.stringContaining('pack-over'), possible: ['POST /packs'] }),
  ]);
});

test('removed by hand once it is made: the file and its key are gone', async () => {
  const id = await ask();
  await ended(id, 'done');
  expect((await call('DELETE', 'xinhua_supervisor', `/packs/${id}`)).status).toBe(202);
  await ended(id, 'removed');
  const { db } = rig.api.deps;
  expect(await db.packPart.count({ where: { packId: id } })).toBe(0);
  expect(await db.pack.findUnique({ where: { id } })).toMatchObject({ wrapped: null, kekId: null, bytes: null });
  expect((await call('GET', 'xinhua_supervisor', `/packs/${id}/file`)).status).toBe(409);
  const { address, namespace } = rig.config.temporal;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter: dataConverter(rig.config.payloadKeys) });
  const workflowId = packWorkflowId(id);
  await client.workflow.getHandle(workflowId).result();
  await recordHistory(client, workflowId, 'pack-v1-removed', rig.config.payloadKeys);
  await connection.close();
});
