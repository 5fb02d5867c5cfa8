/** Handing over, standing in, moving to another station, and referring a case that not everybody may know of (限定知悉、回避). */
import { contactOf } from '../../../store/referrals';
import { shieldedRung } from '../../../store/hearers';
import { shieldOf } from '../../../store/sight';
import { itemsOf, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

type Json = Record<string, unknown>;
const [WORKER, OTHER, SUPERVISOR] = ['xinhua_worker1', 'xinhua_worker2', 'xinhua_supervisor'] as const;

async function assigned(name: string): Promise<string> {
  const caseId = await rig.report(WORKER, { type: 'neglect', child: { name } });
  await rig.post(SUPERVISOR, `/cases/${caseId}/assign`, { staffId: WORKER });
  return caseId;
}
const must = async (who: Parameters<Rig['post']>[0], path: string, body: unknown): Promise<Json> => {
  const { status, json, text } = await rig.post(who, path, body);
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  return json;
};
const restrict = (caseId: string, staffIds: string[]) =>
  must(SUPERVISOR, `/cases/${caseId}/restriction`, { staffIds, reason: '涉案人在站内有亲友' });
const shutOut = (caseId: string, staffId: string, who: 'xinhua_supervisor' | 'duty1' = SUPERVISOR) =>
  must(who, `/cases/${caseId}/conflicts`, { staffId, reason: '系涉案人表亲' });
const look = async (caseId: string) => (await rig.get(WORKER, `/cases/${caseId}`)).json;
const numberOf = async (caseId: string) => String((await look(caseId))['number']);
const peopleOf = async (caseId: string) => (await look(caseId))['people'] as Record<string, Json | null>;
const told = (caseId: string, personId: string) => rig.api.deps.db.delivery.count({ where: { caseId, personId } });

describe('handing over', () => {
  test('nobody is asked who may not know of it, not even while the glass is broken', async () => {
    const caseId = await assigned('交接童甲');
    await restrict(caseId, [WORKER]);
    const ask = () => rig.post(WORKER, `/cases/${caseId}/hand-over`, { staffId: OTHER });
    expect((await ask()).json).toMatchObject({ status: 422, errors: [{ path: 'staffId' }] });
    await must(OTHER, '/break-glass', { number: await numberOf(caseId), reason: '夜间求助' });
    expect((await rig.get(OTHER, `/cases/${caseId}`)).status).toBe(200);
    expect((await ask()).status).toBe(422);
    expect((await rig.post(SUPERVISOR, `/cases/${caseId}/assign`, { staffId: OTHER })).status).toBe(422);
    expect(await told(caseId, OTHER)).toBe(0);
  });

  test('who was asked and is shut out then is asked no longer, and finds nothing to take', async () => {
    const caseId = await assigned('交接童乙');
    await must(WORKER, `/cases/${caseId}/hand-over`, { staffId: OTHER });
    expect((await peopleOf(caseId))['handover']).toMatchObject({ to: OTHER });
    await shutOut(caseId, OTHER);
    expect((await peopleOf(caseId))['handover']).toBeNull();
    for (const path of ['hand-over/accept', 'take-over'])
      expect((await rig.post(OTHER, `/cases/${caseId}/${path}`)).status).toBe(404);
    expect((await look(caseId))['assignee']).toBe(WORKER);
  });
});

describe('standing in', () => {
  const cover = (more: Json = {}): Json => ({
    ...{ staffId: WORKER, byId: OTHER },
    until: new Date(Date.now() + 3 * 86_400_000).toISOString(),
    ...more,
  });

  test('a restricted case stays with who has it, and whoever must not know of it does not hear that it is there', async () => {
    const [shielded, plain] = [await assigned('代管童甲'), await assigned('代管童乙')];
    await restrict(shielded, [WORKER]);
    const number = await numberOf(shielded);
    await must(OTHER, '/break-glass', { number, reason: '夜间求助' });
    const seen = (await must(SUPERVISOR, '/covers', cover({ preview: true })))['cases'] as Json[];
    expect(seen.find((one) => one['caseId'] === shielded)).toMatchObject({ stays: 'CaseNotToBeKnown' });
    expect(seen.find((one) => one['caseId'] === plain)).toMatchObject({ stays: null });
    for (const preview of [true, false]) {
      const said = await rig.post('duty1', '/covers', cover({ preview }));
      expect(said.text).toContain(plain);
      expect(said.text).not.toContain(shielded);
      expect(said.text).not.toContain(number);
      if (!preview) {
        const { id } = said.json['cover'] as Json;
        expect((await look(plain))['assignee']).toBe(OTHER);
        expect((await look(shielded))['assignee']).toBe(WORKER);
        expect((await rig.post('duty1', `/covers/${String(id)}/end`)).text).not.toContain(shielded);
      }
    }
    expect((await look(plain))['assignee']).toBe(WORKER);
  });

  test('a case comes back at once when who stands in is shut out, or is left off the list', async () => {
    const [first, second] = [await assigned('代管童丙'), await assigned('代管童丁')];
    await must(SUPERVISOR, '/covers', cover());
    expect([(await look(first))['assignee'], (await look(second))['assignee']]).toEqual([OTHER, OTHER]);
    await shutOut(first, OTHER);
    await restrict(second, [WORKER]);
    for (const caseId of [first, second]) {
      expect(await look(caseId)).toMatchObject({ assignee: WORKER, people: { cover: null } });
      expect((await rig.get(OTHER, `/cases/${caseId}`)).status).toBe(404);
    }
  });

  test('one that is going to begin does not', async () => {
    const caseId = await assigned('代管童戊');
    await must(SUPERVISOR, '/covers', cover({ from: new Date(Date.now() + 86_400_000).toISOString() }));
    expect((await peopleOf(caseId))['cover']).toMatchObject({ by: OTHER, begun: false });
    await shutOut(caseId, OTHER);
    expect((await peopleOf(caseId))['cover']).toBeNull();
  });
});

describe('moving to another station', () => {
  const offer = { stationId: 'donghu', ground: 'consent', reason: '孩子随母迁至东湖街道' };

  test('nobody there hears of a restricted case but the named; those who had it read what was, and hear nothing more', async () => {
    const caseId = await assigned('移交童甲');
    await restrict(caseId, [WORKER, 'duty1']);
    const number = await numberOf(caseId);
    await must(SUPERVISOR, `/cases/${caseId}/transfer`, offer);
    for (const who of ['donghu_supervisor', 'donghu_worker1', 'duty2', 'evaluator', OTHER] as const)
      for (const way of ['in', 'out', 'past']) {
        const { text } = await rig.get(who, `/transfers?way=${way}`);
        expect([who, way, text.includes(caseId) || text.includes(number)]).toEqual([who, way, false]);
      }
    for (const [path, body] of [
      ['accept', {}],
      ['decline', { reason: '不在辖区' }],
    ] as const)
      expect((await rig.post('donghu_supervisor', `/cases/${caseId}/transfer/${path}`, body)).status).toBe(404);
    expect(itemsOf(await rig.get('duty1', '/transfers')).map((one) => one['caseId'])).toContain(caseId);
    // Not given to anybody there who may not know of it.
    const given = await rig.post('duty1', `/cases/${caseId}/transfer/accept`, { staffId: 'donghu_worker1' });
    expect(given.status).toBe(422);
    expect(await must('duty1', `/cases/${caseId}/transfer/accept`, {})).toMatchObject({ stationId: 'donghu' });
    expect(await told(caseId, 'donghu_supervisor')).toBe(0);

    const { db } = rig.api.deps;
    expect((await rig.get(WORKER, `/cases/${caseId}`)).json['leftAt']).not.toBeNull();
    expect((await rig.get(OTHER, `/cases/${caseId}`)).status).toBe(404);
    const shield = await shieldOf(db, caseId);
    const on = { found: { people: [] }, stationId: 'donghu' };
    const rung = await shieldedRung(db, shield, { role: 'worker' }, on);
    expect(rung.people.map(({ id }) => id)).toEqual(['duty1']);
    expect((await shieldedRung(db, shield, { role: 'supervisor' }, on)).people).toEqual([]);
  });

  test('whoever there is shut out is not offered it and does not get it', async () => {
    const caseId = await assigned('移交童乙');
    await must(SUPERVISOR, `/cases/${caseId}/transfer`, offer);
    await shutOut(caseId, 'donghu_worker1', 'duty1');
    const accept = (staffId: string) => rig.post('donghu_supervisor', `/cases/${caseId}/transfer/accept`, { staffId });
    expect((await accept('donghu_worker1')).json).toMatchObject({ status: 422, errors: [{ path: 'staffId' }] });
    await shutOut(caseId, 'donghu_supervisor', 'duty1');
    expect((await accept('donghu_worker2')).status).toBe(404);
    const { text } = await rig.get('donghu_supervisor', '/transfers');
    expect(text).not.toContain(caseId);
  });
});

test('a partner is not told to call somebody who must not know of the case', async () => {
  const { db } = rig.api.deps;
  const of = async (caseId: string) => contactOf(db, await db.caseRow.findUniqueOrThrow({ where: { id: caseId } }));
  const caseId = await rig.report(WORKER, { child: { name: '转介童甲' } });
  expect(await of(caseId)).toMatchObject({ name: (await db.staff.findUnique({ where: { id: SUPERVISOR } }))?.name });
  await shutOut(caseId, SUPERVISOR, 'duty1');
  expect(await of(caseId)).toBeUndefined();
});

test('broken glass is not shown again to whoever was shut out since', async () => {
  const caseId = await assigned('查阅童甲');
  await restrict(caseId, [WORKER]);
  const glass = await must(OTHER, '/break-glass', { number: await numberOf(caseId), reason: '夜间求助' });
  await shutOut(caseId, OTHER);
  expect((await rig.get(OTHER, '/break-glass')).text).not.toContain(caseId);
  const ended = await rig.post(OTHER, `/break-glass/${String(glass['id'])}/end`);
  expect([ended.status, ended.text.includes(caseId)]).toEqual([404, false]);
});
