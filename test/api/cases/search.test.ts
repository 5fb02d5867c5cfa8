import { itemsOf, Rig, type Who } from './rig';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 600_000);
afterAll(() => rig?.stop());

const WORKER = 'xinhua_worker1';
const CHILD = { name: '柏小舟', idNumber: '110101201801012345', phone: '13800001234' };
const found = async (who: Who, asked: object): Promise<unknown[][]> => {
  const answer = await rig.post(who, '/cases/search', asked);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return itemsOf(answer).map(({ id, why }) => [id, why]);
};

describe('cases by what is known of a child', () => {
  test('by name, as it sounds, by phone however it is typed, by identity number; the surest first', async () => {
    const id = await rig.report(WORKER, { child: CHILD });
    const sounds = await rig.report(WORKER, { child: { name: '白小周' } });
    await rig.report(WORKER, { child: { name: '他人' } });
    expect(await found(WORKER, { name: '柏 小舟' })).toEqual([
      [id, 'name'],
      ...(await found(WORKER, { name: '柏小洲' })).slice(1),
    ]);
    expect(await found(WORKER, { name: '白小舟' })).toEqual(
      expect.arrayContaining([
        [id, 'name_sound'],
        [sounds, 'name_sound'],
      ]),
    );
    expect(await found(WORKER, { phone: '138 0000 1234' })).toEqual([[id, 'phone']]);
    expect(await found(WORKER, { idNumber: CHILD.idNumber })).toEqual([[id, 'id_number']]);
    expect((await found(WORKER, { name: '白小周', idNumber: CHILD.idNumber }))[0]).toEqual([id, 'id_number']);
    expect(await found(WORKER, { name: '不详' })).toEqual([]);
    const [row] = itemsOf(await rig.post(WORKER, '/cases/search', { phone: CHILD.phone }));
    expect(row).toMatchObject({ status: 'open', nextStep: { kind: expect.any(String) }, stationId: 'xinhua' });
  });

  test('a station finds its own; the duty officer all; who may not know of a case does not find it', async () => {
    const child = { name: '限知童' };
    const id = await rig.report(WORKER, { child });
    expect(await found('donghu_worker1', { name: child.name })).toEqual([]);
    expect(await found('duty1', { name: child.name })).toEqual([[id, 'name']]);
    const body = { staffIds: ['xinhua_supervisor'], reason: '涉及本站人员' };
    expect((await rig.post('xinhua_supervisor', `/cases/${id}/restriction`, body)).status).toBe(200);
    expect(await found('xinhua_worker2', { name: child.name })).toEqual([]);
    expect(await found('xinhua_supervisor', { name: child.name })).toEqual([[id, 'name']]);
  });

  test('a search is on the record, its words are not', async () => {
    const { db } = rig.api.deps;
    const lines = () =>
      db.accessLog.findMany({
        where: { staffId: 'donghu_worker1', action: { startsWith: 'search:' } },
        orderBy: { id: 'asc' },
      });
    const before = (await lines()).length;
    await found('donghu_worker1', { name: '某某人' });
    await found('donghu_worker1', { name: '许小满' });
    const after = (await lines()).slice(before);
    expect(after.map(({ action, allowed }) => [action, allowed])).toEqual([
      ['search:name', true],
      ['search:own-name', true],
    ]);
    expect(JSON.stringify(after.map((line) => ({ ...line, id: 0 })))).not.toMatch(/某某人|小满/);
  });

  test.each([[{}], [{ name: '一' }], [{ idNumber: '123' }], [{ name: '柏小舟', story: '…' }]])(
    'nothing to go by, or something else: %j is refused',
    async (asked) => {
      expect((await rig.post(WORKER, '/cases/search', asked)).status).toBe(422);
    },
  );
});
