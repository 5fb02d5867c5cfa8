import { randomUUID } from 'node:crypto';
import { eventually, itemsOf, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
const REASON = { reason: '核实为同一名儿童' };
const report = (child: object, more: object = {}) => rig.report(WORKER, { child, ...more });
const look = async (id: string) => (await rig.get(WORKER, `/cases/${id}`)).json;
const kinds = async (id: string) =>
  itemsOf(await rig.get(WORKER, `/cases/${id}/timeline`)).map(({ kind }) => String(kind));
const relations = async (id: string) => (await rig.get(WORKER, `/cases/${id}/relations`)).json;
const openSteps = (json: Record<string, unknown>) =>
  (json['steps'] as { id: string; state: string; dueAt: string }[])
    .filter(({ state }) => !['done', 'cancelled'].includes(state))
    .map(({ id, dueAt }) => `${id} ${dueAt}`)
    .sort();

describe('joining two cases', () => {
  test('one goes on and learns what the other knew; the other points to it and is at rest; split, it goes on as it was', async () => {
    const into = await report({ name: '并案童甲' });
    const id = await report({ name: '并案童甲' }, { triggers: ['self_harm'] });
    const before = await look(id);
    const { status, json, text } = await rig.post(SUPERVISOR, `/cases/${id}/join`, { intoId: into, ...REASON });
    expect([status, text]).toEqual([200, text]);
    const { number } = await look(into);
    expect(json).toMatchObject({ status: 'closed', joinedInto: { caseId: into, number } });
    expect(openSteps(json)).toEqual([]);
    expect(await kinds(id)).toEqual(expect.arrayContaining(['reported', 'joined_into']));
    expect(await kinds(into)).toEqual(expect.arrayContaining(['taken_in', 'trigger_learnt']));
    expect((await look(into))['triggers']).toContain('self_harm');
    expect(await relations(into)).toMatchObject({ joinedHere: [{ caseId: id }], joinedInto: null });

    for (const [path, body] of [
      ['reopen', { reason: '再看一次' }],
      ['assign', { staffId: WORKER }],
      ['join', { intoId: await report({ name: '第三名' }), ...REASON }],
    ] as const) {
      const refused = await rig.post(SUPERVISOR, `/cases/${id}/${path}`, body);
      expect(refused.status).toBe(409);
      expect(refused.json['possible']).toContain('split');
    }
    const back = await rig.post(SUPERVISOR, `/cases/${into}/join`, { intoId: id, ...REASON });
    expect(back.status).toBe(409);

    const again = await rig.post(SUPERVISOR, `/cases/${id}/split`, { reason: '是两名儿童' });
    expect(again.json).toMatchObject({ status: 'open', joinedInto: null });
    expect(openSteps(again.json)).toEqual(openSteps(before));
    expect(await kinds(into)).toContain('let_go');
    expect(await relations(into)).toMatchObject({ joinedHere: [] });
    expect((await rig.post(SUPERVISOR, `/cases/${id}/split`, REASON)).json).toMatchObject({ possible: ['join'] });
  });

  test('two cases joined into each other at the same time: one is joined, and the other one goes on', async () => {
    for (let times = 0; times < 6; times += 1) {
      const pair = [await report({ name: '互并童' }), await report({ name: '互并童' })].sort();
      const [lesser = '', greater = ''] = times % 2 === 0 ? pair : pair.reverse();
      const ways = [
        [lesser, greater],
        [greater, lesser],
      ] as const;
      const answers = await Promise.all(
        ways.map(([id, intoId]) => rig.post(SUPERVISOR, `/cases/${id}/join`, { intoId, ...REASON })),
      );
      expect(answers.map(({ status }) => String(status)).sort()).toEqual(['200', '409']);
      const late = answers.find(({ status }) => status === 409);
      expect(String(late?.json['type'])).toMatch(/joins-cross|case-joined/);
      const files = [await look(lesser), await look(greater)];
      expect(files.map(({ status }) => String(status)).sort()).toEqual(['closed', 'open']);
      const [joined, goesOn] = files[0]?.['status'] === 'closed' ? [lesser, greater] : [greater, lesser];
      expect(await look(joined)).toMatchObject({ joinedInto: { caseId: goesOn } });
      expect(openSteps(await look(goesOn))).not.toEqual([]);
    }
  });

  test('a joining that was left half done: the same again ends it, and the other way round is refused', async () => {
    const [id = '', into = ''] = [await report({ name: '半并童' }), await report({ name: '半并童' })].sort();
    const actor = { kind: 'staff', id: SUPERVISOR } as const;
    const taken = { do: 'take_in', otherId: id, otherNumber: 'A0001', reasonId: 'r', actor } as const;
    await rig.api.deps.cases.command(into, taken, randomUUID());
    const back = await rig.post(SUPERVISOR, `/cases/${into}/join`, { intoId: id, ...REASON });
    expect(back.json).toMatchObject({ status: 409, possible: ['join the other way round', 'split'] });
    // What that request had begun is taken back.
    expect(await kinds(id)).toEqual(expect.arrayContaining(['taken_in', 'let_go']));
    expect((await rig.post(SUPERVISOR, `/cases/${id}/join`, { intoId: into, ...REASON })).status).toBe(200);
  });

  test('a worker alone, another station, a drill, the case itself: refused, and nothing is told', async () => {
    const [id, theirs] = [await report({ name: '并案童乙' }), await rig.report('donghu_worker1')];
    expect((await rig.post(WORKER, `/cases/${id}/join`, { intoId: theirs, ...REASON })).status).toBe(403);
    for (const intoId of [theirs, id, '11111111-1111-4111-8111-111111111111'])
      expect((await rig.post('duty1', `/cases/${id}/join`, { intoId, ...REASON })).status).toBe(422);
    expect((await rig.post(SUPERVISOR, `/cases/${theirs}/join`, { intoId: id, ...REASON })).status).toBe(404);
    expect(await kinds(id)).not.toContain('taken_in');
  });

  test('a partner that still has to answer holds the case where it is', async () => {
    const [id, into] = [await report({ name: '并案童丙' }), await report({ name: '并案童丙' })];
    const [{ id: partnerId } = {}] = itemsOf(await rig.get(WORKER, '/partners'));
    const partner = await rig.refer(id, String(partnerId));
    const refused = await rig.post(SUPERVISOR, `/cases/${id}/join`, { intoId: into, ...REASON });
    expect(refused.status).toBe(409);
    expect(refused.json['possible']).toContain(`revoke ${partner.id}`);
    expect(await kinds(into)).not.toContain('taken_in');
  });
});

describe('links', () => {
  test('one child, many cases: both are about the same entry of the register, and possible no more', async () => {
    const child = { name: '同名童丁', idNumber: '654002201605040054' };
    const [one, other] = [await report(child), await report({ name: '童名同丁', idNumber: child.idNumber })];
    expect((await look(other))['possible']).toMatchObject([{ caseId: one, why: 'id_number' }]);
    const linked = await rig.post(WORKER, `/cases/${other}/links`, { caseId: one, kind: 'same_child' });
    expect(linked.status).toBe(201);
    const entry = linked.json['child'] as { id: string };
    expect(await relations(one)).toMatchObject({ child: entry, links: [{ kind: 'same_child', caseId: other }] });
    const file = (await rig.get(WORKER, `/children/${entry.id}`)).json;
    expect(file['cases']).toEqual([one, other].sort());
    expect((await look(other))['possible']).toEqual([]);
    expect(await kinds(one)).toContain('linked');
    // A third case of the same child joins the same entry.
    const third = await report(child);
    expect((await rig.post(WORKER, `/cases/${third}/links`, { caseId: one, kind: 'same_child' })).json).toMatchObject({
      child: entry,
    });

    const twice = await rig.post(WORKER, `/cases/${one}/links`, { caseId: other, kind: 'same_child' });
    expect(twice.status).toBe(409);
    expect(twice.json['possible']).toEqual([expect.stringMatching(/^end /)]);
    expect((await rig.post(WORKER, `/cases/${one}/links`, { caseId: other, kind: 'not_same' })).status).toBe(409);

    const [{ id: linkId } = { id: '' }] = linked.json['links'] as { id: string }[];
    const ended = await rig.post(WORKER, `/cases/${other}/links/${linkId}/end`);
    expect(ended.json).toMatchObject({ child: null });
    expect((await look(other))['possible']).toMatchObject([{ caseId: third }, { caseId: one }]);
    expect((await rig.post(WORKER, `/cases/${other}/links/${linkId}/end`)).status).toBe(409);
    expect((await rig.post(WORKER, `/cases/${other}/links/${one}/end`)).status).toBe(404);
  });

  test('siblings and one incident; what is somebody else is not shown again', async () => {
    const [one, other] = [await report({ phone: '13800001311' }), await report({ phone: '13800001311' })];
    const incident = await rig.post(WORKER, `/cases/${one}/links`, { caseId: other, kind: 'same_incident' });
    expect(incident.status).toBe(201);
    expect((await look(one))['possible']).toHaveLength(1);
    expect((await rig.post(WORKER, `/cases/${one}/links`, { caseId: other, kind: 'sibling' })).status).toBe(201);
    expect((await look(one))['possible']).toEqual([]);
    expect((await look(other))['possible']).toEqual([]);
    expect((await relations(other))['links']).toMatchObject([{ kind: 'same_incident' }, { kind: 'sibling' }]);
  });

  test('the same request again says the same, once', async () => {
    const [one, other] = [await report({ name: '重复童戊' }), await report({ name: '重复童戊' })];
    const body = { caseId: other, kind: 'not_same' };
    const first = await rig.post(WORKER, `/cases/${one}/links`, body, 'link-key');
    const again = await rig.post(WORKER, `/cases/${one}/links`, body, 'link-key');
    expect(again.text).toBe(first.text);
    expect((await kinds(one)).filter((kind) => kind === 'linked')).toHaveLength(1);
  });
});

describe('households', () => {
  const enter = async (name: string): Promise<string> =>
    String((await rig.post(WORKER, '/children', { name, birthDate: '2016-05-04' })).json['id']);

  test('group children; a child lives in one at a time', async () => {
    const [one, other, third] = [await enter('家庭童一'), await enter('家庭童二'), await enter('家庭童三')];
    const made = await rig.post(WORKER, '/households', { childIds: [one, other] });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ stationId: 'xinhua', number: expect.stringMatching(/^H\d{4}$/) });
    const path = `/households/${String(made.json['id'])}`;
    expect((await rig.get(WORKER, `/children/${one}`)).json['household']).toMatchObject({ id: made.json['id'] });
    expect((await rig.get('donghu_worker1', path)).status).toBe(404);
    expect((await rig.get('admin', path)).status).toBe(403);

    const twice = await rig.post(WORKER, '/households', { childIds: [other, third] });
    expect(twice.status).toBe(409);
    expect(twice.json['possible']).toEqual([`${path}/children/${other}/leave`]);
    expect((await rig.post(WORKER, `${path}/children`, { childId: third })).json['children']).toHaveLength(3);
    expect((await rig.post(WORKER, `${path}/children/${third}/leave`)).json['children']).toHaveLength(2);
    expect((await rig.post(WORKER, `${path}/children/${third}/leave`)).status).toBe(409);
    expect((await rig.post('donghu_worker1', '/households', { childIds: [third] })).status).toBe(422);
    await eventually(async () => {
      const events = await rig.api.deps.db.serviceEvent.count({ where: { entity: 'household' } });
      return events === 5;
    });
  });
});
