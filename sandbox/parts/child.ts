import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, markOf, type ProcessMark } from '../lock';
import { partFailed, type StartFailure } from '../failures';
import { LogFile } from './log-file';

/** How a part is started and how one knows that it is ready. */
export interface ChildSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Node children get an IPC channel: they end by themselves when this process is gone. */
  ipc?: boolean;
  /** Answers with what the line says once the part is ready, undefined for every other line. */
  isReady?: (line: string) => ReadyLine | undefined;
  /** For a part that does not say so: asked again and again until it answers true. */
  probe?: () => Promise<boolean>;
  /** Puts into the user's words why the part did not become ready (PartFailed). */
  explain?: (child: Child, cause: Error) => StartFailure;
  logFile: string;
  /** Asks the part to end in good order. */
  stopSignal?: NodeJS.Signals;
  /** Milliseconds after which a part that was asked to end is killed (10 s). */
  stopPatience?: number;
  /** Milliseconds in which a part must become ready (60 s). */
  readyPatience?: number;
}

export type ReadyLine = Record<string, unknown>;

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The ready line of our own processes: one JSON line of pino's with msg "ready". */
export function pinoReady(line: string): ReadyLine | undefined {
  if (!line.includes('"ready"')) return undefined;
  try {
    const value = JSON.parse(line) as ReadyLine;
    return value['msg'] === 'ready' ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What a log line says: of a JSON line only its reason, error or message. */
function essence(line: string): string {
  const [, text = line] =
    line.match(/"(?:reason|error)":"((?:[^"\\]|\\.)*)"/) ?? line.match(/"msg":"((?:[^"\\]|\\.)*)"/) ?? [];
  return text;
}

/** One running process of ours, its log and its end. */
export class Child {
  readonly log: LogFile;
  /** Resolves to the ready line; rejects with PartFailed when the part ends or takes too long before it. */
  readonly ready: Promise<ReadyLine>;
  readonly exited: Promise<Ending>;
  readonly mark: ProcessMark | undefined;
  private readonly process: ChildProcess;

  constructor(readonly spec: ChildSpec) {
    this.log = new LogFile(spec.logFile);
    // A group of its own: the terminal's Ctrl-C reaches this process alone, which then stops its parts in order.
    this.process = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      uid: spec.uid,
      gid: spec.gid,
      detached: true,
      stdio: spec.ipc ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    });
    this.mark = this.process.pid === undefined ? undefined : markOf(this.process.pid);
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve({ code, signal }));
      this.process.once('error', (error) => {
        this.log.write(`${error.message}\n`);
        resolve({ code: -1, signal: null });
      });
    });
    this.ready = this.watch();
    // Whoever does not wait for readiness (a restart) must not die of it.
    this.ready.catch((error: Error) => this.log.write(`${error.message}\n`));
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null && this.process.pid !== undefined;
  }

  private watch(): Promise<ReadyLine> {
    const { name, logFile, isReady, probe, explain, readyPatience = 60_000 } = this.spec;
    return new Promise<ReadyLine>((resolve, reject) => {
      const giveUp = (why: string): void => reject(partFailed(name, why, logFile));
      const timer = setTimeout(giveUp, readyPatience, `${readyPatience / 1000} s`).unref();
      for (const stream of [this.process.stdout, this.process.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          this.log.write(`${line}\n`);
          const found = isReady?.(line);
          if (found !== undefined) resolve(found);
        });
      }
      if (probe !== undefined) void this.poll(probe).then(() => resolve({}), reject);
      void this.exited.then(({ code, signal }) => {
        clearTimeout(timer);
        giveUp(`${signal ?? `exit ${code}`}: ${essence(this.log.problem(/(\S.*)/) ?? '-')}`);
      });
    }).catch((cause: Error) => {
      throw explain?.(this, cause) ?? cause;
    });
  }

  private async poll(probe: () => Promise<boolean>): Promise<void> {
    while (this.running && !(await probe())) await sleep(100);
  }

  /** Sends a signal; nothing happens when the process is gone. */
  kill(signal: NodeJS.Signals): void {
    if (this.running) this.process.kill(signal);
  }

  /** Asks the process to end, kills it when it does not, and resolves when it is gone. */
  async stop(): Promise<Ending> {
    this.kill(this.spec.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), this.spec.stopPatience ?? 10_000);
    const ending = await this.exited;
    clearTimeout(timer);
    return ending;
  }
}

/** Ends a process that an earlier, killed supervisor left behind: politely for 10 s, then not. */
export async function stopLeftover(mark: ProcessMark, signal: NodeJS.Signals): Promise<void> {
  const sendAndWait = async (what: NodeJS.Signals, patience: number): Promise<boolean> => {
    if (!isAlive(mark)) return true;
    process.kill(mark.pid, what);
    const until = Date.now() + patience;
    while (isAlive(mark) && Date.now() < until) await sleep(50);
    return !isAlive(mark);
  };
  if (!(await sendAndWait(signal, 10_000))) await sendAndWait('SIGKILL', 5_000);
}
