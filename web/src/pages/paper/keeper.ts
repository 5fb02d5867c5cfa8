/**
 * A paper that is being written (文书草稿) saves itself: a moment after the last word, one save at a time, again when there is
 * signal. What is not with the station yet lies sealed on the device. Where somebody else saved first, it stops and asks.
 */
import type { Answers, Value } from '../../../../domain/forms/form';
import { tidy } from '../../../../domain/forms/answers';
import { newKey, NoSignal, Refused } from '../../api/client';
import { sameAnswers } from './merge';

const PAUSE_MS = 1_200;
const AGAIN_MS = 5_000;

export interface Revision {
  rev: number;
  answers: Answers;
  editedBy: string;
  state: 'draft' | 'signed' | 'withdrawn';
}

/** Two people wrote: what both had read, what each has now. */
export interface Clash {
  base: Answers | undefined;
  theirs: Revision;
}

export interface Shown {
  answers: Answers;
  state: 'saved' | 'unsaved' | 'offline' | 'refused' | 'clash' | 'over';
  clash: Clash | undefined;
  /** What the station did not take, and why. */
  error: unknown;
}

export interface Hands {
  save(rev: number, answers: Answers, key: string): Promise<{ rev: number }>;
  read(): Promise<Revision>;
  keep(kept: { rev: number; base: Answers; answers: Answers }): Promise<void>;
  drop(): Promise<void>;
}

export class PaperKeeper {
  #shown: Shown;
  #rev: number;
  #base: Answers;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;
  #sent = { said: '', key: '' };
  /** What goes onto the device and off it, in the order in which it was asked for: sealing takes its time. */
  #disk: Promise<unknown> = Promise.resolve();
  readonly #heard = new Set<() => void>();

  /** @param kept what lay on this device, if anything */
  constructor(
    private readonly hands: Hands,
    read: Revision,
    kept?: { rev: number; base: Answers; answers: Answers },
  ) {
    this.#rev = read.rev;
    this.#base = read.answers;
    const own = kept && !sameAnswers(kept.answers, read.answers) ? kept : undefined;
    const moved = own !== undefined && own.rev !== read.rev;
    this.#shown = {
      answers: own?.answers ?? read.answers,
      state: own === undefined ? 'saved' : moved ? 'clash' : 'unsaved',
      clash: own !== undefined && moved ? { base: own.base, theirs: read } : undefined,
      error: undefined,
    };
  }

  /** Sends what lay on this device, now that somebody looks at it. */
  start(): void {
    if (this.#shown.state === 'unsaved') this.#later(0);
  }

  readonly subscribe = (heard: () => void): (() => void) => {
    this.#heard.add(heard);
    return () => void this.#heard.delete(heard);
  };
  readonly snapshot = (): Shown => this.#shown;

  #onDisk(work: () => Promise<void>): Promise<void> {
    const done = this.#disk.then(work);
    this.#disk = done.catch(() => undefined);
    return done;
  }

  #show(change: Partial<Shown>): void {
    this.#shown = { ...this.#shown, ...change };
    for (const heard of this.#heard) heard();
  }

  set(id: string, value: Value | undefined): void {
    const answers = { ...this.#shown.answers };
    if (value === undefined) delete answers[id];
    else answers[id] = value;
    // While two versions lie side by side, the choice between them comes first.
    this.#show({ answers, ...(this.#shown.clash === undefined && { state: 'unsaved' }) });
    if (this.#shown.clash === undefined) this.#later(PAUSE_MS);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  /** Everything is with the station, or the page says why not. @returns the revision that is there; undefined: not saved */
  async flush(): Promise<number | undefined> {
    clearTimeout(this.#timer);
    if (this.#saving) await this.#keep();
    while (this.#saving) await this.#saving;
    if (this.#shown.clash !== undefined || this.#shown.state === 'over') return undefined;
    if (sameAnswers(this.#shown.answers, this.#base)) {
      this.#show({ state: 'saved', error: undefined });
      return this.#rev;
    }
    this.#saving = this.#save().finally(() => (this.#saving = undefined));
    await this.#saving;
    return this.#shown.state === 'saved' ? this.#rev : undefined;
  }

  /** A save may hang for as long as the line does: what is written meanwhile is on this device at least. */
  async #keep(): Promise<void> {
    const { answers, clash } = this.#shown;
    if (clash !== undefined || sameAnswers(answers, this.#base)) return;
    const kept = { rev: this.#rev, base: this.#base, answers: tidy(answers) };
    await this.#onDisk(() => this.hands.keep(kept));
  }

  /** The same, for as long as somebody keeps writing. */
  async whole(): Promise<number | undefined> {
    let rev = await this.flush();
    while (rev === undefined && this.#shown.state === 'unsaved') rev = await this.flush();
    return rev;
  }

  async #save(): Promise<void> {
    const answers = tidy(this.#shown.answers);
    const [rev, base] = [this.#rev, this.#base];
    await this.#onDisk(() => this.hands.keep({ rev, base, answers }));
    const said = JSON.stringify([rev, answers]);
    if (this.#sent.said !== said) this.#sent = { said, key: newKey() };
    try {
      const saved = await this.hands.save(rev, answers, this.#sent.key);
      this.#rev = saved.rev;
      this.#base = answers;
      if (this.#writtenSince(answers)) return this.#later(PAUSE_MS);
      await this.#onDisk(() => this.hands.drop());
      if (!this.#writtenSince(answers)) this.#show({ state: 'saved', error: undefined });
    } catch (error) {
      await this.#failed(error, answers);
    }
  }

  /** Somebody has gone on writing while these were on their way: what came since is neither sent nor on the device. */
  #writtenSince(answers: Answers): boolean {
    return !sameAnswers(this.#shown.answers, answers);
  }

  async #failed(error: unknown, answers: Answers): Promise<void> {
    if (error instanceof Refused && error.status === 409) return this.changed();
    if (this.#writtenSince(answers)) return this.#later(PAUSE_MS);
    const again =
      error instanceof NoSignal || (error instanceof Refused && (error.status >= 500 || error.status === 429));
    this.#show({ state: again ? 'offline' : 'refused', error });
    if (again) this.#later(AGAIN_MS);
  }

  /** Somebody else was first: reads what stands there now, so that a person can choose. */
  async changed(): Promise<void> {
    try {
      const theirs = await this.hands.read();
      if (theirs.state !== 'draft') return this.#show({ state: 'over', clash: { base: this.#base, theirs } });
      this.#show({ state: 'clash', clash: { base: this.#base, theirs } });
    } catch (error) {
      this.#show({ state: 'offline', error });
      this.#later(AGAIN_MS);
    }
  }

  /** Goes on from what was chosen. */
  settle(answers: Answers): void {
    const { clash } = this.#shown;
    if (!clash) return;
    this.#rev = clash.theirs.rev;
    this.#base = clash.theirs.answers;
    this.#show({ answers, clash: undefined, state: 'unsaved' });
    this.#later(0);
  }

  /** The page goes away: what was typed last is kept and sent. */
  async leave(): Promise<void> {
    if (this.#shown.clash !== undefined) {
      // Not decided yet: asked again when the paper is opened the next time.
      const kept = { rev: this.#rev, base: this.#base, answers: tidy(this.#shown.answers) };
      return this.#onDisk(() => this.hands.keep(kept));
    }
    await this.flush();
    clearTimeout(this.#timer);
  }
}
