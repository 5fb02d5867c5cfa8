/** What the web app asks of the API beside the cases themselves, and how the API serves the app. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentHash } from '../../api/openapi-hash';
import { PROJECT } from '../../sandbox/config';
import { startTestApi, type Json, type TestApi } from '../support/api';

const WORKER = 'xinhua_worker1';
let t: TestApi;
let caseId: string;

beforeAll(async () => {
  t = await startTestApi();
  const body = { type: 'neglect', risk: 'critical', child: { name: '测试儿童' }, narrative: '演示。' };
  caseId = String((await t.ask('POST', '/api/v1/cases', { as: WORKER, body })).body['id']);
}, 600_000);
afterAll(() => t?.close());

const get = async (path: string, as = WORKER): Promise<Json> => {
  const { status, body } = await t.ask('GET', `/api/v1${path}`, { as });
  expect([path, status]).toEqual([path, 200]);
  return body;
};
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const itemsOf = async (path: string, as?: string): Promise<Json[]> => listOf((await get(path, as))['items']);

test('me: name, station by name, and that this is a sandbox', async () => {
  expect(await get('/me')).toMatchObject({
    stationName: '新华西路社区未成年人保护工作站',
    bureau: false,
    sandbox: true,
  });
});

test('stations: one’s own, all of them for the duty officer, never the bureau', async () => {
  expect((await itemsOf('/stations')).map((one) => one['id'])).toEqual(['xinhua']);
  expect((await itemsOf('/stations', 'duty1')).map((one) => String(one['id'])).sort()).toEqual(['donghu', 'xinhua']);
});

describe('my work', () => {
  test('has the open steps of what nobody has taken on, soonest first, and nothing of another station', async () => {
    const items = await itemsOf('/work');
    expect(items.length).toBeGreaterThan(3);
    expect(items[0]).toMatchObject({ caseId, unassigned: true, risk: 'critical' });
    const due = items.map((one) => Date.parse(String(one['step']?.['dueAt'])));
    expect(due).toEqual([...due].sort((a, b) => a - b));
    expect(await itemsOf('/work', 'donghu_worker1')).toEqual([]);
  });

  test('names of children come apart, each a look on the record; not for those who may not see them', async () => {
    const before = await t.api.deps.db.accessLog.count({ where: { caseId, action: 'case:read-child' } });
    expect(await itemsOf('/work/children')).toEqual([{ caseId, name: '测试儿童' }]);
    expect(await t.api.deps.db.accessLog.count({ where: { caseId, action: 'case:read-child' } })).toBe(before + 1);
    expect(JSON.stringify(await get('/work'))).not.toContain('测试儿童');
    expect((await t.ask('GET', '/api/v1/work/children', { as: 'evaluator' })).status).toBe(403);
  });
});

test('approvals: an extension that is asked for, with who and until when', async () => {
  expect(await itemsOf('/approvals')).toEqual([]);
  const until = Date.parse('2026-12-24T10:00:00+08:00');
  const extension = { until, askedBy: WORKER, askedAt: until - 1_000, reasonId: 'reason' };
  await t.api.deps.db.stepRow.update({
    where: { caseId_id: { caseId, id: 'first_contact' } },
    data: { extension },
  });
  expect(await itemsOf('/approvals')).toMatchObject([
    { kind: 'extension', caseId, stepId: 'first_contact', until: '2026-12-24T10:00:00+08:00', askedByName: '林立春' },
  ]);
  expect(await itemsOf('/approvals', 'donghu_supervisor')).toEqual([]);
});

test('whom an alert was told: the ladder of the case’s policy and every message; 404 elsewhere', async () => {
  const { db } = t.api.deps;
  const at = new Date();
  const id = `${caseId}.first_contact.9`;
  await db.alertRow.create({
    data: { id, caseId, stepId: 'first_contact', state: 'open', round: 1, rung: 0, openedAt: at, nextAt: at },
  });
  await db.delivery.create({
    data: {
      ...{ key: `${id}/1/0/sms/${WORKER}`, caseId, alertId: id, kind: 'overdue', channel: 'sms', at, vars: {} },
      ...{ personKind: 'staff', personId: WORKER, state: 'delivered' },
    },
  });
  const told = await get(`/alerts/${id}/told`);
  expect(told['ladder']?.[0]).toEqual({ to: 'worker', afterMinutes: 0 });
  expect(told['items']).toMatchObject([{ channel: 'sms', name: '林立春', state: 'delivered' }]);
  for (const [alert, as] of [
    [id, 'donghu_worker1'],
    ['none', WORKER],
  ] as const) {
    expect((await t.ask('GET', `/api/v1/alerts/${alert}/told`, { as })).status).toBe(404);
  }
});

describe('the policy', () => {
  test('as a table holds every type, rule and ladder', async () => {
    const table = await get('/policies/current', 'evaluator');
    expect(table['types']).toHaveLength(9);
    expect(listOf(table['rules']).length).toBe(t.api.deps.policies.current.rules.length);
    expect(Object.keys(table['ladders'] ?? {})).toEqual(['critical', 'high', 'medium', 'low']);
  });

  test('what if: raises the risk, says why, and plans without storing', async () => {
    const cases = await t.api.deps.db.caseRow.count();
    const answer = await get('/policies/what-if?type=abandonment&risk=low&triggers=no_carer&underSix=true');
    expect(answer).toMatchObject({ risk: 'critical', raisedFrom: 'low' });
    expect(listOf(answer['steps']).some((step) => step['kind'] === 'police_report')).toBe(true);
    expect(await t.api.deps.db.caseRow.count()).toBe(cases);
    const wrong = await t.ask('GET', '/api/v1/policies/what-if?type=none&triggers=x,y', { as: WORKER });
    expect(wrong.status).toBe(422);
    expect(listOf(wrong.body['errors']).map((one) => one['path'])).toEqual(['type', 'triggers']);
  });
});

test('the web app’s client is made from this very API (npm run openapi-client)', () => {
  const head = readFileSync(join(PROJECT, 'web/src/api/schema.d.ts'), 'utf8').split('\n')[0];
  expect(head).toBe(`// ${documentHash(t.api.deps.docs)}`);
});

describe('the app itself', () => {
  const page = (path: string) => t.ask('GET', path, { headers: { accept: 'text/html,*/*' } });

  test('is one page under each of its addresses, with a nonce of its own and nothing inline', async () => {
    const policies = await Promise.all(
      ['/', '/report', `/cases/${caseId}`].map(async (path) => {
        const { status, headers, body } = await page(path);
        expect([path, status]).toEqual([path, 200]);
        expect(headers.get('cache-control')).toBe('no-store');
        const policy = headers.get('content-security-policy') ?? '';
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
        expect(policy).not.toContain('unsafe');
        expect(String(body)).toContain(`nonce="${nonce}"`);
        expect(String(body)).not.toContain('__NONCE__');
        return policy;
      }),
    );
    expect(new Set(policies).size).toBe(3);
  });

  test('its files never change; worker and manifest are asked for again', async () => {
    const { body } = await page('/');
    const script = /src="(\/app\/[^"]+\.js)"/.exec(String(body))?.[1] ?? '';
    expect((await t.ask('GET', script)).headers.get('cache-control')).toContain('immutable');
    expect((await t.ask('GET', '/sw.js')).headers.get('cache-control')).toBe('no-cache');
    expect((await t.ask('GET', '/manifest.webmanifest')).headers.get('content-type')).toContain('manifest+json');
  });

  test('stands in nobody’s way: other pages stay theirs, and what is unknown is 404', async () => {
    expect(String((await page('/r')).body)).not.toContain('id="root"');
    expect(String((await page('/docs')).body)).toContain('接口说明');
    expect((await page('/nowhere')).status).toBe(404);
    expect((await t.ask('GET', '/nowhere')).headers.get('content-type')).toContain('problem+json');
    expect((await page('/api/v1/nowhere')).status).toBe(401);
    expect((await t.ask('POST', '/report')).status).toBe(404);
  });
});
