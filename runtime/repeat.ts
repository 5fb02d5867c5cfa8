/** Work that a process does again and again beside its main job. */

export interface Repeated {
  /** No further round; waits for the one under way. */
  stop(): Promise<void>;
}

/**
 * Runs a job every `ms` milliseconds, counted from the end of the last round, never twice at once.
 * @param failed hears of a round that failed; the next one comes all the same
 */
export function repeat(ms: number, job: () => Promise<void>, failed: (error: unknown) => void): Repeated {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = job().catch(failed).then(next);
    }, ms);
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
