import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

type Interceptors = NonNullable<ConnectionOptions['interceptors']>;

/** About half a second in all: who asks gets a clear answer soon, and comes again by itself or by hand. */
const AGAIN = { maxAttempts: 4, initialIntervalMs: () => 50, maxIntervalMs: () => 300 };

/**
 * Calls under way on one connection, which is closed when they are over. A call to Temporal that is being tried again wakes up by
 * a timer of the client's own; on a connection that was closed meanwhile it would throw where nobody can catch it, and end the process.
 */
export class Calls {
  private readonly open = new Set<Promise<unknown>>();
  private ending = false;

  /**
   * The client's own way of trying a call again, for the connection that these calls go by: none is tried again once the end has
   * begun. A call that outlasts {@link over} and fails only then would be tried again on what is closed.
   */
  interceptors(): Interceptors {
    const { delayFunction, retryableDecider } = defaultGrpcRetryOptions(AGAIN);
    return [
      makeGrpcRetryInterceptor({
        delayFunction,
        retryableDecider: (attempt, status) => !this.ending && retryableDecider(attempt, status),
      }),
    ];
  }

  /** Makes a call. Throws what the call throws. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const made = call();
    this.open.add(made);
    try {
      return await made;
    } finally {
      this.open.delete(made);
    }
  }

  /** Ends when none is under way, after `ms` milliseconds at the latest. */
  async over(ms: number): Promise<void> {
    this.ending = true;
    const tooLong = new AbortController();
    await Promise.race([
      Promise.allSettled(this.open),
      sleep(ms, undefined, { signal: tooLong.signal, ref: false }).catch(() => undefined),
    ]);
    tooLong.abort();
  }
}
