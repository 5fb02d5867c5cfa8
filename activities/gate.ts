interface Waiting {
  rank: number;
  go: () => void;
}

/** Only so many at once, the lowest rank first: more would stand in one another's way, and hold up what is worst. */
export class Gate {
  private readonly waiting: Waiting[] = [];

  constructor(private free: number) {}

  /**
   * Does the work when it is its turn. Throws what the work throws.
   * @param gone nobody waits for the work any more: while it is in line it leaves that with the signal's reason, and is never
   *   done; what has begun goes on
   */
  async run<T>(rank: number, work: () => Promise<T>, gone?: AbortSignal): Promise<T> {
    gone?.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else await this.turn(rank, gone);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next.go();
      else this.free += 1;
    }
  }

  /** Ends when somebody has left their place to this one. */
  private async turn(rank: number, gone?: AbortSignal): Promise<void> {
    let leave: (() => void) | undefined;
    try {
      await new Promise<void>((go, drop) => {
        const one = { rank, go };
        leave = () => {
          const place = this.waiting.indexOf(one);
          // Not in line any more: the place is this one's already, and has to be given on.
          if (place < 0) return;
          this.waiting.splice(place, 1);
          drop(gone?.reason as Error);
        };
        gone?.addEventListener('abort', leave, { once: true });
        this.line(one);
      });
    } finally {
      if (leave) gone?.removeEventListener('abort', leave);
    }
  }

  private line(one: Waiting): void {
    const place = this.waiting.findIndex((other) => other.rank > one.rank);
    this.waiting.splice(place < 0 ? this.waiting.length : place, 0, one);
  }
}
