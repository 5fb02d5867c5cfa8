/** One push of the carrier holds up to a hundred receipts: what they change, together and one by one. */
import { makeDeliveries } from '../../store/deliveries';
import type { Db } from '../../store/db';
import { hire, lateCase, overdueTell } from './deliver-rig';
import { startTestApi, type TestApi } from '../support/api';

let t: TestApi;
let db: Db;
beforeAll(async () => {
  t = await startTestApi();
  ({ db } = t.api.deps);
  await db.station.create({ data: { id: 'east', name: '城东站' } });
}, 600_000);
afterAll(() => t?.close());

const serial = (() => {
  let n = 0;
  return () => `2026:${(n += 1)}`;
})();

/** A text that the carrier has taken, and whose receipt has not come. @param carried by that other text */
async function sentText(carried?: { key: string }): Promise<{ key: string; ref: string }> {
  const person = await hire(db);
  const { caseId, alertId, number } = await lateCase(db);
  const [made] = await makeDeliveries(db, {
    ...{ caseId, number, risk: 'high', at: Date.now(), channels: ['sms'] },
    tell: overdueTell(alertId, { staffId: person.id }),
    person: { kind: 'staff', id: person.id, phone: person.phone },
  });
  const [key, ref] = [made?.key ?? '', serial()];
  const data = carried ? { bundledIn: carried.key } : { providerRef: ref };
  await db.delivery.update({ where: { key }, data: { state: 'sent', provider: 'sms', ...data } });
  return { key, ref };
}

const receiptOf = (sid: string, report_status = 'SUCCESS') => ({
  ...{ mobile: '13800000000', nationcode: '86', report_status, sid },
  errmsg: report_status === 'SUCCESS' ? 'DELIVRD' : 'UNDELIV',
});
const push = (body: unknown) => t.ask('POST', `/carrier/tencent/${t.config.carrierSecret}/status`, { body });

async function counts(): Promise<Record<string, number>> {
  const text = await t.api.deps.metrics.registry.getSingleMetricAsString('shouwang_carrier_receipts_total');
  return Object.fromEntries([...text.matchAll(/result="(\w+)"\} (\d+)/g)].map(([, name, n]) => [name, Number(n)]));
}

test('a push of several kinds: arrived ones with what they carried, one twice, one unknown, one lost, one unreadable', async () => {
  const [first, second, lost] = [await sentText(), await sentText(), await sentText()];
  const carried = [await sentText(first), await sentText(first)];
  const before = await counts();
  const rise = async (name: string) => ((await counts())[name] ?? 0) - (before[name] ?? 0);
  const { status, body } = await push([
    ...[receiptOf(first.ref), receiptOf(lost.ref, 'FAIL'), receiptOf(second.ref), receiptOf(first.ref)],
    ...[receiptOf('nobody:1'), { sid: 1 }],
  ]);
  expect([status, body]).toEqual([200, { result: 0, errmsg: 'OK' }]);
  for (const { key } of [first, second, ...carried]) {
    const row = await db.delivery.findUniqueOrThrow({ where: { key } });
    expect(row).toMatchObject({ state: 'delivered', code: null });
    expect(row.receiptAt).not.toBeNull();
  }
  // What went in another's text has that one's number.
  const refs = await db.delivery.findMany({ where: { bundledIn: first.key }, select: { providerRef: true } });
  expect(refs).toEqual([{ providerRef: first.ref }, { providerRef: first.ref }]);
  expect(await db.delivery.findUniqueOrThrow({ where: { key: lost.key } })).toMatchObject({
    ...{ state: 'failed', code: 'UNDELIV' },
  });
  expect(await rise('delivered')).toBe(4);
  expect(await rise('failed')).toBe(1);
  expect(await rise('repeated')).toBe(1);
  expect(await rise('unknown')).toBe(1);
  expect(await rise('unreadable')).toBe(1);
});

test('a receipt of success after one of failure, and the other way round, changes nothing any more', async () => {
  const [one, other] = [await sentText(), await sentText()];
  const stateOf = async ({ key }: { key: string }) => (await db.delivery.findUniqueOrThrow({ where: { key } })).state;
  await push([receiptOf(one.ref, 'FAIL')]);
  await push([receiptOf(one.ref)]);
  expect(await stateOf(one)).toBe('failed');
  await push([receiptOf(other.ref)]);
  await push([receiptOf(other.ref, 'FAIL')]);
  expect(await stateOf(other)).toBe('delivered');
});
