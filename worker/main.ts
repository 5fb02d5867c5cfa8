/** The worker process. */
import { createLogger } from '../runtime/log';
import { couldNotStart, endCleanly } from '../runtime/process';
import { startTracing, traceToTheEnd } from '../runtime/tracing';
import { readConfig } from './config';
import { installRuntime } from './telemetry';
import { startWorker } from './worker';

async function main(): Promise<void> {
  const log = createLogger(process.env['LOG_LEVEL'] ?? 'info', 'worker');
  startTracing('worker');
  try {
    const config = readConfig(process.env);
    installRuntime(log);
    const worker = await startWorker(config, log);
    endCleanly(log, () => traceToTheEnd(() => worker.stop()));
    log.info('ready');
    await worker.ended;
  } catch (error) {
    couldNotStart(log, error);
  }
}

void main();
