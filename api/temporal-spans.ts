import type { ClientOptions } from '@temporalio/client';
import type * as Spans from '@temporalio/interceptors-opentelemetry/lib/client';
import { tracing } from '../runtime/tracing';

/** Calls to workflows as spans, which their activities belong to; nothing where nothing is traced. */
export function temporalSpans(): Pick<ClientOptions, 'interceptors'> {
  if (tracing() === undefined) return {};
  const { OpenTelemetryWorkflowClientInterceptor } =
    require('@temporalio/interceptors-opentelemetry/lib/client') as typeof Spans;
  return { interceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] } };
}
