/** Without the variable nothing of it is loaded; with it nothing leaves but what the list allows. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { bare, startTracing, tracing } from '../../runtime/tracing';
import { DIST } from '../../sandbox/parts/node-parts';
import { summaryOf } from '../../store/traced-adapter';
import { MARKS, marksIn } from '../support/marks';

test('switched off it loads nothing and traces nothing', () => {
  expect(startTracing('api', {})).toBeUndefined();
  expect(tracing()).toBeUndefined();
  const file = JSON.stringify(join(DIST, 'runtime/tracing.js'));
  const script = `require(${file}).startTracing('api', {}); console.log(Object.keys(require.cache).some((f) => f.includes('opentelemetry')))`;
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()).toBe('false');
});

test('an error’s text, its stack, other attributes and a status’s words stay here', () => {
  const kept = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(kept)] }).getTracer('test');
  const span = tracer.startSpan('GET /r/:token');
  span.setAttributes({ 'http.route': '/r/:token', 'http.url': `/r/${MARKS.note}`, note: MARKS.note });
  span.recordException(new TypeError(MARKS.narrative));
  span.addEvent(MARKS.child);
  span.setStatus({ code: 2, message: MARKS.reason });
  span.end();
  const [whole] = kept.getFinishedSpans();
  if (whole === undefined) throw new Error('no span');
  const { name, attributes, events, status } = bare(whole);
  expect({ name, attributes, events, status }).toEqual({
    name: 'GET /r/:token',
    attributes: { 'http.route': '/r/:token', 'error.type': 'TypeError' },
    events: [],
    status: { code: 2 },
  });
  expect(bare(whole).spanContext().spanId).toBe(whole.spanContext().spanId);
  expect(marksIn(JSON.stringify([attributes, events, status]))).toEqual([]);
});

test.each([
  ['SELECT "public"."cases"."id" FROM "public"."cases" WHERE 1=1', 'SELECT cases'],
  [`\n  -- why\n  WITH x AS (SELECT 1) INSERT INTO steps VALUES ($1)`, 'WITH steps'],
  [`UPDATE deliveries SET vars = '${MARKS.note}'`, 'UPDATE deliveries'],
  ['BEGIN', 'BEGIN'],
])('%s is called %s', (sql, name) => {
  const { verb, table } = summaryOf(sql);
  expect(`${verb} ${table}`.trim()).toBe(name);
});
