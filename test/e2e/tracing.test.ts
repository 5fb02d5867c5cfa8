/**
 * Where it is switched on, one request can be followed through API, Temporal and database, and nothing about a child goes
 * along: a collector of this test takes what is sent, and all of it is searched for what was planted.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MARKED_REPORT, MARKS, marksIn } from '../support/marks';
import { eventually, startSystem, type System } from '../support/system';

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Attribute[];
  status: { code?: number; message?: string };
  events: unknown[];
  service: string;
}
interface Sent {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Omit<Span, 'service'>[] }[] }[];
}

const WORKER = 'xinhua_worker1';
const bodies: string[] = [];
let collector: Server;
let system: System;

beforeAll(async () => {
  collector = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      res.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  system = await startSystem({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
}, 900_000);
afterAll(async () => {
  await system?.close();
  collector?.closeAllConnections();
  await new Promise((resolve) => collector?.close(resolve));
});

const spans = (): Span[] =>
  bodies.flatMap((body) =>
    (JSON.parse(body) as Sent).resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service })));
    }),
  );

/** The spans of a trace that has one of each of these names, once there is one. */
async function traceWith(...wanted: string[]): Promise<Span[]> {
  const byTrace = (): Span[][] =>
    [...new Set(spans().map(({ traceId }) => traceId))].map((id) => spans().filter(({ traceId }) => traceId === id));
  const found = (all: Span[][]): Span[] | undefined =>
    all.find((trace) => wanted.every((one) => trace.some(({ name }) => name === one)));
  return (
    found(
      await eventually(
        () => Promise.resolve(byTrace()),
        (all) => found(all) !== undefined,
      ),
    ) ?? []
  );
}

test('a report and a finished step are one trace each, through API, Temporal, worker and database, without a word', async () => {
  const { id } = await system.report(WORKER, MARKED_REPORT);
  const path = `/api/v1/cases/${id}/steps/first_contact/complete`;
  await system.ask('POST', path, WORKER, { outcome: 'done', note: MARKS.note }, { 'idempotency-key': 'tracing-1' });
  await system.ask('POST', path, WORKER, { outcome: MARKS.reason, [MARKS.note]: 1 });
  await system.ask('GET', `/api/v1/cases?q=${encodeURIComponent(MARKS.child)}`, WORKER);
  await system.ask('GET', `/r/${encodeURIComponent(MARKS.note)}`);

  const names = ['POST /api/v1/cases', 'SELECT apikey', 'WITH counters', 'StartWorkflow:caseWorkflow'];
  const started = await traceWith(...names);
  expect(started.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  const worked = await traceWith(
    'POST /api/v1/cases/:id/steps/:stepId/complete',
    'StartWorkflowUpdate:command',
    'RunActivity:record',
  );
  const ofDatabase = worked.filter(({ attributes }) => attributes.some(({ key }) => key === 'db.system'));
  expect(new Set(ofDatabase.map(({ service }) => service))).toEqual(new Set(['shouwang-api', 'shouwang-worker']));
  expect(ofDatabase.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/^SELECT \w+$/)]));
  await traceWith('GET /r/:token');

  const all = spans();
  expect(all.flatMap(({ events }) => events)).toEqual([]);
  expect(all.flatMap(({ status }) => status.message ?? [])).toEqual([]);
  expect(bodies.flatMap((body) => marksIn(body))).toEqual([]);
  const tokens = system.stack.accounts.map(({ token }) => token);
  expect(tokens.filter((token) => bodies.some((body) => body.includes(token)))).toEqual([]);
}, 120_000);
