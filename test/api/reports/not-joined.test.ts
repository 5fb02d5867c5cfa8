/** A report is joined to a case that is over by the time that it hears of it (并入时案件已结案). */
import { randomUUID } from 'node:crypto';
import { fastForwardReport } from '../../../sandbox/routes/fast-forward';
import { triageReport, unsettledReports } from '../../../store/reports/triage';
import { eventually, itemsOf, Rig } from '../cases/rig';

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
type Json = Record<string, unknown>;

let rig: Rig;
let key = '';
beforeAll(async () => {
  rig = await Rig.start();
  const hotline = { kind: 'hotline_12345', name: '12345 热线', stationId: 'xinhua' };
  key = String((await rig.post('admin', '/sources', hotline)).json['key']);
}, 600_000);
afterAll(() => rig?.stop());

/** A report in the queue. @returns its id */
async function queued(more: Json = {}): Promise<string> {
  const { status, json, text } = await rig.fetch('/api/v1/intake', {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ child: { name: '队列童甲' }, narrative: '样例叙述。', ...more }),
  });
  if (status !== 201) throw new Error(text);
  return String(json['id']);
}
const look = async (id: string) => (await rig.get(WORKER, `/reports/${id}`)).json;
const join = (id: string, caseId: string) => rig.post(WORKER, `/reports/${id}/join`, { caseId });

/** Every step settled, and somebody asked to close it: one word is missing. */
async function nearlyClosed(caseId: string): Promise<void> {
  const { json } = await rig.get(WORKER, `/cases/${caseId}`);
  for (const { id, state } of json['steps'] as { id: string; state: string }[])
    if (!['done', 'cancelled'].includes(state))
      await rig.post(WORKER, `/cases/${caseId}/steps/${id}/complete`, { outcome: 'not_applicable', note: '演示' });
  const asked = await rig.post(WORKER, `/cases/${caseId}/close`, { reason: '演示' });
  expect([asked.status, asked.text]).toEqual([200, asked.text]);
}

test('joined to a case that is closed in that very moment: it waits again, is watched over, and is said to whoever joined it', async () => {
  const { db, cases } = rig.api.deps;
  const [id, caseId] = [await queued({ triggers: ['sexual_abuse'] }), await rig.report(WORKER, { type: 'neglect' })];
  await eventually(() => db.report.findFirst({ where: { id, watch: 'running' } }));
  await nearlyClosed(caseId);
  // The case is looked at, and then the report's row is waited for.
  let joining: Promise<Awaited<ReturnType<typeof join>>> | undefined;
  await db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 AS held FROM reports WHERE id = ${id} FOR UPDATE`;
      joining = join(id, caseId);
      const waits = () => db.$queryRaw<{ n: number }[]>`
        SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM reports%FOR UPDATE%'`;
      await eventually(async () => ((await waits())[0]?.n ?? 0) > 0);
      const closed = await rig.post(SUPERVISOR, `/cases/${caseId}/close/decision`, { approve: true });
      expect(closed.json).toMatchObject({ status: 'closed' });
    },
    { timeout: 60_000 },
  );
  const answer = await joining;
  expect(answer?.json).toMatchObject({ status: 409, possible: ['reopen', 'screen_in'] });
  expect(String(answer?.json['type'])).toContain('case-closed');
  const file = await look(id);
  expect(file).toMatchObject({ state: 'waiting', caseId: null, screenedBy: null });
  const events = file['events'] as Json[];
  expect(events.at(-1)).toMatchObject({
    kind: 'report_join_refused',
    actor: { kind: 'system' },
    data: { caseId, by: WORKER, why: 'CaseClosed' },
  });
  expect(itemsOf(await rig.get(WORKER, '/reports?limit=200')).map((one) => one['id'])).toContain(id);
  expect(await cases.watchRuns(`report:${id}`)).toBe(true);

  // Joined again to the same case, which goes on by then, it is there, and so is what it says.
  expect((await rig.post(SUPERVISOR, `/cases/${caseId}/reopen`, { reason: '演示' })).status).toBe(200);
  expect((await join(id, caseId)).json).toMatchObject({ state: 'joined', caseId });
  await eventually(() => db.report.findFirst({ where: { id, watch: 'ended' } }));
  expect((await rig.get(WORKER, `/cases/${caseId}`)).json['triggers']).toContain('sexual_abuse');
});

test('what could not be joined calls people as any report that waits', async () => {
  const { db } = rig.api.deps;
  const id = await queued({ risk: 'critical' });
  await eventually(() => db.report.findFirst({ where: { id, watch: 'running' } }));
  const [from, into] = [await rig.report(WORKER), await rig.report(WORKER)];
  await rig.post(SUPERVISOR, `/cases/${from}/join`, { intoId: into, reason: '同一名儿童' });
  // As it stands when its case was joined between the look at that one and this.
  const doing = { id, triage: 'join', by: WORKER, operationId: randomUUID() } as const;
  await triageReport(db, doing, async (_tx, _row, now) => ({
    data: { state: 'joined', caseId: from, noteId: randomUUID(), screenedBy: WORKER, screenedAt: now },
    event: { kind: 'report_joined', data: { caseId: from } },
  }));
  // The sweep finds it.
  await eventually(() => db.report.findFirst({ where: { id, state: 'waiting' } }), 20_000);
  expect((await look(id))['events']).toContainEqual(
    expect.objectContaining({ data: { caseId: from, by: WORKER, why: 'CaseJoined' } }),
  );
  const before = await db.delivery.count({ where: { caseId: `report:${id}` } });
  await fastForwardReport(rig.api.deps, id, 20 * 60);
  await eventually(async () => (await db.delivery.count({ where: { caseId: `report:${id}` } })) > before);
});

test('however many cannot be settled, those of the other kind have their turn', async () => {
  const { db } = rig.api.deps;
  const id = await queued();
  const row = await db.report.findUniqueOrThrow({ where: { id } });
  const { alertId: _, ...like } = row;
  const old = new Date(Date.now() - 3_600_000);
  const stuck = Array.from({ length: 120 }, (_none, n) => ({
    ...{ ...like, id: randomUUID(), number: `Z${String(n).padStart(5, '0')}`, input: {}, subjectId: randomUUID() },
    ...{ watch: 'pending', receivedAt: old },
  }));
  await db.report.createMany({ data: stuck });
  try {
    await db.report.update({ where: { id }, data: { watch: 'running', state: 'screened_out', screenedAt: old } });
    const found = await unsettledReports(db, 2_000);
    expect(found.map((one) => one.id)).toContain(id);
  } finally {
    await db.report.deleteMany({ where: { id: { in: stuck.map((one) => one.id) } } });
  }
});
