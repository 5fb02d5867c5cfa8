/** What screens hear as it happens: each in their scope, nothing that was written, and no open end. */
import { ROLES } from '../../api/permissions';
import { startTestApi, type TestApi } from '../support/api';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

const REPORT = { type: 'neglect', risk: 'critical', child: { name: '测试儿童' }, narrative: '演示:无人照料。' };
const report = (as: string) => t.ask('POST', '/api/v1/cases', { as, body: REPORT });

interface Stream {
  status: number;
  type: string;
  /** Everything heard so far. */
  heard(): string;
  until(text: string): Promise<void>;
  stop(): void;
}

/** @param heardLast the id of what was heard last, where it was away */
async function listen(as: string, heardLast?: string): Promise<Stream> {
  const stop = new AbortController();
  const headers = new Headers({ authorization: `Bearer ${t.account(as).token}` });
  if (heardLast !== undefined) headers.set('last-event-id', heardLast);
  const response = await fetch(`${t.url}/api/v1/stream`, { headers, signal: stop.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    heard: () => heard,
    async until(text) {
      while (!heard.includes(text)) {
        const { done = true, value = '' } = (await reader?.read()) ?? {};
        heard += value;
        if (done) throw new Error(`ended before ${text}: ${heard}`);
      }
    },
    stop: () => stop.abort(),
  };
}

test('every role may listen, nobody without a sign-in', async () => {
  const of: Record<(typeof ROLES)[number], string> = {
    social_worker: 'xinhua_worker1',
    supervisor: 'xinhua_supervisor',
    duty_officer: 'duty1',
    admin: 'admin',
    evaluator: 'evaluator',
  };
  for (const role of ROLES) {
    const stream = await listen(of[role]);
    expect([role, stream.status, stream.type]).toEqual([role, 200, 'text/event-stream; charset=utf-8']);
    await stream.until('event: hello');
    stream.stop();
  }
  expect((await t.ask('GET', '/api/v1/stream')).status).toBe(401);
});

test('a report is heard at its own station and by the duty officer, not at another one; no story in it', async () => {
  const [here, duty, there] = await Promise.all([
    listen('xinhua_supervisor'),
    listen('duty1'),
    listen('donghu_worker1'),
  ]);
  const { number, id } = (await report('xinhua_worker1')).body;
  const other = (await report('donghu_worker1')).body;
  await Promise.all([here.until(number ?? '?'), duty.until(number ?? '?'), there.until(other['number'] ?? '?')]);
  expect(here.heard()).toContain(`"caseId":"${String(id)}"`);
  expect(here.heard()).toContain('"reported"');
  expect(here.heard()).toContain('"risk":"critical"');
  expect(here.heard() + duty.heard()).not.toMatch(/测试儿童|无人照料/);
  expect(there.heard()).not.toContain(String(number));
  for (const stream of [here, duty, there]) stream.stop();
});

test('a report in the queue is told to those who screen at its station, without a word of it', async () => {
  const source = { kind: 'hotline_12345', name: '12345 热线（演示）', stationId: 'xinhua' };
  const key = String((await t.ask('POST', '/api/v1/sources', { as: 'admin', body: source })).body['key']);
  const [here, there, admin] = await Promise.all(
    ['xinhua_worker1', 'donghu_supervisor', 'admin'].map((as) => listen(as)),
  );
  const body = { child: { name: '测试儿童' }, narrative: '演示：无人照料。' };
  const headers = { authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const taken = await fetch(`${t.url}/api/v1/intake`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(taken.status).toBe(201);
  await here?.until('event: reports\ndata: {}\n\n');
  expect(here?.heard()).not.toMatch(/测试儿童|无人照料/);
  // What comes later has come to everybody: then nothing of it came to those two.
  const { number } = (await report('donghu_worker1')).body;
  await Promise.all([there?.until(String(number)), admin?.until(String(number))]);
  expect(`${there?.heard()}${admin?.heard()}`).not.toContain('event: reports');
  for (const stream of [here, there, admin]) stream?.stop();
});

test('who was away hears of the critical case that came meanwhile, in the own scope, and who begins anew does not', async () => {
  // Somebody else listens all the while, so that the looks go on and nothing is news any more.
  const [other, before] = await Promise.all([listen('xinhua_supervisor'), listen('duty1')]);
  await before.until('event: hello\ndata: {}\n\n');
  const last = /id: (\d+)/.exec(before.heard())?.[1];
  before.stop();
  const { number } = (await report('xinhua_worker1')).body;
  await other.until(String(number));
  const [again, there, fresh] = await Promise.all([
    listen('duty1', last),
    listen('donghu_supervisor', last),
    listen('duty1'),
  ]);
  await again.until(String(number));
  // What comes later has come to everybody: then nothing of the other one came to these two.
  const later = String((await report('donghu_worker1')).body['number']);
  await Promise.all([there.until(later), fresh.until(later)]);
  expect(`${there.heard()}${fresh.heard()}`).not.toContain(String(number));
  for (const stream of [other, again, there, fresh]) stream.stop();
  expect((await t.ask('GET', '/api/v1/stream?after=long-ago', { as: 'duty1' })).status).toBe(422);
});

test('an API that ends lets its listeners go at once', async () => {
  const own = await startTestApi();
  const headers = { authorization: `Bearer ${own.account('duty1').token}` };
  const response = await fetch(`${own.url}/api/v1/stream`, { headers });
  // One that is not let go is cut off in the end, and its reader hears of that.
  const [text] = await Promise.all([response.text(), own.close()]);
  expect(text).toContain('hello');
}, 60_000);

test('who is disabled hears nothing more from that moment on', async () => {
  const stream = await listen('donghu_worker1');
  await stream.until('event: hello');
  const change = (active: boolean) =>
    t.ask('PATCH', '/api/v1/accounts/donghu_worker1', { as: 'admin', body: { active } });
  expect((await change(false)).status).toBe(200);
  await expect(stream.until('nothing of this')).rejects.toThrow('ended before');
  expect((await listen('donghu_worker1')).status).toBe(401);
  await change(true);
  const again = await listen('donghu_worker1');
  expect(again.status).toBe(200);
  again.stop();
});
