import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CarrierConfig } from './config';

export type PushKind = 'status' | 'reply' | 'voice';

/** What became of a push: the last answer, how many tries it took, and whether the receiver said it has it. */
export interface PushOutcome {
  delivered: boolean;
  attempts: number;
  /** HTTP status and body of the last answer, or neither when nothing answered. */
  status?: number;
  answer?: unknown;
}

/** Pushes to the API's callback addresses in Tencent's shapes, each tried three times in all. */
export class Pushes {
  private readonly stopped = new AbortController();

  constructor(
    private readonly config: Pick<CarrierConfig, 'callbackBase' | 'carrierSecret' | 'timing'>,
    private readonly log: Logger,
  ) {
    // Every message under way waits on this signal: a hundred listeners are no leak.
    setMaxListeners(0, this.stopped.signal);
  }

  /**
   * Pushes one body and waits until it is taken or given up. Never throws: an API that is away is the outcome.
   * @param ids the message ids it is about, for the log
   */
  async push(kind: PushKind, body: unknown, ids: readonly string[]): Promise<PushOutcome> {
    let outcome = await this.attempt(kind, body, 1);
    for (const pause of this.config.timing.pushRetries) {
      if (outcome.delivered || !(await this.pause(pause))) break;
      outcome = await this.attempt(kind, body, outcome.attempts + 1);
    }
    if (!outcome.delivered) {
      this.log.warn({ kind, ids, attempts: outcome.attempts, status: outcome.status }, 'push given up');
    }
    return outcome;
  }

  /** Waits in real time; false when the carrier is stopping. */
  async pause(ms: number): Promise<boolean> {
    try {
      await sleep(ms, undefined, { signal: this.stopped.signal });
      return true;
    } catch (error) {
      if (this.stopped.signal.aborted) return false;
      throw error;
    }
  }

  /** Ends every wait and every try under way. */
  stop(): void {
    this.stopped.abort();
  }

  private async attempt(kind: PushKind, body: unknown, attempts: number): Promise<PushOutcome> {
    const url = `${this.config.callbackBase}/carrier/tencent/${this.config.carrierSecret}/${kind}`;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(this.config.timing.pushTimeout)]),
      });
      const answer = readAnswer(await response.text());
      return { delivered: response.status === 200 && saysTaken(answer), attempts, status: response.status, answer };
    } catch (error) {
      this.log.debug({ kind, attempts, reason: error instanceof Error ? error.name : 'unknown' }, 'push not answered');
      return { delivered: false, attempts };
    }
  }
}

function readAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function saysTaken(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'result' in answer && answer.result === 0;
}
