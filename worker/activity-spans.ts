import type * as Spans from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { tracing } from '../runtime/tracing';

/** Each activity as a span of the command that caused it, where there was one; nothing where nothing is traced. */
export function activitySpans(): { interceptors?: { activity: ActivityInterceptorsFactory[] } } {
  if (tracing() === undefined) return {};
  const { OpenTelemetryActivityInboundInterceptor } =
    require('@temporalio/interceptors-opentelemetry/lib/worker') as typeof Spans;
  return { interceptors: { activity: [(ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx) })] } };
}
