/** What the SMS and the voice client have in common: settings, and what the SDK's errors mean. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ClientConfig } from 'tencentcloud-sdk-nodejs/tencentcloud/common/interface';
import type { Outcome } from './channel';
import type { TencentConfig } from './config';
import { outcomeOf } from './tencent-codes';

const MAX_SOCKETS = 50;
/** After the carrier's address could not be reached at all. */
const UNREACHED_MS = 3_000;

export interface TencentSettings {
  client: ClientConfig;
  /** How long one call may take, in milliseconds: the SDK waits as long again for the body as for the headers. */
  longestMs: number;
  /** Ends kept connections. */
  close(): void;
}

/** The SDK's settings for one of its services. */
export function settingsFor(config: TencentConfig, endpoint: string): TencentSettings {
  const Agent = config.protocol === 'https' ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const client: ClientConfig = {
    credential: { secretId: config.secretId, secretKey: config.secretKey },
    region: config.region,
    profile: {
      signMethod: 'TC3-HMAC-SHA256',
      language: 'en-US',
      httpProfile: {
        reqMethod: 'POST',
        endpoint,
        protocol: `${config.protocol}://`,
        // In seconds; left out, the SDK would wait for ever.
        reqTimeout: config.timeoutSeconds,
        agent,
      },
    },
  };
  return { client, longestMs: config.timeoutSeconds * 2_000, close: () => agent.destroy() };
}

interface SdkError {
  code?: unknown;
  httpCode?: unknown;
  message?: unknown;
  requestId?: unknown;
}

const NEVER_LEFT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;

/**
 * What an error of the SDK means. It throws its own class for answers of the API (code and request id set), for other
 * statuses than 200 (httpCode set) and for the network (the message alone tells), and other classes for broken bodies.
 */
export function outcomeOfError(error: unknown): Outcome {
  const { code, httpCode, message, requestId } = (error ?? {}) as SdkError;
  if (typeof code === 'string' && typeof requestId === 'string' && requestId !== '') return outcomeOf(code);
  if (typeof httpCode === 'number') return { kind: 'unknown', code: `Http${httpCode}` };
  const text = typeof message === 'string' ? message : '';
  const neverLeft = NEVER_LEFT.exec(text)?.[0];
  if (neverLeft) return { kind: 'retry_after', ms: UNREACHED_MS, code: `Unreached:${neverLeft}` };
  return { kind: 'unknown', code: /timeout/i.test(text) ? 'Timeout' : 'BrokenAnswer' };
}
