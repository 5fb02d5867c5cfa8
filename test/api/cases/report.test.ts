import { randomUUID } from 'node:crypto';
import { CASE_TYPES } from '../../../domain/model';
import { rfc3339 } from '../../../domain/zone';
import { CHILD, eventually, itemsOf, NARRATIVE, REPORT, REPORTER, Rig, TAKEN } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

/** Asked for in the test, not while the file is read: until then the servers may take minutes. */
const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const paths = (json: Record<string, unknown>): string[] =>
  (json['errors'] as { path: string }[]).map(({ path }) => path).sort();

/** The reported case's workflow runs: at once, or a moment later where Temporal took long. */
const running = ({ id }: Record<string, unknown>) =>
  eventually(async () => (await rig.get('xinhua_worker1', `/cases/${String(id)}`)).json['workflow'] === 'running');

describe('POST /cases', () => {
  test('answers with the number, the risk and every step with its deadline and basis', async () => {
    const yesterday = rfc3339(Date.now() - DAY).slice(0, 10);
    const receivedAt = `${yesterday}T10:00:00+08:00`;
    const { status, json } = await rig.post('xinhua_worker1', '/cases', { ...REPORT, receivedAt });
    expect(TAKEN).toContain(status);
    expect(json).toMatchObject({ type: 'physical_abuse', risk: 'high', status: 'open' });
    await running(json);
    expect(json).toMatchObject({ possible: [], stationId: 'xinhua', assignee: null, receivedAt });
    expect(json['number']).toMatch(/^[A-Z]\d{4}$/);
    const steps = json['steps'] as Record<string, unknown>[];
    const police = steps.find(({ kind }) => kind === 'police_report');
    expect(police).toMatchObject({
      id: 'police_report',
      remindAt: `${yesterday}T10:15:00+08:00`,
      dueAt: `${yesterday}T11:00:00+08:00`,
      extendable: false,
      basis: { kind: 'legal', word: '立即' },
    });
    for (const { dueAt } of steps) expect(dueAt).toMatch(/\+08:00$/);
  });

  test('the police clock is due soon from the start', async () => {
    const { json } = await rig.post('xinhua_worker1', '/cases', REPORT);
    const steps = json['steps'] as Record<string, unknown>[];
    expect(steps.find(({ kind }) => kind === 'police_report')?.['state']).toBe('due_soon');
  });

  test.each(CASE_TYPES)('takes a report of %s', async (type) => {
    const { status, json } = await rig.post('xinhua_worker1', '/cases', { ...REPORT, type });
    expect(TAKEN).toContain(status);
    expect((json['steps'] as unknown[]).length).toBeGreaterThan(5);
  });

  test('raises a risk below the least of its type, and says from what', async () => {
    const { json } = await rig.post('xinhua_worker1', '/cases', { ...REPORT, type: 'sexual_abuse', risk: 'low' });
    expect(json).toMatchObject({ riskRaisedFrom: 'low' });
    expect(['critical', 'high']).toContain(json['risk']);
  });

  test('says nothing of child, reporter or story, and keeps none of it in clear', async () => {
    const { text, json } = await rig.post('xinhua_worker1', '/cases', REPORT);
    const { db } = rig.api.deps;
    const [{ dump } = { dump: '' }] = await db.$queryRaw<{ dump: string }[]>`
      SELECT concat((SELECT json_agg(c) FROM cases c), (SELECT json_agg(s) FROM steps s),
        (SELECT json_agg(e) FROM events e), (SELECT json_agg(i) FROM idempotency_keys i)) AS dump`;
    const sealed = (await db.vaultItem.findMany()).map((item) => Buffer.from(item.sealed).toString('utf8')).join(' ');
    expect(dump).toContain(json['id']);
    for (const secret of [...Object.values(CHILD).filter((v) => v !== 'female'), NARRATIVE, REPORTER.name])
      for (const place of [text, dump, sealed]) expect(place).not.toContain(secret);
  });

  test('the same key answers the same; with another body it is 409', async () => {
    const key = randomUUID();
    const first = await rig.post('xinhua_worker1', '/cases', REPORT, key);
    const [second, third] = await Promise.all([
      rig.post('xinhua_worker1', '/cases', REPORT, key),
      rig.post('xinhua_worker1', '/cases', { ...REPORT, narrative: '另一份' }, key),
    ]);
    expect(TAKEN).toContain(first.status);
    expect([second.status, third.status]).toEqual([first.status, 409]);
    expect(second.json).toEqual(first.json);
  });

  test('a retry after a crash in mid-request goes on with the case that is there', async () => {
    const key = randomUUID();
    const first = await rig.post('xinhua_worker1', '/cases', REPORT, key);
    const crashed = { status: null, heldUntil: new Date(0) };
    await rig.api.deps.db.idempotencyKey.updateMany({ where: { key }, data: crashed });
    const second = await rig.post('xinhua_worker1', '/cases', REPORT, key);
    expect(TAKEN).toContain(second.status);
    // Either may have been answered before the workflow ran.
    const apart = { asOf: '', workflow: '' };
    expect({ ...second.json, ...apart }).toEqual({ ...first.json, ...apart });
    await running(first.json);
  });

  test('one case comes of ten requests at once under one key', async () => {
    const key = randomUUID();
    const one = async (): ReturnType<typeof rig.post> => {
      const answer = await rig.post('donghu_worker1', '/cases', REPORT, key);
      // On a machine that is busy for longer than a request waits for the first one, it is asked to come again.
      return String(answer.json['type']).endsWith('request-under-way') ? one() : answer;
    };
    const many = await Promise.all(Array.from({ length: 10 }, one));
    expect(new Set(many.map(({ json }) => json['id'])).size).toBe(1);
    expect(itemsOf(await rig.get('donghu_worker1', '/cases'))).toHaveLength(1);
  });

  test('names every wrong field at once', async () => {
    const { status, json } = await rig.post('xinhua_worker1', '/cases', {
      type: 'theft',
      risk: 'extreme',
      receivedAt: '2026-11-20 10:00',
      triggers: ['injury', 'ufo'],
      guardianIsSuspect: 'yes',
      child: { name: '', sex: 'girl', birthDate: '2015-02-29', idNumber: '123', phone: 'abc', shoe: 30 },
      reporter: { phone: '12', role: 'postman' },
      deadline: 'never',
      status: 'closed',
    });
    expect(status).toBe(422);
    const child = ['birthDate', 'idNumber', 'name', 'phone', 'sex', 'shoe'].map((field) => `child.${field}`);
    const reporter = ['reporter.phone', 'reporter.role'];
    const rest = ['deadline', 'guardianIsSuspect', 'narrative', 'receivedAt', 'risk', 'status', 'triggers.1', 'type'];
    expect(paths(json)).toEqual([...child, ...reporter, ...rest].sort());
  });

  test.each([
    ['receivedAt over five minutes ahead', () => ({ receivedAt: at(6 * MINUTE) }), ['receivedAt']],
    ['receivedAt over 400 days back', () => ({ receivedAt: at(-401 * DAY) }), ['receivedAt']],
    [
      'occurredAt after receivedAt',
      () => ({ receivedAt: at(-DAY), occurredAt: at(-DAY + 6 * MINUTE) }),
      ['occurredAt'],
    ],
    ['a birth date in the future', () => ({ child: { birthDate: at(2 * DAY).slice(0, 10) } }), ['child.birthDate']],
    ['no child', () => ({ child: undefined }), ['child']],
    ['a story of blanks', () => ({ narrative: '  ' }), ['narrative']],
  ])('refuses %s', async (_name, more, wrong) => {
    const { status, json } = await rig.post('xinhua_worker1', '/cases', { ...REPORT, ...more() });
    expect([status, paths(json)]).toEqual([422, wrong]);
  });

  test.each([
    ['four minutes ahead', () => ({ receivedAt: at(4 * MINUTE) })],
    ['399 days back', () => ({ receivedAt: at(-399 * DAY) })],
    ['nothing known of the child', () => ({ child: {}, reporter: undefined })],
  ])('takes %s', async (_name, more) => {
    expect(TAKEN).toContain((await rig.post('xinhua_worker1', '/cases', { ...REPORT, ...more() })).status);
  });

  test.each([
    ['xinhua_worker1', 'donghu', 403],
    ['xinhua_worker1', 'nowhere', 403],
    ['xinhua_worker1', 'xinhua', 201],
    ['duty1', undefined, 422],
    ['duty1', 'bureau', 422],
    ['duty1', 'nowhere', 422],
    ['duty1', 'donghu', 201],
    ['admin', 'xinhua', 403],
    ['evaluator', 'xinhua', 403],
    [undefined, 'xinhua', 401],
  ])('%s reporting into %s: %i', async (who, stationId, expected) => {
    const { status } = await rig.post(who, '/cases', { ...REPORT, stationId });
    expect(status === 202 ? 201 : status).toBe(expected);
  });
});
