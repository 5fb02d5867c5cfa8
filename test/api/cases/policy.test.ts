import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { startApi } from '../../../api/main';
import { HOUR, rfc3339 } from '../../../domain/zone';
import { OLDER, policiesOfTwoVersions } from '../../support/policies';
import { eventually, itemsOf, Rig } from './rig';

const CURRENT = '2026.1';
const SUPERVISOR = 'xinhua_supervisor';

let rig: Rig;
let policiesDir: string;
beforeAll(async () => {
  policiesDir = policiesOfTwoVersions();
  rig = await Rig.start({ policiesDir });
}, 600_000);
afterAll(async () => {
  await rig?.stop();
  rmSync(policiesDir, { recursive: true });
});

type Step = { id: string; state: string; dueAt: string; extendable: boolean };
type Change = { stepId: string; change: string; from: string | null; to: string | null };
type Json = Record<string, unknown>;
const stepOf = (json: Json, id: string): Step | undefined => (json['steps'] as Step[]).find((step) => step.id === id);
const changesOf = (json: Json): Change[] => json['changes'] as Change[];
const changeOf = (json: Json, id: string): Change | undefined => changesOf(json).find(({ stepId }) => stepId === id);

const look = async (id: string): Promise<Json> => (await rig.get(SUPERVISOR, `/cases/${id}`)).json;
const move = (id: string, version: string, more: object = { reason: '按旧版时限办理' }, who = SUPERVISOR) =>
  rig.post(who, `/cases/${id}/policy`, { version, ...more });
const agoOf = (hours: number) => ({ receivedAt: rfc3339(Date.now() - hours * HOUR) });
const hoursAfter = (json: Json, hours: number): string =>
  rfc3339(Date.parse(String(json['receivedAt'])) + hours * HOUR);

test('lists the versions, the current one first', async () => {
  const items = itemsOf(await rig.get('xinhua_worker1', '/policies'));
  expect(items.map(({ version, current }) => [version, current])).toEqual([
    [CURRENT, true],
    [OLDER, false],
  ]);
});

describe('a preview', () => {
  test('says what would change and why, and changes nothing', async () => {
    const id = await rig.report('xinhua_worker1', agoOf(1 / 60));
    // The report may be answered before its workflow runs.
    const { asOf: _before, ...before } = await eventually(async () => {
      const seen = await look(id);
      return seen['workflow'] === 'running' && seen;
    });
    const { status, json } = await move(id, OLDER, { preview: true });
    expect([status, json['from'], json['to']]).toEqual([200, CURRENT, OLDER]);
    expect(changeOf(json, 'first_contact')).toMatchObject({
      ...{ kind: 'first_contact', name: '首次接触', change: 'moved', basis: { figure: '48 小时' } },
      ...{ from: hoursAfter(before, 24), to: hoursAfter(before, 48) },
    });
    expect(changeOf(json, 'safety_plan')).toMatchObject({ change: 'moved', to: hoursAfter(before, 12) });
    expect(changeOf(json, 'home_check')).toMatchObject({ change: 'added', name: '家庭核查', from: null });
    expect(changeOf(json, 'guardianship_assessment_full')).toMatchObject({ change: 'removed', to: null });
    expect(changeOf(json, 'police_report')).toBeUndefined();
    const { asOf: _after, ...after } = await look(id);
    expect(after).toEqual(before);
  });

  test('is what the move then does', async () => {
    const id = await rig.report('xinhua_worker1', agoOf(1));
    const preview = await move(id, OLDER, { preview: true });
    const moved = await move(id, OLDER);
    const sorted = (json: Json) => [...changesOf(json)].sort((a, b) => (a.stepId < b.stepId ? -1 : 1));
    expect(sorted(moved.json)).toEqual(sorted(preview.json));
  });

  test('cannot be had while Temporal is away', async () => {
    const id = await rig.report();
    const alone = await rig.withoutTemporal();
    const { status } = await alone.post(SUPERVISOR, `/cases/${id}/policy`, { version: OLDER, preview: true });
    await alone.stop();
    expect(status).toBe(503);
  });
});

describe('moving a case', () => {
  test('there and back: granted time stays, firm duties stay, alerts of steps that have time again are over', async () => {
    const id = await rig.report('xinhua_worker1', agoOf(26));
    const alertOf = async (stepId: string, state: string) =>
      ((await look(id))['alerts'] as Json[]).find((alert) => alert['stepId'] === stepId && alert['state'] === state);
    await eventually(() => alertOf('first_contact', 'open'));
    await eventually(() => alertOf('police_report', 'open'));
    const until = rfc3339(Date.now() + 90 * 24 * HOUR);
    const extend = `/cases/${id}/steps/case_plan/extend`;
    await rig.post('xinhua_worker1', extend, { until, reason: '等待鉴定' });
    await rig.post(SUPERVISOR, `${extend}/decision`, { approve: true });
    const before = await look(id);

    const { status, json: there } = await move(id, OLDER);
    expect([status, there['policyVersion']]).toEqual([200, OLDER]);
    expect(stepOf(there, 'first_contact')).toMatchObject({ state: 'pending', dueAt: hoursAfter(before, 48) });
    expect(await alertOf('first_contact', 'resolved')).toBeDefined();
    const { dueAt } = stepOf(before, 'police_report') ?? {};
    expect(stepOf(there, 'police_report')).toMatchObject({ state: 'overdue', dueAt });
    expect(await alertOf('police_report', 'open')).toBeDefined();
    expect(stepOf(there, 'case_plan')).toMatchObject({ dueAt: until });
    expect(stepOf(there, 'home_check')).toMatchObject({ state: 'pending', dueAt: hoursAfter(before, 5 * 24) });
    expect(stepOf(there, 'guardianship_assessment_full')?.state).toBe('cancelled');

    const { json: back } = await move(id, CURRENT, { reason: '恢复现行时限' });
    expect(back['policyVersion']).toBe(CURRENT);
    expect(stepOf(back, 'first_contact')?.dueAt).toBe(hoursAfter(before, 24));
    await eventually(() => alertOf('first_contact', 'open'));
    expect(stepOf(back, 'police_report')?.dueAt).toBe(dueAt);
    expect(stepOf(back, 'case_plan')).toMatchObject({ dueAt: until });
    expect(stepOf(back, 'home_check')?.state).toBe('cancelled');
    expect(changeOf(back, 'guardianship_assessment_full-2')).toMatchObject({
      ...{ change: 'added', to: stepOf(before, 'guardianship_assessment_full')?.dueAt },
    });
  });

  test('stands in the journal with its reason, which lies in the vault', async () => {
    const id = await rig.report();
    const { text } = await move(id, OLDER, { reason: '样例原因：沿用旧规' });
    expect(text).not.toContain('样例原因');
    const [event] = itemsOf(await rig.get(SUPERVISOR, `/cases/${id}/timeline`)).filter(
      ({ kind }) => kind === 'policy_moved',
    );
    expect(event).toMatchObject({ data: { from: CURRENT, to: OLDER }, note: '样例原因：沿用旧规' });
  });

  test('to the version that it has changes nothing and writes nothing', async () => {
    const id = await rig.report();
    const events = () => rig.api.deps.db.event.count({ where: { caseId: id } });
    const before = await events();
    expect(await move(id, CURRENT)).toMatchObject({ status: 200, json: { policyVersion: CURRENT, changes: [] } });
    expect(await move(id, CURRENT, { preview: true })).toMatchObject({ status: 200, json: { changes: [] } });
    expect(await events()).toBe(before);
  });

  test.each([
    ['an unknown version, naming those there are', { version: '1999.1' }, 'version', `${CURRENT}, ${OLDER}`],
    ['no reason', { version: OLDER, reason: undefined }, 'reason', 'required'],
    ['a reason of blanks', { version: OLDER, reason: ' ' }, 'reason', 'empty'],
  ])('is refused with %s', async (_name, { version, ...more }, field, said) => {
    const { status, json } = await move(await rig.report(), version, { reason: '原因', ...more });
    expect([status, json['errors']]).toMatchObject([422, [{ path: field, message: expect.stringContaining(said) }]]);
  });

  test('is the supervisor’s, in their own station', async () => {
    const id = await rig.report();
    for (const [who, expected] of [
      ['xinhua_worker1', 403],
      ['evaluator', 403],
      ['admin', 403],
      ['donghu_supervisor', 404],
      ['duty1', 200],
    ] as const)
      expect((await move(id, OLDER, { preview: true }, who)).status).toBe(expected);
  });
});

describe('a policy that does not validate', () => {
  const silent = pino({ level: 'silent' });

  test('does not load: the message names file, line and what was expected; who runs already goes on', async () => {
    const broken = path.join(policiesDir, 'archive', 'broken');
    cpSync(path.join(policiesDir, 'archive', OLDER), broken, { recursive: true });
    const file = path.join(broken, 'base.yaml');
    const text = readFileSync(file, 'utf8').replace(/15m, high: 1h/, '15 minutes, high: 1h');
    writeFileSync(file, text);
    const line = text.slice(0, text.indexOf('15 minutes')).split('\n').length;
    await expect(startApi(rig.config, { log: silent })).rejects.toMatchObject({
      name: 'PolicyInvalid',
      message: expect.stringMatching(new RegExp(`archive/broken/base\\.yaml:${line}: .*expected a time span`)),
    });
    expect(await move(await rig.report(), OLDER, { preview: true })).toMatchObject({ status: 200 });
    rmSync(broken, { recursive: true });
  });
});
