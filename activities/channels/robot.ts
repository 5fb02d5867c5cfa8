/** What the robots of WeCom and DingTalk have in common: one POST of JSON, answered with errcode and errmsg. */
import { z } from 'zod';
import type { Outcome } from './channel';

/** After the robot's host could not be reached at all, in milliseconds. */
const UNREACHED_MS = 3_000;
/** An answer is a short line; whatever is longer is none. */
const LONGEST_ANSWER = 10_000;

export interface RobotSetting {
  /** Scheme, host and port, from the configuration alone: nothing that somebody entered decides where we call. */
  url: string;
  /** For the whole call, in milliseconds. */
  timeoutMs: number;
}

/** What errcodes mean: certainly not taken and worth another try after so many milliseconds, or never. */
export interface RobotCodes {
  /** Put before the number: WeCom45009. */
  name: string;
  retry: ReadonlyMap<number, number>;
  refused: ReadonlySet<number>;
}

const Answer = z.object({ errcode: z.number().int() });

/** How an attempt ended that was answered with this; anything unlisted may mean anything. */
export function outcomeOfAnswer(codes: RobotCodes, answer: unknown, ref: string): Outcome {
  const parsed = Answer.safeParse(answer);
  if (!parsed.success) return { kind: 'unknown', code: 'BrokenAnswer' };
  const { errcode } = parsed.data;
  if (errcode === 0) return { kind: 'sent', ref };
  const code = `${codes.name}${errcode}`;
  const ms = codes.retry.get(errcode);
  if (ms !== undefined) return { kind: 'retry_after', ms, code };
  return codes.refused.has(errcode) ? { kind: 'refused', code } : { kind: 'unknown', code: `Unlisted:${code}` };
}

const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

interface FetchError {
  name?: unknown;
  cause?: { code?: unknown };
}

/** What an error of fetch means: its cause tells whether the connection was ever made. */
export function outcomeOfFetchError(error: unknown): Outcome {
  const { name, cause } = (error ?? {}) as FetchError;
  const code = cause?.code;
  if (typeof code === 'string' && NEVER_LEFT.has(code)) {
    return { kind: 'retry_after', ms: UNREACHED_MS, code: `Unreached:${code}` };
  }
  return { kind: 'unknown', code: name === 'TimeoutError' ? 'Timeout' : 'BrokenAnswer' };
}

/**
 * Posts one message. The address holds the robot's key: it appears in no outcome and no error.
 * @param ref what the message is called from now on; robots give no number of their own
 */
export async function post(
  setting: RobotSetting,
  codes: RobotCodes,
  { path, body, ref }: { path: string; body: object; ref: string },
): Promise<Outcome> {
  try {
    const response = await fetch(setting.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      // A redirect would lead to a place that the configuration does not name.
      redirect: 'error',
      signal: AbortSignal.timeout(setting.timeoutMs),
    });
    const text = await response.text();
    if (response.status !== 200) return { kind: 'unknown', code: `Http${response.status}` };
    return outcomeOfAnswer(codes, text.length > LONGEST_ANSWER ? undefined : parse(text), ref);
  } catch (error) {
    return outcomeOfFetchError(error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not JSON: an answer of something on the way, told apart from the robot's own.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
