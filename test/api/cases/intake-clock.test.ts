import { rfc3339 } from '../../../domain/zone';
import { startTestApi, type TestApi } from '../../support/api';
import { REPORT } from './rig';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 600_000);
afterAll(() => api?.close());

const report = (more: object) =>
  api.ask('POST', '/api/v1/cases', { as: 'xinhua_worker1', body: { ...REPORT, ...more } });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Two hours ago, to the minute. */
const MOMENT = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * HOUR;
/** What a clock so many hours ahead of UTC showed then, without saying where it hangs. */
const shown = (hoursAhead: number): string => new Date(MOMENT + hoursAhead * HOUR).toISOString().slice(0, 16);

describe('the clock that a time was taken down by', () => {
  test.each([
    ['Beijing time', { receivedAt: `${shown(8)}:00+08:00` }],
    ['Xinjiang time', { receivedAt: `${shown(6)}:00+06:00` }],
    ['UTC', { receivedAt: `${shown(0)}:00Z` }],
    ['a local time by the Beijing clock', { receivedAt: shown(8), clock: 'beijing' }],
    ['a local time by the Xinjiang clock', { receivedAt: shown(6), clock: 'xinjiang' }],
    ['a local time with seconds', { receivedAt: `${shown(6)}:00`, clock: 'xinjiang' }],
    ['an offset, which goes before the clock', { receivedAt: `${shown(8)}:00+08:00`, clock: 'xinjiang' }],
  ])('%s means the same moment', async (_name, more) => {
    const { status, body } = await report(more);
    // Nobody works on it here, so it may wait for Temporal.
    expect([201, 202]).toContain(status);
    expect(body['receivedAt']).toBe(rfc3339(MOMENT));
    const steps = body['steps'] as unknown as { id: string; dueAt: string }[];
    expect(steps.find(({ id }) => id === 'police_report')?.dueAt).toBe(rfc3339(MOMENT + HOUR));
  });

  test('holds for occurredAt as well', async () => {
    // By the other clock the same figures lie two hours later, after the receipt.
    const times = { receivedAt: `${shown(8)}:00+08:00`, occurredAt: shown(8) };
    expect([201, 202]).toContain((await report({ ...times, clock: 'beijing' })).status);
    const { status, body } = await report({ ...times, clock: 'xinjiang' });
    expect([status, body['errors']]).toMatchObject([422, [{ path: 'occurredAt' }]]);
  });

  test.each([
    ['receivedAt', { receivedAt: shown(8) }],
    ['occurredAt', { occurredAt: shown(6) }],
  ])('is asked for where %s has no offset', async (field, more) => {
    const { status, body } = await report(more);
    const message = expect.stringMatching(/offset.*clock.*beijing or xinjiang/);
    expect([status, body['errors']]).toMatchObject([422, [{ path: field, message }]]);
  });

  test.each([
    ['another clock', { receivedAt: shown(8), clock: 'moscow' }, 'clock'],
    ['what is no time', { receivedAt: '2026-11-23 10:00', clock: 'beijing' }, 'receivedAt'],
    ['a day that does not exist', { receivedAt: '2026-02-30T10:00', clock: 'beijing' }, 'receivedAt'],
  ])('refuses %s', async (_name, more, field) => {
    const { status, body } = await report(more);
    expect([status, body['errors']]).toMatchObject([422, [{ path: field }]]);
  });
});
