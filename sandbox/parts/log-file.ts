import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MOST_BYTES = 20 * 1024 * 1024;

/** A part's log: grows to 20 MB, then is moved to <name>.1 (the one before that is dropped). */
export class LogFile {
  private size: number;
  private full = false;

  constructor(readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Appends. A full disk must not bring the parts down with it: then the text is lost, and that is said once on stderr. */
  write(text: string | Buffer): void {
    try {
      if (this.size > MOST_BYTES) {
        renameSync(this.path, `${this.path}.1`);
        this.size = 0;
      }
      appendFileSync(this.path, text);
      this.size += text.length;
      this.full = false;
    } catch (error) {
      if (!this.full) process.stderr.write(`log ${this.path}: ${(error as Error).message}\n`);
      this.full = true;
    }
  }

  /** All that is in the file now; a part that never said a word has none. */
  read(): string {
    return existsSync(this.path) ? readFileSync(this.path, 'utf8') : '';
  }

  /** The end of the file, about the last start: 16 KB. */
  tail(): string {
    return this.read().slice(-16_384);
  }

  /** What the last line that matches says (its first group), at most 300 characters. */
  problem(pattern: RegExp): string | undefined {
    const line = this.tail()
      .split('\n')
      .findLast((row) => pattern.test(row));
    return line?.match(pattern)?.[1]?.trim().slice(0, 300);
  }
}
