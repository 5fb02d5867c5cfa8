/**
 * A rush (集中告警): many texts within a second, as when a night's deadlines fall together. On a machine that is full every
 * other piece of work holds up somebody's text, so whatever may wait does until it ebbs.
 */

/** So many texts begun within so many milliseconds are a rush. */
const MANY = 8;
const WITHIN_MS = 1_000;
/** How often somebody who waits looks whether it has ebbed, in milliseconds. */
const LOOK_EVERY_MS = 100;

export class Rush {
  /** When the last ones began, the oldest first. */
  private readonly begun: number[] = [];

  /** @param now a clock that never goes back, in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A text has begun. */
  note(): void {
    this.begun.push(this.now());
    if (this.begun.length > MANY) this.begun.shift();
  }

  get isOn(): boolean {
    const [oldest = 0] = this.begun;
    return this.begun.length === MANY && this.now() - oldest < WITHIN_MS;
  }

  /** Ends when it has ebbed; at once where there is none. */
  async over(): Promise<void> {
    while (this.isOn) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
