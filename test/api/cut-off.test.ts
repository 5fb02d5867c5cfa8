/** A phone that loses its signal in the middle of a report: what arrived in part is nothing, and the retry is taken. */
import { connect } from 'node:net';
import { startTestApi, type TestApi } from '../support/api';

const WORKER = 'xinhua_worker1';
const REPORT = { type: 'neglect', child: { name: '测试儿童' }, narrative: '演示:无人照料。' };
/** Taken, whether Temporal took long or not. */
const TAKEN = [201, 202];
let t: TestApi;

beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

/** Sends the first `bytes` of a report's body, and is gone. */
function cutOff(key: string, bytes: number): Promise<void> {
  const { hostname, port } = new URL(t.url);
  const body = Buffer.from(JSON.stringify(REPORT));
  const head = [
    'POST /api/v1/cases HTTP/1.1',
    `Host: ${hostname}:${port}`,
    `Authorization: Bearer ${t.account(WORKER).token}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `Idempotency-Key: ${key}`,
  ].join('\r\n');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head}\r\n\r\n`);
      socket.write(body.subarray(0, bytes), () => socket.destroy());
    });
    socket.once('error', reject);
    socket.once('close', () => resolve());
  });
}

test.each([0, 1, 40])('after %i bytes', async (bytes) => {
  const key = `cut-off-${bytes}`;
  const before = await t.api.deps.db.caseRow.count();
  await cutOff(key, bytes);
  const retried = await t.ask('POST', '/api/v1/cases', {
    as: WORKER,
    body: REPORT,
    headers: { 'idempotency-key': key },
  });
  expect({ bytes, taken: TAKEN.includes(retried.status) }).toEqual({ bytes, taken: true });
  // One case of both: the key is the same, and of a part nothing is made.
  expect(await t.api.deps.db.caseRow.count()).toBe(before + 1);
  expect(retried.headers.get('idempotent-replayed')).toBeNull();
});

test('after the last byte: taken at once or when it is sent again, and once in all', async () => {
  const { length } = Buffer.from(JSON.stringify(REPORT));
  const before = await t.api.deps.db.caseRow.count();
  const tries = 20;
  for (let n = 0; n < tries; n += 1) {
    const key = `whole-${n}`;
    await cutOff(key, length);
    const headers = { 'idempotency-key': key };
    const retried = await t.ask('POST', '/api/v1/cases', { as: WORKER, body: REPORT, headers });
    expect({ n, taken: TAKEN.includes(retried.status) }).toEqual({ n, taken: true });
  }
  expect(await t.api.deps.db.caseRow.count()).toBe(before + tries);
});
