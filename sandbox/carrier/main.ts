import { CarrierConfigError, readConfig } from './config';
import { createLogger, startCarrier } from './server';
import { CarrierStoreError } from './store';

/** The carrier as a process of its own: ends on SIGTERM and SIGINT, and when the process that started it is gone. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger(config);
  const carrier = await startCarrier(config, log);
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    carrier.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', () => stop('disconnect'));
  // Whoever started this waits for the line, so it is printed at every log level.
  log.child({}, { level: 'info' }).info({ port: carrier.port, smtpPort: carrier.smtpPort }, 'ready');
}

main().catch((error: unknown) => {
  const known = error instanceof CarrierConfigError || error instanceof CarrierStoreError;
  createLogger({ logLevel: 'info' }).fatal(known ? { reason: error.message } : { err: error }, 'carrier cannot start');
  process.exit(1);
});
