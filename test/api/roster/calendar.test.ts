/** The roster as a calendar that phones subscribe to. */
import { startTestApi, type TestApi } from '../../support/api';

const BOSS = 'donghu_supervisor';
const [ONE, TWO] = ['donghu_worker1', 'donghu_worker2'] as const;

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

const ask = async (method: string, path: string) => (await t.ask(method, `/api/v1${path}`, { as: ONE })).body;

describe('the calendar', () => {
  const unfold = (text: string): string => text.replaceAll('\r\n ', '');
  const fetched = async (path: string, as?: string) => {
    const { status, headers, body } = await t.ask('GET', path, as === undefined ? {} : { as });
    return { status, type: headers.get('content-type'), text: String(body) };
  };

  test('is iCalendar in UTC with ids that stay, and nothing personal but the name', async () => {
    const { status, type, text } = await fetched('/api/v1/roster.ics?show=station', BOSS);
    expect([status, type]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    const flat = unfold(text);
    expect(flat).toMatch(/^BEGIN:VCALENDAR\r\n/);
    expect(flat).toMatch(/DTSTART:\d{8}T\d{6}Z/);
    expect(flat).toContain('SUMMARY:社工值班：许小满');
    expect(flat).not.toMatch(/\+86|@shouwang\.invalid/);
    const ids = [...flat.matchAll(/UID:(\S+)/g)].map((found) => found[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await fetched('/api/v1/roster.ics?show=station', BOSS)).text).toBe(text);
    expect(unfold((await fetched('/api/v1/roster.ics', TWO)).text)).not.toContain('许小满');
  });

  test('is subscribed to by a token of one’s own, which is renewed and ended', async () => {
    const mine = async () => (await ask('GET', '/roster/subscription'))['url'] as string | null;
    expect(await mine()).toBeNull();
    await ask('POST', '/roster/subscription');
    const first = String(await mine()).replace(t.config.publicUrl, '');
    expect(first).toMatch(/token=[\w-]{43}$/);
    expect((await fetched(first)).text).toContain('BEGIN:VCALENDAR');
    await ask('POST', '/roster/subscription');
    const second = String(await mine()).replace(t.config.publicUrl, '');
    expect((await fetched(first)).status).toBe(401);
    expect((await fetched(second)).status).toBe(200);
    await ask('DELETE', '/roster/subscription');
    expect((await fetched(second)).status).toBe(401);
    expect((await fetched('/api/v1/roster.ics?token=x')).status).toBe(422);
    const stored = JSON.stringify(await t.api.deps.db.idempotencyKey.findMany());
    expect(stored).not.toContain(second.slice(-43));
  });
});
