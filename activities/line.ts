/** Whose turn it is when several messages want the same phone's budget: one at a time, the worst first. */

interface Turn {
  rank: number;
  begin: () => void;
}

/** Lines of this process, one a name. Names wait beside one another, not for one another. */
export class Lines {
  private readonly waiting = new Map<string, Turn[]>();

  /** Runs the work when it is its turn. @param rank lower goes first, whoever came first among equals */
  async run<T>(name: string, rank: number, work: () => Promise<T>): Promise<T> {
    const line = this.waiting.get(name);
    if (line) {
      await new Promise<void>((begin) => {
        const place = line.findIndex((turn) => turn.rank > rank);
        line.splice(place < 0 ? line.length : place, 0, { rank, begin });
      });
    } else this.waiting.set(name, []);
    try {
      return await work();
    } finally {
      this.next(name);
    }
  }

  private next(name: string): void {
    const turn = this.waiting.get(name)?.shift();
    if (turn) turn.begin();
    else this.waiting.delete(name);
  }
}
