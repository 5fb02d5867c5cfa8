/** kill -9 in the middle of the path: nothing is lost, nothing is said twice but by the one crash that explains it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually, NEGLECT, startSystem, type Message, type System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

const WORKER = 'donghu_worker1';
const carrier = (body: object) => system.ask('POST', '/sandbox/carrier', undefined, body);
const late = (caseId: string) => async () =>
  (await system.ask<Message[]>('GET', '/sandbox/messages')).body.filter(
    (one) => one.caseIds.includes(caseId) && one.text.includes('受理分派已逾期'),
  );

/** What the worker has still to do about a case's messages. */
const undone = (caseId: string) => async () => {
  const client = new pg.Client(system.databaseUrl);
  await client.connect();
  try {
    const open = `SELECT key, state FROM deliveries WHERE case_id = $1 AND state IN ('pending', 'sending')`;
    return (await client.query<{ key: string; state: string }>(open, [caseId])).rows;
  } finally {
    await client.end();
  }
};

test('the worker killed right after the carrier said yes: the text went out once', async () => {
  const made = await system.report(WORKER);
  const id = made.id;
  // The carrier takes the text and answers so late that the worker dies before it hears the yes.
  await carrier({ mode: 'slow' });
  const moving = system.forward(id, 16);
  await eventually(late(id), (seen) => seen.some((one) => one.channel === 'sms'));
  await system.stack.part('worker').kill('SIGKILL');
  await carrier({ mode: 'ok' });
  await system.stack.part('worker').restart();
  await moving;
  // Nothing is tried any more: what has not gone out twice by now never will.
  await eventually(undone(id), (left) => left.length === 0, 60_000);
  const texts = (await late(id)()).filter((one) => one.channel === 'sms').map((one) => one.to);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts).toHaveLength(2);
}, 180_000);

test('the API killed in the middle of reporting: the same key again is one case', async () => {
  const key = randomUUID();
  const headers = { 'idempotency-key': key };
  const body = { ...NEGLECT, narrative: '演示:只能有一份报告' };
  const first = system.ask('POST', '/api/v1/cases', WORKER, body, headers).catch(() => undefined);
  await system.stack.part('api').kill('SIGKILL');
  await first;
  await system.stack.part('api').restart();
  const again = await eventually(
    () => system.ask('POST', '/api/v1/cases', WORKER, body, headers),
    // 202: Temporal took long, and that answer is kept under the key.
    (reply) => [201, 202].includes(reply.status),
    60_000,
  );
  const once = await system.ask('POST', '/api/v1/cases', WORKER, body, headers);
  expect(once.body).toEqual(again.body);
  const other = await system.ask('POST', '/api/v1/cases', WORKER, { ...body, narrative: '别的内容' }, headers);
  expect(other.status).toBe(409);
}, 120_000);

test('the worker away across a deadline: told promptly when it is back', async () => {
  const made = await system.report(WORKER, { receivedAt: new Date(Date.now() - 14.9 * 60_000).toISOString() });
  const id = made.id;
  const dueAt = Date.parse(made.steps.find((step) => step.id === 'acknowledge')?.dueAt ?? '');
  await system.stack.part('worker').kill('SIGKILL');
  while (Date.now() <= dueAt) await sleep(100);
  await system.stack.part('worker').restart();
  const seen = await eventually(late(id), (messages) => messages.length >= 2);
  expect(seen[0]?.text).toContain('已逾期');
}, 120_000);
