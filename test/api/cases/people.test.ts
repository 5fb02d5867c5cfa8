import { randomUUID } from 'node:crypto';
import { pdf } from '../../support/files';
import { type Answer, CHILD, eventually, itemsOf, NARRATIVE, Rig } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

type Json = Record<string, unknown>;
const peopleOf = ({ json }: Answer): Record<string, Json | null> => json['people'] as Record<string, Json | null>;
const kindsOf = async (who: string, caseId: string): Promise<unknown[]> =>
  itemsOf(await rig.get(who, `/cases/${caseId}/timeline`)).map(({ kind }) => kind);
const assigned = async (): Promise<string> => {
  const caseId = await rig.report();
  await rig.post('xinhua_supervisor', `/cases/${caseId}/assign`, { staffId: 'xinhua_worker1' });
  return caseId;
};
const told = (caseId: string, kind: string) =>
  rig.api.deps.db.delivery.findMany({ where: { caseId, kind, channel: 'sms' }, orderBy: { key: 'asc' } });

describe('handing over', () => {
  test('asked, accepted by nobody but who was asked, and then theirs', async () => {
    const caseId = await assigned();
    const asked = await rig.post('xinhua_worker1', `/cases/${caseId}/hand-over`, {
      staffId: 'xinhua_worker2',
      note: '学校已联系',
    });
    expect(asked.status).toBe(200);
    expect(asked.json['assignee']).toBe('xinhua_worker1');
    expect(peopleOf(asked)['handover']).toMatchObject({ to: 'xinhua_worker2', askedBy: 'xinhua_worker1' });
    expect(peopleOf(asked)['handover']?.['acceptBy']).toMatch(/\+08:00$/);
    await eventually(async () =>
      (await told(caseId, 'accept_asked')).some(({ personId }) => personId === 'xinhua_worker2'),
    );
    expect((await rig.post('xinhua_supervisor', `/cases/${caseId}/hand-over/accept`)).status).toBe(403);
    const again = await rig.post('xinhua_worker1', `/cases/${caseId}/hand-over`, { staffId: 'xinhua_supervisor' });
    expect(again.status).toBe(409);
    expect(again.json['possible']).toContain('hand-over/withdraw');
    const taken = await rig.post('xinhua_worker2', `/cases/${caseId}/hand-over/accept`);
    expect(taken.json).toMatchObject({ assignee: 'xinhua_worker2', people: { handover: null } });
    expect((await rig.post('xinhua_worker2', `/cases/${caseId}/hand-over/decline`, { reason: '晚了' })).status).toBe(
      409,
    );
  });

  test('declined with a reason that stands in the vault; somebody of another station cannot be asked', async () => {
    const caseId = await assigned();
    expect((await rig.post('xinhua_worker1', `/cases/${caseId}/hand-over`, { staffId: 'donghu_worker1' })).status).toBe(
      422,
    );
    await rig.post('xinhua_worker1', `/cases/${caseId}/hand-over`, { staffId: 'xinhua_worker2' });
    const reason = '与当事人有亲属关系';
    const declined = await rig.post('xinhua_worker2', `/cases/${caseId}/hand-over/decline`, { reason });
    expect(declined.json).toMatchObject({ assignee: 'xinhua_worker1', people: { handover: null } });
    const items = itemsOf(await rig.get('xinhua_worker1', `/cases/${caseId}/timeline`));
    expect(items.find(({ kind }) => kind === 'handover_declined')).toMatchObject({ note: reason });
    const event = await rig.api.deps.db.event.findFirst({ where: { caseId, kind: 'handover_declined' } });
    expect(JSON.stringify(event?.data)).not.toContain(reason);
  });

  test('taken over without being asked: the one before hears of it', async () => {
    const caseId = await assigned();
    const taken = await rig.post('xinhua_worker2', `/cases/${caseId}/take-over`, { reason: '承办人失联' });
    expect(taken.json['assignee']).toBe('xinhua_worker2');
    await eventually(async () =>
      (await told(caseId, 'step_news')).some(({ personId }) => personId === 'xinhua_worker1'),
    );
  });
});

describe('standing in', () => {
  const body = (more: Json = {}): Json => ({
    ...{ staffId: 'donghu_worker1', byId: 'donghu_worker2' },
    until: new Date(Date.now() + 3 * 86_400_000).toISOString(),
    ...more,
  });

  test('seen before, moved at once, and brought back; what was given away meanwhile stays', async () => {
    const ids: string[] = [];
    for (const name of ['测试甲', '测试乙', '测试丙']) {
      const id = await rig.report('donghu_worker1', { type: 'neglect', child: { name } });
      await rig.post('donghu_supervisor', `/cases/${id}/assign`, { staffId: 'donghu_worker1' });
      ids.push(id);
    }
    const preview = await rig.post('donghu_supervisor', '/covers', body({ preview: true }));
    expect(preview.status).toBe(200);
    expect(new Set((preview.json['cases'] as Json[]).map(({ caseId }) => caseId))).toEqual(new Set(ids));
    expect((preview.json['cases'] as Json[]).every(({ steps }) => (steps as Json[]).length > 0)).toBe(true);
    const assignees = () =>
      Promise.all(ids.map(async (id) => (await rig.get('donghu_supervisor', `/cases/${id}`)).json['assignee']));
    expect(await assignees()).toEqual(ids.map(() => 'donghu_worker1'));

    const key = randomUUID();
    const asked = body();
    const made = await rig.post('donghu_supervisor', '/covers', asked, key);
    expect(made.status).toBe(201);
    expect(await assignees()).toEqual(ids.map(() => 'donghu_worker2'));
    expect((await rig.post('donghu_supervisor', '/covers', asked, key)).json).toEqual(made.json);
    const cover = made.json['cover'] as Json;
    expect(itemsOf(await rig.get('donghu_supervisor', '/covers'))).toMatchObject([{ id: cover['id'] }]);
    expect(itemsOf(await rig.get('xinhua_supervisor', '/covers'))).toEqual([]);

    // Who stands in cannot be given it for good in passing: it would go back all the same, and nobody would know why.
    const forGood = [
      await rig.post('donghu_supervisor', `/cases/${ids[0]}/assign`, { staffId: 'donghu_worker2' }),
      await rig.post('donghu_worker2', `/cases/${ids[0]}/take-over`, {}),
    ];
    expect(forGood.map(({ status, json }) => [status, json['type'], json['possible']])).toEqual(
      forGood.map(() => [409, 'urn:shouwang:problem:cover-holds', ['end the cover']]),
    );
    await rig.post('donghu_supervisor', `/cases/${ids[2]}/assign`, { staffId: 'donghu_supervisor' });
    expect((await rig.post('xinhua_supervisor', `/covers/${String(cover['id'])}/end`)).status).toBe(404);
    expect((await rig.post('donghu_supervisor', `/covers/${String(cover['id'])}/end`)).json['endedAt']).not.toBeNull();
    expect(await assignees()).toEqual(['donghu_worker1', 'donghu_worker1', 'donghu_supervisor']);
  });

  test('ended while it is being arranged: no case is left with who stands in', async () => {
    const { db } = rig.api.deps;
    const [staffId, byId] = ['xinhua_worker2', 'xinhua_supervisor'];
    const ids = await Promise.all(
      ['代管甲', '代管乙', '代管丙'].map((name) => rig.report(undefined, { child: { name } })),
    );
    for (const id of ids) await rig.post('xinhua_supervisor', `/cases/${id}/assign`, { staffId });
    const given = body({ staffId, byId });
    const seen = await rig.post('xinhua_supervisor', '/covers', { ...given, preview: true });
    const inTurn = (seen.json['cases'] as Json[]).map(({ caseId }) => String(caseId));
    expect(inTurn).toEqual(expect.arrayContaining(ids));
    const covered = (caseId: string) =>
      db.caseRow.findFirst({
        where: { id: caseId, assigneeId: byId, people: { path: ['cover', 'by'], equals: byId } },
      });
    // The second case is told, and what it has become is being written.
    let arranging: Promise<Answer> | undefined;
    await db.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1 AS held FROM cases WHERE id = ${inTurn[1]} FOR UPDATE`;
        arranging = rig.post('xinhua_supervisor', '/covers', given);
        await eventually(() => covered(inTurn[0] ?? ''));
        const waits = () => db.$queryRaw<{ n: number }[]>`
          SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE cases SET rev%'`;
        await eventually(async () => ((await waits())[0]?.n ?? 0) > 0);
        const { id } = await db.cover.findFirstOrThrow({ where: { staffId } });
        const ended = await rig.post('xinhua_supervisor', `/covers/${id}/end`);
        expect([ended.status, ended.json['endedAt']]).toEqual([200, expect.any(String)]);
      },
      { timeout: 60_000 },
    );
    const made = await arranging;
    const assignees = await Promise.all(
      inTurn.map(async (id) => (await rig.get('xinhua_supervisor', `/cases/${id}`)).json['assignee']),
    );
    expect(assignees).toEqual(inTurn.map(() => staffId));
    expect(made?.json['cover']).toMatchObject({ endedAt: expect.any(String) });
    const moved = (made?.json['cases'] ?? []) as Json[];
    expect(moved.map(({ stays }) => stays)).toEqual([null, ...inTurn.slice(1).map(() => 'CoverEnded')]);
    expect(itemsOf(await rig.get('xinhua_supervisor', '/covers'))).toEqual([]);
  });

  test('an ended cover that still holds a case is listed, and ended by ending it again', async () => {
    const { db } = rig.api.deps;
    const caseId = await rig.report();
    await rig.post('xinhua_supervisor', `/cases/${caseId}/assign`, { staffId: 'xinhua_worker2' });
    const given = body({ staffId: 'xinhua_worker2', byId: 'xinhua_worker1' });
    const { id } = (await rig.post('xinhua_supervisor', '/covers', given)).json['cover'] as { id: string };
    // As it stands where Temporal was away when its case was to be told.
    await db.cover.update({ where: { id }, data: { endedAt: new Date() } });
    expect(itemsOf(await rig.get('xinhua_supervisor', '/covers')).map((one) => one['id'])).toContain(id);
    await rig.post('xinhua_supervisor', `/covers/${id}/end`);
    expect((await rig.get('xinhua_supervisor', `/cases/${caseId}`)).json['assignee']).toBe('xinhua_worker2');
    expect(itemsOf(await rig.get('xinhua_supervisor', '/covers')).map((one) => one['id'])).not.toContain(id);
  });

  test('the roster’s leave gives the times, and a warning where who stands in is away too', async () => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const leaves = await Promise.all(
      ['xinhua_worker1', 'xinhua_worker2'].map((staffId) =>
        rig.post('xinhua_supervisor', '/roster/leaves', { staffId, from, until }),
      ),
    );
    const given = { staffId: 'xinhua_worker1', byId: 'xinhua_worker2', leaveId: leaves[0]?.json['id'], preview: true };
    const seen = await rig.post('xinhua_supervisor', '/covers', given);
    expect(seen.json['warnings']).toContain('by_is_away');
    const wrong = await rig.post('xinhua_supervisor', '/covers', { ...given, leaveId: leaves[1]?.json['id'] });
    expect(wrong.status).toBe(422);
    for (const { json } of leaves) {
      const path = `http://127.0.0.1:${rig.api.port}/api/v1/roster/leaves/${String(json['id'])}`;
      const token = rig.accounts.find(({ username }) => username === 'xinhua_supervisor')?.token;
      await fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${String(token)}` } });
    }
  });

  test.each([
    ['the same person twice', body({ byId: 'donghu_worker1' })],
    ['another station', body({ byId: 'xinhua_worker1' })],
    ['the past', body({ until: '2026-01-01T00:00:00+08:00' })],
    ['no end', body({ until: undefined })],
  ])('422 for %s', async (_what, given) => {
    expect((await rig.post('donghu_supervisor', '/covers', given)).status).toBe(422);
  });
});

describe('moving to another station', () => {
  test('where it can go: the other stations by name, not one’s own, never the bureau; no business of a worker’s', async () => {
    const { status, json } = await rig.get('xinhua_supervisor', '/transfers/stations');
    expect(status).toBe(200);
    expect(json['items']).toEqual([{ id: 'donghu', name: expect.stringContaining('工作站') }]);
    expect((await rig.get('xinhua_worker1', '/transfers/stations')).status).toBe(403);
    expect((await rig.get('xinhua_supervisor', '/transfers/stations?x=1')).status).toBe(422);
  });

  const offer = { stationId: 'donghu', ground: 'consent', reason: '监护人书面同意，孩子随母迁至东湖街道' };

  test('offered, read there, accepted; the old station keeps what it did and sees nothing that follows', async () => {
    const caseId = await assigned();
    await rig.post('xinhua_worker1', `/cases/${caseId}/steps/first_contact/complete`, {
      outcome: 'done',
      note: '见到孩子',
    });
    const upload = async (who: string, name: string): Promise<string> => {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(pdf())], { type: 'application/pdf' }), name);
      const token = rig.accounts.find(({ username }) => username === who)?.token;
      const headers = { authorization: `Bearer ${String(token)}` };
      const { json } = await rig.fetch(`/api/v1/uploads/cases/${caseId}`, { method: 'POST', headers, body: form });
      return String(json['id']);
    };
    const before = await upload('xinhua_worker1', '走访记录.pdf');
    expect((await rig.post('xinhua_worker1', `/cases/${caseId}/transfer`, offer)).status).toBe(403);
    const dues = ((await rig.get('xinhua_worker1', `/cases/${caseId}`)).json['steps'] as Json[]).map(
      ({ id, dueAt }) => [id, dueAt],
    );
    const asked = await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer`, offer);
    expect(asked.json).toMatchObject({ stationId: 'xinhua', assignee: 'xinhua_worker1' });
    expect(peopleOf(asked)['transfer']).toMatchObject({ to: 'donghu', ground: 'consent' });
    await eventually(async () =>
      (await told(caseId, 'accept_asked')).some(({ personId }) => personId === 'donghu_supervisor'),
    );

    // Until then it is not theirs: they read that it is offered, and why, and no more.
    expect((await rig.get('donghu_supervisor', `/cases/${caseId}`)).status).toBe(404);
    const offered = itemsOf(await rig.get('donghu_supervisor', '/transfers'));
    expect(offered.find((one) => one['caseId'] === caseId)).toMatchObject({
      reason: offer.reason,
      stationId: 'xinhua',
    });
    expect(JSON.stringify(offered)).not.toContain(CHILD.name);
    expect(itemsOf(await rig.get('evaluator', '/transfers')).find((one) => one['caseId'] === caseId)).toMatchObject({
      reason: null,
    });
    expect((await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer/accept`)).status).toBe(409);
    expect(
      (await rig.post('donghu_supervisor', `/cases/${caseId}/transfer/accept`, { staffId: 'xinhua_worker2' })).status,
    ).toBe(422);

    const accepted = await rig.post('donghu_supervisor', `/cases/${caseId}/transfer/accept`, {
      staffId: 'donghu_worker1',
    });
    expect(accepted.json).toMatchObject({
      stationId: 'donghu',
      assignee: 'donghu_worker1',
      people: { transfer: null },
    });
    const after = (accepted.json['steps'] as Json[]).filter(({ kind }) => kind !== 'transfer_accept');
    expect(after.map(({ id, dueAt }) => [id, dueAt])).toEqual(dues);
    await rig.post('donghu_worker1', `/cases/${caseId}/steps/safety_plan/complete`, {
      outcome: 'done',
      note: '新站的安全计划',
    });

    const old = await rig.get('xinhua_worker1', `/cases/${caseId}`);
    expect(old.json).toMatchObject({ stationId: 'xinhua', assignee: 'xinhua_worker1', narrative: NARRATIVE });
    expect(old.json['leftAt']).not.toBeNull();
    expect((old.json['steps'] as Json[]).find(({ id }) => id === 'safety_plan')).toMatchObject({ state: 'pending' });
    expect((old.json['steps'] as Json[]).find(({ id }) => id === 'first_contact')).toMatchObject({ note: '见到孩子' });
    const kinds = await kindsOf('xinhua_worker1', caseId);
    expect(kinds.at(-1)).toBe('transferred');
    expect(JSON.stringify((await rig.get('xinhua_worker1', `/cases/${caseId}/timeline`)).json)).not.toContain(
      '新站的安全计划',
    );
    expect((await kindsOf('donghu_worker1', caseId)).length).toBeGreaterThan(kinds.length);
    const looks = await rig.api.deps.db.accessLog.findMany({ where: { caseId, ground: 'former' } });
    expect(looks.length).toBeGreaterThan(0);

    const later = await upload('donghu_worker1', '新站记录.pdf');
    expect(itemsOf(await rig.get('xinhua_worker1', `/cases/${caseId}/attachments`)).map(({ id }) => id)).toEqual([
      before,
    ]);
    expect((await rig.get('xinhua_worker1', `/attachments/${before}`)).status).toBe(200);
    expect((await rig.get('xinhua_worker1', `/attachments/${later}`)).status).toBe(404);
    expect((await rig.post('xinhua_worker1', `/attachments/${before}/withdraw`, { reason: '误传' })).status).toBe(404);
    expect(itemsOf(await rig.get('donghu_worker1', `/cases/${caseId}/attachments`))).toHaveLength(2);

    // Nothing is left to do there: not in the list, and no write goes through.
    expect((await rig.post('xinhua_worker1', `/cases/${caseId}/take-over`)).status).toBe(404);
    const listed = itemsOf(await rig.get('xinhua_supervisor', '/cases?limit=200')).map(({ id }) => id);
    expect(listed).not.toContain(caseId);
    expect(itemsOf(await rig.get('xinhua_supervisor', '/transfers?way=past')).map((one) => one['caseId'])).toContain(
      caseId,
    );
  });

  test('declined with a reason, or withdrawn, it stays where it is', async () => {
    const caseId = await assigned();
    await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer`, { ...offer, ground: 'statutory' });
    expect(itemsOf(await rig.get('xinhua_supervisor', '/transfers?way=out')).map((one) => one['caseId'])).toContain(
      caseId,
    );
    const declined = await rig.post('donghu_supervisor', `/cases/${caseId}/transfer/decline`, {
      reason: '孩子不在本辖区',
    });
    expect(declined.status).toBe(200);
    const kept = await rig.get('xinhua_supervisor', `/cases/${caseId}`);
    expect(kept.json).toMatchObject({ stationId: 'xinhua', people: { transfer: null }, leftAt: null });
    expect((await rig.post('donghu_supervisor', `/cases/${caseId}/transfer/accept`)).status).toBe(404);
    await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer`, offer);
    expect((await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer/withdraw`)).status).toBe(200);
    const nothing = await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer/withdraw`);
    expect(nothing).toMatchObject({ status: 409, json: { possible: ['transfer'] } });
  });

  test('withdrawn and offered anew, it is not moved by an answer to the offer of before', async () => {
    const caseId = await assigned();
    const third = { id: 'third', name: '演示三站' };
    await rig.api.deps.db.station.create({ data: third });
    const asked = async (stationId: string): Promise<Json> => {
      const { json, text } = await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer`, { ...offer, stationId });
      const { transfer } = json['people'] as { transfer?: Json };
      if (!transfer) throw new Error(text);
      return transfer;
    };
    const withdraw = () => rig.post('xinhua_supervisor', `/cases/${caseId}/transfer/withdraw`);
    const { askedAt } = await asked('donghu');
    const first = itemsOf(await rig.get('donghu_supervisor', '/transfers')).find((one) => one['caseId'] === caseId);
    expect(first).toMatchObject({ askedAt });
    await withdraw();
    await asked('third');
    // What a request of the first station says that had looked at the case before.
    const late = { do: 'accept_transfer', staffId: 'donghu_worker1' } as const;
    const stale = { to: 'donghu', askedAt: Date.parse(String(askedAt)) };
    const actor = { kind: 'staff', id: 'donghu_supervisor' } as const;
    const said = rig.api.deps.cases.command(caseId, { ...late, offer: stale, actor }, randomUUID());
    await expect(said).rejects.toMatchObject({ type: 'TransferChanged' });
    // Who answers for all stations has the offer of before on the screen.
    for (const [what, body] of [
      ['accept', {}],
      ['decline', { reason: '不在本辖区' }],
    ] as const) {
      const refused = await rig.post('duty1', `/cases/${caseId}/transfer/${what}`, { ...body, askedAt });
      expect([refused.status, refused.json['type']]).toEqual([409, 'urn:shouwang:problem:transfer-changed']);
    }
    await withdraw();
    const again = await asked('donghu');
    const accept = { staffId: 'donghu_worker1', askedAt: again['askedAt'] };
    const taken = await rig.post('donghu_supervisor', `/cases/${caseId}/transfer/accept`, accept);
    expect(taken.json).toMatchObject({ stationId: 'donghu', assignee: 'donghu_worker1' });
  });

  test.each([
    ['its own station', { stationId: 'xinhua' }],
    ['the bureau', { stationId: 'bureau' }],
    ['no station at all', { stationId: 'nowhere' }],
    ['a ground that is none', { ground: 'because' }],
    ['no reason', { reason: ' ' }],
  ])('422 for %s', async (_what, more) => {
    const caseId = await assigned();
    expect((await rig.post('xinhua_supervisor', `/cases/${caseId}/transfer`, { ...offer, ...more })).status).toBe(422);
  });
});
