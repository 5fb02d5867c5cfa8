import { setTimeout as sleep } from 'node:timers/promises';
import { giveClues } from '../../../store/child-index';
import { CHILD, eventually, REPORT, Rig, TAKEN, type Who } from '../cases/rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

interface Taken {
  id: string;
  number: string;
  possible: { caseId: string; number: string; why: string }[];
}

async function report(child: object, who: Who = 'xinhua_worker1', more: object = {}): Promise<Taken> {
  const { status, json, text } = await rig.post(who, '/cases', { ...REPORT, ...more, child });
  if (!TAKEN.includes(status)) throw new Error(text);
  return json as unknown as Taken;
}

test('who was reported before is shown, and by what: number, telephone, name, sound of the name', async () => {
  const first = await report({ name: '罗小雨', idNumber: '654002201605040038', phone: '13800001201' });
  expect(first.possible).toEqual([]);
  for (const [child, why] of [
    [{ name: '另外一人', idNumber: '654002201605040038' }, 'id_number'],
    [{ phone: '+86 138 0000 1201' }, 'phone'],
    [{ name: ' 罗 小雨' }, 'name'],
    [{ name: '骆晓宇' }, 'name_sound'],
  ] as const) {
    const { possible } = await report(child);
    expect(possible).toContainEqual({ caseId: first.id, number: first.number, why });
  }
  expect((await report({ name: '毫不相干' })).possible).toEqual([]);
  const { json } = await rig.get('xinhua_worker1', `/cases/${first.id}`);
  expect((json['possible'] as unknown[]).length).toBe(4);
});

test('another station’s file stays its own; who answers for all stations finds it', async () => {
  const child = { name: '欧阳测一', idNumber: '654002201605040046' };
  const theirs = await report(child, 'donghu_worker1');
  const ours = await report(child);
  expect(ours.possible).toEqual([]);
  const path = `/cases/${ours.id}/possible`;
  expect((await rig.get('xinhua_worker1', path)).json).toEqual({ items: [] });
  expect((await rig.get('xinhua_supervisor', path)).json).toEqual({ items: [] });
  expect((await rig.get('duty1', path)).json).toEqual({
    items: [{ caseId: theirs.id, number: theirs.number, stationId: 'donghu', why: 'id_number' }],
  });
  expect((await rig.get('donghu_worker1', path)).status).toBe(404);
});

test('a drill is nobody’s double', async () => {
  const child = { name: '演练童某乙' };
  const drill = await rig.post('xinhua_supervisor', '/cases', { ...REPORT, child, drill: true });
  expect(TAKEN).toContain(drill.status);
  expect((await report(child)).possible).toEqual([]);
});

test('nothing that could be read stands outside the vault', async () => {
  await report({ ...CHILD, name: '尉迟测三' });
  const rows = await rig.api.deps.db.$queryRaw<{ line: string }[]>`SELECT c::text AS line FROM child_clues c`;
  expect(rows.length).toBeGreaterThan(5);
  const all = rows.map(({ line }) => line).join('\n');
  for (const word of ['尉迟', 'wei', 'yuchi', CHILD.idNumber, CHILD.phone, Buffer.from(CHILD.idNumber).toString('hex')])
    expect(all).not.toContain(word);
});

test('cases from before there were clues are given theirs', async () => {
  const { db, vault, index } = rig.api.deps;
  const old = await report({ name: '端木测四', phone: '13800001204' });
  await db.childClue.deleteMany({ where: { refId: old.id } });
  await db.caseRow.update({ where: { id: old.id }, data: { clued: false } });
  await giveClues(db, vault, index);
  await eventually(() => db.caseRow.findFirst({ where: { id: old.id, clued: true } }));
  expect((await report({ phone: '13800001204' })).possible).toContainEqual({
    caseId: old.id,
    number: old.number,
    why: 'phone',
  });
});

test('a child whose key was destroyed is not found again, and the sweep leaves it at that', async () => {
  const { db, vault, index } = rig.api.deps;
  const gone = await report({ name: '司马测七', phone: '13800001207' });
  const { subjectId } = await db.caseRow.findUniqueOrThrow({ where: { id: gone.id } });
  await db.$transaction((tx) => vault.destroySubject(tx, subjectId));
  await giveClues(db, vault, index);
  expect(await db.childClue.count({ where: { refId: gone.id } })).toBe(0);
  expect((await report({ phone: '13800001207' })).possible).toEqual([]);
});

test('clues that are being given while the child’s key is destroyed do not stay', async () => {
  const { db, vault, index } = rig.api.deps;
  const gone = await report({ name: '上官测八', phone: '13800001208' });
  const { subjectId } = await db.caseRow.findUniqueOrThrow({ where: { id: gone.id } });
  await db.childClue.deleteMany({ where: { refId: gone.id } });
  let giving: Promise<number> | undefined;
  await db.$transaction(async (tx) => {
    await vault.destroySubject(tx, subjectId);
    await db.caseRow.update({ where: { id: gone.id }, data: { clued: false } });
    giving = giveClues(db, vault, index);
    // By now it has opened what is still there for everybody else, and waits or has written.
    await Promise.race([giving, sleep(1_500)]);
  });
  await giving;
  await eventually(() => db.caseRow.findFirst({ where: { id: gone.id, clued: true } }));
  expect(await db.childClue.count({ where: { refId: gone.id } })).toBe(0);
});
