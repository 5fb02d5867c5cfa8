/**
 * Head starts (先行发送): a message is tried the moment that it is written down, while Temporal is still being told that there
 * is one. That spares it the way through the server, which is most of the time from a deadline to its text. What has ended by
 * then is told with what was written; for everything else the workflow asks, and where nothing was tried, it is tried then.
 */
import type { DeliverOutput, HeldOutput } from '../domain/messages';
import { RISKS, type Risk } from '../domain/model';
import { caseClock } from './case-time';
import type { SendDeps } from './deps';
import type { Again } from './ended';
import { Rush } from './rush';
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

interface Waiting {
  key: string;
  rank: number;
  at: number;
  begin: (work: Promise<Tried | undefined> | undefined) => void;
}

/** Messages of one kind in a row; more at once than `most` would only stand in one another's way. */
interface Lane {
  waiting: Waiting[];
  underWay: number;
  most: number;
  /** When the last one ended, by the process's own clock, in milliseconds. */
  movedAt: number;
}

/** The workflow asks within a moment; what nobody asked for is forgotten after this long, in milliseconds. */
const REMEMBERED_MS = 30_000;
/** Whoever asks for a message waits this long for its turn, in milliseconds; then it is tried beside the others. */
const TURN_MS = 5_000;
/** Nobody waits longer than this to say with what was written what became of it, in milliseconds. */
export const TOLD_WITHIN_MS = 8_000;
/** Texts that have not moved for so long, in milliseconds, hang: nothing else gives way to them. */
const HANGING_MS = 1_000;
/** How often what gives way looks whether it may go, in milliseconds. */
const LOOK_EVERY_MS = 250;

const lane = (most: number): Lane => ({ waiting: [], underWay: 0, most, movedAt: 0 });
const texted = ({ channel }: Made): boolean => channel === 'sms';

export class HeadStarts {
  private readonly known = new Map<string, Start>();
  /** Texts are read at once, by everybody: all others give way to them. */
  private readonly texts = lane(16);
  private readonly others = lane(8);
  private looking: NodeJS.Timeout | undefined;
  private held = 0;

  /** @param mostHeld activities that wait at once to tell what became of their messages */
  constructor(
    private readonly deps: SendDeps,
    private readonly mostHeld: number,
    private readonly rush = new Rush(),
  ) {}

  /**
   * Begins to send what was just committed, the worst case's first, and does not wait for it. Nothing is thrown.
   * @param at the case's own time, milliseconds
   */
  begin(made: readonly Made[], { at, risk }: { at: number; risk: Risk }): void {
    const rank = RISKS.indexOf(risk);
    for (const one of made) {
      const { key } = one;
      if (this.known.has(key)) continue;
      const { waiting } = texted(one) ? this.texts : this.others;
      const begun = new Promise<Promise<Tried | undefined> | undefined>((begin) => {
        const place = waiting.findIndex((other) => other.rank > rank);
        waiting.splice(place < 0 ? waiting.length : place, 0, { key, rank, at, begin });
      });
      const start: Start = { over: begun.then((work) => work) };
      void start.over.then((tried) => (start.tried = tried));
      this.known.set(key, start);
    }
    this.next();
  }

  /**
   * How the head start of a message ended, told once; undefined: there was none, or it came to nothing. One that waits for its
   * turn too long is called off: whoever asks can try as well.
   */
  async take(key: string): Promise<Tried | undefined> {
    const impatience = setTimeout(() => this.callOff(key), TURN_MS);
    const tried = await this.known.get(key)?.over;
    clearTimeout(impatience);
    this.known.delete(key);
    return tried;
  }

  /**
   * How those messages ended that are over within `ms`, each told once; in a rush not before it ebbs, since what follows from
   * the answer takes its share of the machine. Nothing is told of what has to be tried again, nor of anything while very many
   * wait to hear.
   */
  async settled(keys: readonly string[], ms: number): Promise<Ended[]> {
    const starts = keys.flatMap((key) => {
      const start = this.known.get(key);
      return start ? [{ key, start }] : [];
    });
    if (starts.length === 0 || this.held >= this.mostHeld) return [];
    this.held += 1;
    let impatience: NodeJS.Timeout | undefined;
    const tooLong = new Promise((resolve) => (impatience = setTimeout(resolve, Math.max(0, ms))));
    const all = Promise.all(starts.map(({ start }) => start.over)).then(() => this.rush.over());
    await Promise.race([all, tooLong]);
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
    for (const { waiting } of [this.texts, this.others]) for (const one of waiting.splice(0)) one.begin(undefined);
    await Promise.all([...this.known.values()].map(({ over }) => over));
  }

  private callOff(key: string): void {
    for (const { waiting } of [this.texts, this.others]) {
      const place = waiting.findIndex((one) => one.key === key);
      if (place >= 0) waiting.splice(place, 1)[0]?.begin(undefined);
    }
  }

  private next(): void {
    this.fill(this.texts);
    if (this.others.waiting.length === 0) return;
    const { underWay, movedAt } = this.texts;
    const moving = underWay > 0 && performance.now() - movedAt <= HANGING_MS;
    if (!moving && !this.rush.isOn) this.fill(this.others);
    else this.lookAgain();
  }

  private lookAgain(): void {
    this.looking ??= setTimeout(() => {
      this.looking = undefined;
      this.next();
    }, LOOK_EVERY_MS).unref();
  }

  private fill(one: Lane): void {
    while (one.underWay < one.most) {
      const first = one.waiting.shift();
      if (!first) return;
      // Whoever begins after a quiet time does not hang yet.
      if (one.underWay === 0) one.movedAt = performance.now();
      one.underWay += 1;
      if (one === this.texts) this.rush.note();
      first.begin(this.run(first, one));
    }
  }

  private async run({ key, at }: Waiting, inLane: Lane): Promise<Tried | undefined> {
    try {
      const tried = await attempt(this.deps, key, { now: caseClock(at), eager: true });
      // It would have to wait: the workflow decides for how long.
      return 'outcome' in tried && tried.outcome === 'held' ? undefined : tried;
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'unknown';
      this.deps.log.warn({ key, failure }, 'head start broke off');
      return undefined;
    } finally {
      inLane.underWay -= 1;
      inLane.movedAt = performance.now();
      setTimeout(() => this.known.delete(key), REMEMBERED_MS).unref();
      this.next();
    }
  }
}
