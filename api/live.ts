/**
 * Keeps screens up to date (实时看板): one look a second at what the journals of cases and reports have got, shared by everybody who listens to this
 * process, and none while nobody listens. Looking, rather than being told by the database, survives its restarts and
 * poolers between us and it.
 */
import type { Logger } from 'pino';
import { type Repeated, repeat } from '../runtime/repeat';
import type { Db } from '../store/db';
import { type RecentEvent, recentEvents, type RecentReport, recentReports, urgentEvents } from '../store/recent';

const LOOK_MS = 1_000;
/** Longer than a transaction may take (db.ts), so that none is missed. */
const BACK_SECONDS = 20;
/** Longer than a listener is away that was let go and comes again. */
const LATELY_MS = 5_000;
/** A screen that slept through a night rings for what came in it; what is older has long been worked on. */
const AWAY_MOST_MS = 12 * 60 * 60_000;

export interface News {
  events: RecentEvent[];
  reports: RecentReport[];
}
export type Listener = (news: News) => void;

const keyOf = ({ caseId, seq }: RecentEvent): string => `${caseId}/${seq}`;
const keyOfReport = ({ id }: RecentReport): string => `report/${id}`;

export class LiveCases {
  private readonly listeners = new Set<Listener>();
  /** How to let each listener go, and whose it is. */
  private readonly ends = new Map<() => void, string>();
  /** When each entry was last within reach. */
  private readonly seen = new Map<string, number>();
  private told: { at: number; news: News }[] = [];
  private work: Repeated | undefined;

  constructor(
    private readonly db: Db,
    private readonly log: Logger,
  ) {}

  /**
   * Hears of every entry from now on.
   * @param ended called when this process ends, or its user's sign-ins do; let the client go then
   * @returns stops listening
   */
  listen(listener: Listener, ended: () => void, userId: string): () => void {
    this.listeners.add(listener);
    this.ends.set(ended, userId);
    this.work ??= this.start();
    return () => {
      this.listeners.delete(listener);
      this.ends.delete(ended);
      if (this.listeners.size === 0) void this.rest();
    };
  }

  /** What was told within the last seconds, for who was away just then. */
  lately(): News {
    const told = this.told.filter(({ at }) => Date.now() - at < LATELY_MS);
    return { events: told.flatMap(({ news }) => news.events), reports: told.flatMap(({ news }) => news.reports) };
  }

  /** What should have rung for a listener that was away since `at`, in milliseconds by this process's clock. */
  missed(at: number): Promise<RecentEvent[]> {
    const awayMs = Math.min(Math.max(Date.now() - at, 0), AWAY_MOST_MS);
    return urgentEvents(this.db, awayMs / 1_000 + BACK_SECONDS);
  }

  /** Lets somebody go who was signed out everywhere; other processes' listeners find it out when they ask again. */
  endOf(userId: string): void {
    for (const [end, whose] of this.ends) if (whose === userId) end();
  }

  /** Lets everybody go; new listeners may come all the same. */
  end(): void {
    for (const end of this.ends.keys()) end();
  }

  /** Resolves when no look is under way. */
  async stop(): Promise<void> {
    this.end();
    await this.rest();
  }

  private start(): Repeated {
    const look = async (): Promise<void> => {
      const events = this.unknown(await recentEvents(this.db, BACK_SECONDS), keyOf);
      const reports = this.unknown(await recentReports(this.db, BACK_SECONDS), keyOfReport);
      if (events.length + reports.length > 0) this.tell({ events, reports });
    };
    const failed = (error: unknown): void =>
      this.log.warn({ cause: error instanceof Error ? error.name : typeof error }, 'live screens could not be updated');
    return repeat(LOOK_MS, look, failed);
  }

  private tell(news: News): void {
    const at = Date.now();
    this.told = [...this.told.filter((one) => at - one.at < LATELY_MS), { at, news }];
    for (const listener of this.listeners) listener(news);
  }

  /** Those that were not there at the last looks. */
  private unknown<T>(found: T[], key: (one: T) => string): T[] {
    const now = Date.now();
    const news = found.filter((one) => !this.seen.has(key(one)));
    for (const one of found) this.seen.set(key(one), now);
    for (const [key, at] of this.seen) if (now - at > BACK_SECONDS * 1_000) this.seen.delete(key);
    return news;
  }

  private async rest(): Promise<void> {
    const { work } = this;
    this.work = undefined;
    await work?.stop();
  }
}
