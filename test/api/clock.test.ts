/** The API's own clock is ten minutes off: people read the right times all the same, and somebody is told. */
import { checkClock } from '../../api/clock';
import { startTestApi, type TestApi } from '../support/api';

const OFF_MS = 10 * 60_000;
let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(async () => {
  jest.restoreAllMocks();
  await t?.close();
});

test.each([
  ['ahead', OFF_MS],
  ['behind', -OFF_MS],
])('%s: what a case shows as now is the database’s time, and /readyz warns', async (_way, off) => {
  const rightNow = Date.now.bind(Date);
  const { body } = await t.ask('POST', '/api/v1/cases', {
    as: 'xinhua_worker1',
    body: { type: 'neglect', child: {}, narrative: '测试' },
  });
  const shownOff = async (): Promise<number> => {
    const { body: read } = await t.ask('GET', `/api/v1/cases/${String(body['id'])}`, { as: 'xinhua_worker1' });
    return Math.abs(Date.parse(String(read['asOf'])) - rightNow());
  };
  jest.spyOn(Date, 'now').mockImplementation(() => rightNow() + off);
  expect(await shownOff()).toBeGreaterThan(OFF_MS / 2);
  await checkClock(t.api.deps);
  expect(await shownOff()).toBeLessThan(OFF_MS / 2);
  expect(JSON.stringify((await t.ask('GET', '/readyz')).body['warnings'])).toContain('the clock of this API is 600 s');

  jest.restoreAllMocks();
  await checkClock(t.api.deps);
  expect(await shownOff()).toBeLessThan(OFF_MS / 2);
  expect(JSON.stringify((await t.ask('GET', '/readyz')).body['warnings'])).not.toContain('the clock of this API');
});
