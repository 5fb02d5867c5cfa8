/**
 * Spans (调用链) for whoever looks for where the time goes: off unless OTEL_EXPORTER_OTLP_ENDPOINT says where to send them. Off, none
 * of OpenTelemetry is loaded and nothing is wrapped. Nothing leaves but names, durations and the few attributes listed here:
 * no address, no parameter, no message of an error.
 */
import type * as Api from '@opentelemetry/api';
import type { Span, SpanStatusCode } from '@opentelemetry/api';
import type * as Hooks from '@opentelemetry/context-async-hooks';
import type * as Exporters from '@opentelemetry/exporter-trace-otlp-http';
import type * as Resources from '@opentelemetry/resources';
import type * as Sdk from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

const SWITCHES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;
/** All that a span may say beside its name: ids, patterns, kinds. */
const KEPT = new Set([
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'shouwang.request_id',
  'db.system',
  'db.operation.name',
  'db.collection.name',
  'temporalWorkflowId',
  'temporalActivityId',
  'temporalUpdateId',
  'run_id',
  'error.type',
]);

export interface Tracing {
  api: typeof Api;
  /** Runs `work` within a span of this name; what it throws marks the span by its name alone. */
  within<T>(name: string, attributes: Record<string, string>, work: (span: Span) => Promise<T>): Promise<T>;
  /** Sends what is there and ends. */
  stop(): Promise<void>;
}

let running: Tracing | undefined;

/** What this process traces with; undefined: nothing is traced. */
export const tracing = (): Tracing | undefined => running;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** Attributes that are not in the list, texts of errors and their stacks stay here. */
export function bare(span: ReadableSpan): ReadableSpan {
  const kept = Object.entries(span.attributes).filter(([key]) => KEPT.has(key));
  const failed = span.events.find(({ attributes }) => attributes?.['exception.type'] !== undefined);
  const type = failed?.attributes?.['exception.type'];
  const attributes = Object.fromEntries(type === undefined ? kept : [['error.type', type], ...kept]);
  const status: { code: SpanStatusCode } = { code: span.status.code };
  // A span's own fields are read by getters of its class: they stay reachable behind those that are replaced.
  return Object.create(span, {
    attributes: { value: attributes, enumerable: true },
    events: { value: [], enumerable: true },
    links: { value: [], enumerable: true },
    status: { value: status, enumerable: true },
  }) as ReadableSpan;
}

const sending = (exporter: SpanExporter): SpanExporter => ({
  export: (spans, done) => exporter.export(spans.map(bare), done),
  shutdown: () => exporter.shutdown(),
  forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
});

/**
 * Begins to trace where the environment says where to, before anything else of the process is made.
 * @param part which process speaks: api, worker
 */
export function startTracing(part: string, env: NodeJS.ProcessEnv = process.env): Tracing | undefined {
  if (running !== undefined || !SWITCHES.some((name) => env[name])) return running;
  // Loaded here: whoever does not trace does not pay for it.
  const api = require('@opentelemetry/api') as typeof Api;
  const sdk = require('@opentelemetry/sdk-trace-base') as typeof Sdk;
  const { Resource } = require('@opentelemetry/resources') as typeof Resources;
  const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http') as typeof Exporters;
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks') as typeof Hooks;
  const provider = new sdk.BasicTracerProvider({
    resource: new Resource({ 'service.name': `shouwang-${part}` }),
    // How many, how often: OTEL_TRACES_SAMPLER and OTEL_BSP_… are read by the library.
    spanProcessors: [new sdk.BatchSpanProcessor(sending(new OTLPTraceExporter()))],
  });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  const tracer = api.trace.getTracer('shouwang');
  running = {
    api,
    within: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, async (span) => {
        try {
          return await work(span);
        } catch (error) {
          span.setAttribute('error.type', nameOf(error));
          span.setStatus({ code: api.SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      }),
    async stop() {
      running = undefined;
      await provider.shutdown();
    },
  };
  return running;
}

/** Ends what was begun, once `work` has ended. */
export async function traceToTheEnd(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await running?.stop();
  }
}
