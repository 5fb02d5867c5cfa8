/**
 * Head starts (先行发送): a message is tried the moment that it is written down, while Temporal is still being told that there
 * is one. That spares it the way through the server, which is most of the time from a deadline to its text. The workflow asks
 * for every message all the same, and learns what became of it; where nothing did, the message is tried then.
 */
import type { DeliverOutput, HeldOutput } from '../domain/messages';
import { caseClock } from './case-time';
import type { SendDeps } from './deps';
import type { Again } from './ended';
import { attempt } from './send';

/** What `attempt` answers. */
export type Tried = DeliverOutput | HeldOutput | Again;

/** More at once would only stand in the way of the work that Temporal hands out by precedence. */
const AT_ONCE = 16;
/** The workflow asks within a moment; what nobody asked for is forgotten after this long, in milliseconds. */
const REMEMBERED_MS = 30_000;

export class HeadStarts {
  private readonly known = new Map<string, Promise<Tried | undefined>>();
  private underWay = 0;

  constructor(private readonly deps: SendDeps) {}

  /**
   * Begins to send what was just committed, and does not wait for it. Nothing is thrown.
   * @param at the case's own time, milliseconds
   */
  begin(keys: readonly string[], at: number): void {
    for (const key of keys) {
      if (this.underWay >= AT_ONCE) return;
      if (!this.known.has(key)) this.known.set(key, this.try(key, at));
    }
  }

  /** How the head start of a message ended, told once; undefined: there was none, or it came to nothing. */
  async take(key: string): Promise<Tried | undefined> {
    const tried = await this.known.get(key);
    this.known.delete(key);
    return tried;
  }

  /** Ends when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.known.values());
  }

  private async try(key: string, at: number): Promise<Tried | undefined> {
    this.underWay += 1;
    try {
      const tried = await attempt(this.deps, key, { now: caseClock(at), eager: true });
      // It would have to wait: the workflow decides for how long.
      return 'outcome' in tried && tried.outcome === 'held' ? undefined : tried;
    } catch (error) {
      this.deps.log.warn({ key, failure: error instanceof Error ? error.name : 'unknown' }, 'head start broke off');
      return undefined;
    } finally {
      this.underWay -= 1;
      setTimeout(() => this.known.delete(key), REMEMBERED_MS).unref();
    }
  }
}
