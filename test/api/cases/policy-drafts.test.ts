/** A policy is changed by two people while everything runs: what does not hold never loads, old cases keep theirs. */
import { Client } from 'pg';
import type { PolicyFiles } from '../../../store/policies';
import { eventually, itemsOf, Rig } from './rig';

const [PROPOSER, APPROVER, WORKER] = ['xinhua_supervisor', 'duty1', 'xinhua_worker1'] as const;
type Json = Record<string, unknown>;

let rig: Rig;
let began: string;
let files: PolicyFiles;
beforeAll(async () => {
  rig = await Rig.start();
  const { json } = await rig.get(PROPOSER, '/policies/files');
  began = String(json['version']);
  files = json['files'] as PolicyFiles;
}, 600_000);
afterAll(() => rig?.stop());

/** The base file with the first contact at high risk in so many hours. */
function changed(version: string, hours: number): PolicyFiles {
  const before = 'due: { critical: 2h, high: 24h, medium: 72h, low: 7d }';
  expect(files.base).toContain(before);
  const base = files.base
    .replace(/^version: .*$/m, `version: '${version}'`)
    .replace(before, `due: { critical: 2h, high: ${hours}h, medium: 72h, low: 7d }`);
  return { ...files, base };
}
const report = {
  ...{ type: 'neglect', risk: 'high', narrative: '测试:孩子连续三天无人照料。' },
  child: { name: '测试儿童', birthDate: '2017-05-04' },
  reporter: { name: '测试报告人', phone: '13800009999', role: 'teacher' },
};
const propose = (body: unknown, who: string = PROPOSER) => rig.post(who, '/policies/drafts', body);
const decide = (id: unknown, approve: boolean, who: string = APPROVER) =>
  rig.post(who, `/policies/drafts/${String(id)}/decision`, { approve });
const current = async (): Promise<unknown> => (await rig.get(WORKER, '/policies/current')).json['version'];
const versionOf = async (id: string): Promise<unknown> =>
  (await rig.api.deps.db.caseRow.findUnique({ where: { id } }))?.policyVersion;

test('what does not hold is refused with file and line, stored nowhere, and what runs stays', async () => {
  const wrong = { ...files, base: files.base.replace('critical: 2h, high: 24h', 'critical: 2h, high: soon') };
  const line = wrong.base.split('\n').findIndex((text) => text.includes('high: soon')) + 1;
  const checked = await rig.post(PROPOSER, '/policies/check', wrong);
  expect(checked.json).toMatchObject({ version: null, changes: null });
  expect(checked.json['problems']).toEqual([
    expect.objectContaining({ file: 'base.yaml', line, expected: expect.stringContaining('a time span') }),
  ]);
  const refused = await propose(wrong);
  expect([refused.status, (refused.json['errors'] as Json[])[0]?.['path']]).toEqual([422, `base.yaml:${line}`]);
  expect((await propose({ ...files, base: 'version: [' })).status).toBe(422);
  expect((await propose(files)).json['errors']).toEqual([
    expect.objectContaining({ message: expect.stringContaining('taken') }),
  ]);
  expect((await propose({ ...files, other: 'x' })).status).toBe(422);
  expect(itemsOf(await rig.get(PROPOSER, '/policies/drafts'))).toEqual([]);
  expect(await current()).toBe(began);
});

test('who may not propose or publish cannot; nobody publishes their own', async () => {
  expect((await propose(changed('2099.0', 12), WORKER)).status).toBe(403);
  const own = await propose(changed('2099.0', 12), APPROVER);
  expect(own.status).toBe(201);
  expect((await decide(own.json['id'], true, PROPOSER)).status).toBe(403);
  expect((await decide(own.json['id'], true)).status).toBe(403);
  expect((await rig.delete(PROPOSER, `/policies/drafts/${String(own.json['id'])}`)).status).toBe(403);
  expect((await rig.delete(APPROVER, `/policies/drafts/${String(own.json['id'])}`)).json['state']).toBe('withdrawn');
  expect((await decide(own.json['id'], true, 'duty2')).json['type']).toMatch(/policy-decided$/);
});

test('published, it is what new cases have and what the worker plans by; older cases keep theirs', async () => {
  const before = await rig.report(WORKER, { type: 'neglect', risk: 'high' });
  const draft = await propose(changed('2099.1', 12));
  expect(draft.json).toMatchObject({ state: 'proposed', version: '2099.1', replaces: began, outdated: false });
  expect(draft.json['changes']).toEqual([
    expect.objectContaining({ field: 'due', risk: 'high', from: '24 小时', to: '12 小时' }),
  ]);
  const rival = await propose(changed('2099.2', 6));
  const published = await decide(draft.json['id'], true);
  expect(published.json).toMatchObject({ state: 'published', decidedBy: { id: APPROVER } });
  expect(await current()).toBe('2099.1');

  const id = await rig.report(WORKER, { type: 'neglect', risk: 'high' });
  expect(await versionOf(id)).toBe('2099.1');
  // Worse risk, and back: the worker, which began before all this, plans by the published version.
  await rig.post(PROPOSER, `/cases/${id}/risk`, { risk: 'critical', reason: '情况变化' });
  await rig.post(PROPOSER, `/cases/${id}/risk`, { risk: 'high', reason: '情况变化' });
  const { json } = await eventually(async () => {
    const seen = await rig.get(WORKER, `/cases/${id}`);
    return seen.json['risk'] === 'high' && seen;
  });
  const contact = (json['steps'] as Json[]).find((step) => step['kind'] === 'first_contact');
  const hours = (Date.parse(String(contact?.['dueAt'])) - Date.parse(String(json['receivedAt']))) / 3_600_000;
  expect(hours).toBeLessThanOrEqual(12);
  expect(await versionOf(before)).toBe(began);

  expect((await decide(rival.json['id'], true)).json['type']).toMatch(/policy-outdated$/);
  expect((await rig.get(PROPOSER, `/policies/drafts/${String(rival.json['id'])}`)).json['outdated']).toBe(true);
  expect((await decide(rival.json['id'], false)).json['state']).toBe('refused');
  const compared = await rig.get('evaluator', `/policies/compare?from=${began}&to=2099.1`);
  expect(compared.json['changes']).toHaveLength(1);
  expect((await rig.get('evaluator', `/policies/compare?from=${began}&to=1`)).status).toBe(422);
  expect((await rig.get('evaluator', '/policies/files?version=2099.1')).json['files']).toEqual(changed('2099.1', 12));
  expect((await rig.get('evaluator', '/policies/files?version=1')).status).toBe(404);
});

test('the database keeps who did it, and lets nobody change what was approved', async () => {
  const { db } = rig.api.deps;
  const events = await db.policyEvent.findMany({ where: { version: '2099.1' }, orderBy: { id: 'asc' } });
  expect(events.map(({ staffId, action }) => [staffId, action])).toEqual([
    [PROPOSER, 'proposed'],
    [APPROVER, 'published'],
  ]);
  const owner = new Client({ connectionString: rig.ownerUrl });
  await owner.connect();
  try {
    const refused = [
      `UPDATE policy_versions SET files = '{}' WHERE version = '2099.1'`,
      `UPDATE policy_versions SET state = 'published', decided_by = proposed_by WHERE version = '2099.0'`,
      'DELETE FROM policy_versions',
      'DELETE FROM policy_events',
    ];
    for (const sql of refused) await expect(owner.query(sql)).rejects.toThrow(/append-only|never changes|decided once/);
  } finally {
    await owner.end();
  }
});

test('a second API process knows it without a restart of anything', async () => {
  const other = await rig.withoutTemporal();
  try {
    expect((await other.get(WORKER, '/policies/current')).json['version']).toBe('2099.1');
    const draft = await rig.post(PROPOSER, '/policies/drafts', changed('2099.3', 8));
    expect((await decide(draft.json['id'], true)).status).toBe(200);
    // Nobody has asked this process for a policy since: the report itself must not be planned by the old one.
    const reported = await other.post(WORKER, '/cases', report);
    expect([reported.status, reported.json['policyVersion']]).toEqual([202, '2099.3']);
    expect((await other.get(WORKER, '/policies/current')).json['version']).toBe('2099.3');
  } finally {
    await other.stop();
  }
});
