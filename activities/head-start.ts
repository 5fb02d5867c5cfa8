/**
 * Head starts (先行发送): a message is tried the moment that it is written down, while Temporal is still being told that there
 * is one. That spares it the way through the server, which is most of the time from a deadline to its text. The workflow asks
 * for every message all the same, and learns what became of it; where nothing did, the message is tried then.
 */
import type { DeliverOutput, HeldOutput } from '../domain/messages';
import { RISKS, type Risk } from '../domain/model';
import { caseClock } from './case-time';
import type { SendDeps } from './deps';
import type { Again } from './ended';
import { attempt } from './send';

/** What `attempt` answers. */
export type Tried = DeliverOutput | HeldOutput | Again;

/** A message that has ended, and how. */
type Ended = DeliverOutput & { key: string };

/** A message as record made it. */
export interface Made {
  key: string;
  channel: string;
}

/** A head start, and how it ended once it has. */
interface Start {
  over: Promise<Tried | undefined>;
  tried?: Tried;
}

interface Waiting extends Made {
  rank: number;
  at: number;
  begin: (work: Promise<Tried | undefined> | undefined) => void;
}

/** More at once would only stand in one another's way. */
const AT_ONCE = 16;
/** The workflow asks within a moment; what nobody asked for is forgotten after this long, in milliseconds. */
const REMEMBERED_MS = 30_000;
/** Whoever asks for a message waits this long for its turn, in milliseconds; then it is tried beside the others. */
const TURN_MS = 5_000;
/** Nobody waits longer than this to say with what was written what became of it, in milliseconds. */
export const TOLD_WITHIN_MS = 8_000;
/** Activities that wait for that at once: the rest of a worker's are for what has not been written down yet. */
const MOST_HELD = 250;
/** Texts are read at once, by everybody: they go before all others. */
const isText = ({ channel }: Made): boolean => channel === 'sms';

export class HeadStarts {
  private readonly known = new Map<string, Start>();
  private waiting: Waiting[] = [];
  private held = 0;
  private underWay = 0;
  private textsUnderWay = 0;

  constructor(private readonly deps: SendDeps) {}

  /**
   * Begins to send what was just committed, the worst case's texts first, and does not wait for it. Nothing is thrown.
   * @param at the case's own time, milliseconds
   */
  begin(made: readonly Made[], { at, risk }: { at: number; risk: Risk }): void {
    for (const one of made) {
      if (this.known.has(one.key)) continue;
      const rank = RISKS.indexOf(risk) + (isText(one) ? 0 : RISKS.length);
      const begun = new Promise<Promise<Tried | undefined> | undefined>((begin) => {
        const place = this.waiting.findIndex((other) => other.rank > rank);
        this.waiting.splice(place < 0 ? this.waiting.length : place, 0, { ...one, rank, at, begin });
      });
      const start: Start = { over: begun.then((work) => work) };
      void start.over.then((tried) => (start.tried = tried));
      this.known.set(one.key, start);
    }
    this.next();
  }

  /**
   * How the head start of a message ended, told once; undefined: there was none, or it came to nothing. One that waits for its
   * turn too long is called off: whoever asks can try as well.
   */
  async take(key: string): Promise<Tried | undefined> {
    const impatience = setTimeout(() => {
      const place = this.waiting.findIndex((one) => one.key === key);
      if (place >= 0) this.waiting.splice(place, 1)[0]?.begin(undefined);
    }, TURN_MS);
    const tried = await this.known.get(key)?.over;
    clearTimeout(impatience);
    this.known.delete(key);
    return tried;
  }

  /**
   * How those messages ended that are over within `ms`, each told once. Nothing is told of what has to be tried again, nor
   * of anything while very many wait to hear.
   */
  async settled(keys: readonly string[], ms: number): Promise<Ended[]> {
    const starts = keys.flatMap((key) => {
      const start = this.known.get(key);
      return start ? [{ key, start }] : [];
    });
    if (starts.length === 0 || this.held >= MOST_HELD) return [];
    this.held += 1;
    let impatience: NodeJS.Timeout | undefined;
    const tooLong = new Promise((resolve) => (impatience = setTimeout(resolve, Math.max(0, ms))));
    await Promise.race([Promise.all(starts.map(({ start }) => start.over)), tooLong]);
    clearTimeout(impatience);
    this.held -= 1;
    return starts.flatMap(({ key, start: { tried } }) => {
      if (!tried || 'again' in tried || tried.outcome === 'held') return [];
      this.known.delete(key);
      return [{ key, ...tried }];
    });
  }

  /** Ends when nothing is under way; what waits for its turn is left to the workflow. */
  async idle(): Promise<void> {
    for (const one of this.waiting.splice(0)) one.begin(undefined);
    await Promise.all([...this.known.values()].map(({ over }) => over));
  }

  /** Other channels wait while any text is on its way; the workflow does not, and asks for them in a moment. */
  private next(): void {
    for (let one = this.waiting[0]; one && this.underWay < AT_ONCE; one = this.waiting[0]) {
      if (!isText(one) && this.textsUnderWay > 0) return;
      this.waiting.shift();
      one.begin(this.run(one));
    }
  }

  private async run(one: Waiting): Promise<Tried | undefined> {
    this.count(one, 1);
    try {
      const tried = await attempt(this.deps, one.key, { now: caseClock(one.at), eager: true });
      // It would have to wait: the workflow decides for how long.
      return 'outcome' in tried && tried.outcome === 'held' ? undefined : tried;
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'unknown';
      this.deps.log.warn({ key: one.key, failure }, 'head start broke off');
      return undefined;
    } finally {
      this.count(one, -1);
      setTimeout(() => this.known.delete(one.key), REMEMBERED_MS).unref();
      this.next();
    }
  }

  private count(one: Made, by: 1 | -1): void {
    this.underWay += by;
    if (isText(one)) this.textsUnderWay += by;
  }
}
