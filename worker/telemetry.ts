/** Temporal's own log lines in our log: same shape, same stream. */
import { Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
/** What may stand in a line beside the message; anything else might be more than ids. */
const KEPT = ['workflowId', 'runId', 'activityType', 'activityId', 'attempt', 'taskQueue', 'workflowType'] as const;

const kept = (meta: LogMetadata | undefined): Record<string, unknown> =>
  Object.fromEntries(KEPT.flatMap((field) => (meta?.[field] === undefined ? [] : [[field, meta[field]]])));

/** Installs the runtime; once in a process, before anything of Temporal's. */
export function installRuntime(log: Logger): void {
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const error: unknown = meta?.['error'];
    log[LEVELS[level]]({ ...kept(meta), ...(error instanceof Error && { failure: error.name }) }, message);
  };
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
    shutdownSignals: [],
  });
}
