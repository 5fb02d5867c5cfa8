/** Many records at once with a slow database: they say that they are alive, and whoever is not waited for any more leaves. */
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import pino from 'pino';
import type { ActivityDeps } from '../../activities/deps';
import { createRecord } from '../../activities/record';
import type { RecordInput } from '../../domain/messages';

/** As many as are written at once. */
const PLACES = 6;
const settle = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => jest.useFakeTimers({ doNotFake: ['performance'] }));
afterEach(() => jest.useRealTimers());

/** A database whose answers come when they are let go: that there is no such case, which ends an attempt. */
function slowDatabase() {
  const asked: { caseId: string; answer: () => void }[] = [];
  const $queryRaw = (_: unknown, caseId: string) =>
    new Promise((answer) => asked.push({ caseId, answer: () => answer([]) }));
  const deps = { db: { $queryRaw }, log: pino({ level: 'silent' }) } as unknown as ActivityDeps;
  return { record: createRecord(deps).record, asked };
}

const input = (caseId: string, tells = 1) =>
  ({ caseId, projection: { risk: 'high' }, tells: Array(tells) }) as RecordInput;

/** Runs it as an attempt of an activity; its heartbeats are counted, and it can be given up. */
function attempted<T>(work: () => Promise<T>) {
  const given = { up: new AbortController(), beats: 0 };
  const context = { heartbeat: () => (given.beats += 1), cancellationSignal: given.up.signal };
  const ended = asyncLocalStorage.run(context as unknown as Context, work).catch((error: unknown) => error);
  return Object.assign(given, { ended });
}

test('an attempt that was given up in the line is dropped; the next one in line comes', async () => {
  const { record, asked } = slowDatabase();
  const names = Array.from({ length: PLACES + 2 }, (_, n) => `case-${n}`);
  const all = names.map((name) => attempted(() => record(input(name))));
  await settle();
  expect(asked).toHaveLength(PLACES);
  const gone = all[PLACES];
  gone?.up.abort(new Error('given up'));
  expect(await gone?.ended).toEqual(new Error('given up'));
  for (let n = 0; n < names.length - 1; n += 1) {
    asked[n]?.answer();
    await settle();
  }
  expect(asked.map(({ caseId }) => caseId)).toEqual(names.filter((_, n) => n !== PLACES));
  for (const one of all.filter((other) => other !== gone))
    expect(await one.ended).toMatchObject({ type: 'CaseUnknown' });
});

test('who waits or is written for long says so twice within what the server waits; the usual few milliseconds say nothing', async () => {
  const { record, asked } = slowDatabase();
  const all = Array.from({ length: PLACES + 1 }, (_, n) => attempted(() => record(input(`case-${n}`))));
  const alone = attempted(() => record(input('without messages', 0)));
  await jest.advanceTimersByTimeAsync(4_000);
  expect(all.map(({ beats }) => beats)).toEqual(all.map(() => 0));
  await jest.advanceTimersByTimeAsync(15_900);
  for (const { beats } of [...all, alone]) expect(beats).toBeGreaterThanOrEqual(3);
  for (let n = 0; n <= all.length; n += 1) {
    asked[n]?.answer();
    await settle();
  }
  await Promise.all([...all, alone].map(({ ended }) => ended));
  const before = all.map(({ beats }) => beats);
  await jest.advanceTimersByTimeAsync(20_000);
  expect(all.map(({ beats }) => beats)).toEqual(before);
});

test('outside of activities it is written all the same', async () => {
  const { record, asked } = slowDatabase();
  const written = record(input('case')).catch((error: unknown) => error);
  await settle();
  asked[0]?.answer();
  expect(await written).toMatchObject({ type: 'CaseUnknown' });
});

test('a database that says nothing is given up: the next in line comes, and the attempt ends so that it is made again', async () => {
  const { record, asked } = slowDatabase();
  const all = Array.from({ length: PLACES + 1 }, (_, n) => attempted(() => record(input(`case-${n}`))));
  await jest.advanceTimersByTimeAsync(20_001);
  expect(await all[0]?.ended).toMatchObject({ type: 'DatabaseSilent', nonRetryable: false });
  expect(asked).toHaveLength(PLACES + 1);
  asked[PLACES]?.answer();
  expect(await all[PLACES]?.ended).toMatchObject({ type: 'CaseUnknown' });
});
