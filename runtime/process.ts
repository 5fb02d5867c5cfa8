/** How a process of ours ends: once, cleanly, whoever asks — a signal, or the death of the parent that started it. */
import type { Logger } from 'pino';

/** Runs `stop` at the first request to end and exits; a second request does not wait. */
export function endCleanly(log: Logger, stop: () => Promise<void>): void {
  let ending = false;
  const end = (why: string): void => {
    if (ending) process.exit(1);
    ending = true;
    log.info({ why }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ failure: error instanceof Error ? error.name : 'unknown' }, 'stopped uncleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  process.on('disconnect', () => end('parent gone'));
}

/** Says why a process could not start, in one line, and ends it. */
export function couldNotStart(log: Logger, error: unknown): never {
  const failure = error instanceof Error ? error.name : 'unknown';
  log.fatal({ failure, reason: error instanceof Error ? error.message : String(error) }, 'could not start');
  process.exit(1);
}
