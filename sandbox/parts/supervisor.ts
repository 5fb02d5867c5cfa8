import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessMark } from '../lock';
import { Child, stopLeftover, type ChildSpec, type ReadyLine } from './child';
import { isDiskFull } from './disk-watch';
import { endCommands } from './run';

/** Who ends first: what others lean on ends last. */
const STOP_ORDER = ['api', 'worker', 'carrier', 'temporal', 'postgres'];
/** Seconds to wait before a part that died is started again; one that lived for a minute begins at the first. */
const BACK_OFF_S = [1, 2, 4, 8, 15, 30];
const STEADY_MS = 60_000;

interface Kept {
  child: Child;
  since: number;
  deaths: number;
}

interface Leftover extends ProcessMark {
  name: string;
  stopSignal?: NodeJS.Signals;
}

/** Starts parts, remembers them on disk, restarts those that die, and stops them in order. */
export class Supervisor {
  private readonly parts = new Map<string, Kept>();
  private readonly file: string;
  private keeping = false;
  private stopping = false;

  constructor(
    dataDir: string,
    private readonly say: (line: string) => void,
  ) {
    this.file = join(dataDir, 'children.json');
  }

  /** Ends what an earlier supervisor on this folder left running when it was killed. */
  async clearLeftovers(): Promise<void> {
    if (!existsSync(this.file)) return;
    let left: Leftover[];
    try {
      left = JSON.parse(readFileSync(this.file, 'utf8')) as Leftover[];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.say(`${this.file} 无法读取,已忽略 · could not be read and is ignored`);
      return;
    }
    left.sort((a, b) => STOP_ORDER.indexOf(a.name) - STOP_ORDER.indexOf(b.name));
    for (const mark of left) await stopLeftover(mark, mark.stopSignal ?? 'SIGTERM');
  }

  /** Starts a part and waits until it is ready. Throws PartFailed, or what the part's own explanation says. */
  async start(spec: ChildSpec): Promise<ReadyLine> {
    // A failure elsewhere has already begun to stop everything: this start must not slip in behind it.
    if (this.stopping) return new Promise(() => undefined);
    const child = new Child(spec);
    this.parts.set(spec.name, { child, since: Date.now(), deaths: 0 });
    this.remember();
    void child.exited.then(() => this.onExit(spec.name, child));
    return child.ready;
  }

  /** From now on a part that ends is started again. */
  keep(): void {
    this.keeping = true;
    // What died between its ready line and now.
    for (const [name, { child }] of this.parts) if (!child.running) this.onExit(name, child);
  }

  /** Ends every part in order and resolves when none is left. */
  async stop(): Promise<void> {
    this.stopping = true;
    await endCommands();
    for (const name of STOP_ORDER) await this.parts.get(name)?.child.stop();
    this.parts.clear();
    this.remember();
  }

  /** Kills everything now. PostgreSQL is told to end at once (it recovers at the next start) and not killed outright. */
  kill(): void {
    this.stopping = true;
    void endCommands();
    for (const [name, { child }] of this.parts) child.kill(name === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
  }

  private remember(): void {
    const marks = [...this.parts.values()].flatMap(({ child }): Leftover[] =>
      child.mark === undefined ? [] : [{ ...child.mark, name: child.spec.name, stopSignal: child.spec.stopSignal }],
    );
    try {
      writeFileSync(`${this.file}.new`, JSON.stringify(marks));
      renameSync(`${this.file}.new`, this.file);
    } catch (error) {
      // A full disk must not end what keeps the parts alive: the list on disk is then of a moment before.
      if (!this.keeping || !isDiskFull(error)) throw error;
      this.say(`${this.file}: ${(error as Error).message}`);
    }
  }

  private onExit(name: string, child: Child): void {
    const kept = this.parts.get(name);
    if (!this.keeping || this.stopping || kept?.child !== child) return;
    const deaths = Date.now() - kept.since > STEADY_MS ? 0 : kept.deaths;
    const wait = BACK_OFF_S[Math.min(deaths, BACK_OFF_S.length - 1)] ?? 1;
    this.say(
      `${name} 意外退出,${wait} 秒后重新启动(日志 ${child.spec.logFile}) · ${name} ended unexpectedly, starting it again in ${wait} s`,
    );
    setTimeout(() => this.revive(name, deaths + 1), wait * 1000);
  }

  private revive(name: string, deaths: number): void {
    const dead = this.parts.get(name)?.child;
    if (this.stopping || dead === undefined) return;
    const child = new Child(dead.spec);
    this.parts.set(name, { child, since: Date.now(), deaths });
    this.remember();
    void child.exited.then(() => this.onExit(name, child));
    void child.ready.then(
      () => this.say(`${name} 已恢复 · ${name} is back`),
      // Its end is handled above; one that hangs is ended, which brings it there as well.
      () => child.kill('SIGKILL'),
    );
  }
}
