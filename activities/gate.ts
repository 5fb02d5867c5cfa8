/** Only so many at once, the lowest rank first: more would stand in one another's way, and hold up what is worst. */
export class Gate {
  private readonly waiting: { rank: number; go: () => void }[] = [];

  constructor(private free: number) {}

  /** Does the work when it is its turn. Throws what the work throws. */
  async run<T>(rank: number, work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((go) => this.line(rank, go));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next.go();
      else this.free += 1;
    }
  }

  private line(rank: number, go: () => void): void {
    const place = this.waiting.findIndex((other) => other.rank > rank);
    this.waiting.splice(place < 0 ? this.waiting.length : place, 0, { rank, go });
  }
}
