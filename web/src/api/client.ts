/** The way to the API: typed by its own description, refusals as {@link Refused}, no signal as {@link NoSignal}. */
import createClient from 'openapi-fetch';
import type { paths } from './schema';

/** The API has answered, and said no. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    /** The last part of the problem's type, such as `steps-open`. */
    readonly type: string,
    detail: string,
    readonly errors: { path: string; message: string }[] = [],
    readonly possible: string[] = [],
    /** Seconds after which to try again, where the API says so. */
    readonly retryAfter?: number,
  ) {
    super(detail);
  }
}

/** Nobody has answered: no signal, or the server is away. */
export class NoSignal extends Error {
  override readonly name = 'NoSignal';
}

export const api = createClient<paths>({ baseUrl: location.origin });

const SKEW = 'shouwang.clock';

/** Milliseconds that the server's clock is ahead of the device's; devices in the field may be minutes off. */
let skewMs = Number(localStorage.getItem(SKEW) ?? 0);

/** When a key or a pointer was last used on this page, milliseconds. */
let usedAt = Date.now();
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(kind, () => (usedAt = Date.now()), { capture: true, passive: true });
}

api.use({
  // What the page reads by itself while nobody is there does not keep the sign-in alive.
  onRequest({ request }) {
    request.headers.set('x-idle-seconds', String(Math.round((Date.now() - usedAt) / 1000)));
    return request;
  },
  onResponse({ response }) {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    // The header counts in seconds, and the answer took a moment: a smaller difference is none.
    skewMs = Math.abs(date - Date.now()) > 5_000 ? date - Date.now() : 0;
    localStorage.setItem(SKEW, String(skewMs));
  },
});

/** The server's time, in milliseconds, as far as this device knows. */
export const serverNow = (): number => Date.now() + skewMs;

interface ProblemShape {
  type?: unknown;
  detail?: unknown;
  errors?: unknown;
  possible?: unknown;
}

const isList = <T>(value: unknown): value is T[] => Array.isArray(value);

/** A refusal from whatever body came with it. */
export function refusedFrom(response: Response, body: unknown): Refused {
  const problem: ProblemShape = typeof body === 'object' && body !== null ? body : {};
  const type = typeof problem.type === 'string' ? (problem.type.split(':').at(-1) ?? '') : '';
  const detail = typeof problem.detail === 'string' ? problem.detail : response.statusText;
  const errors = isList<{ path: string; message: string }>(problem.errors) ? problem.errors : [];
  const possible = isList<string>(problem.possible) ? problem.possible : [];
  const wait = Number(response.headers.get('retry-after'));
  return new Refused(response.status, type, detail, errors, possible, wait > 0 ? wait : undefined);
}

/** @throws Refused, NoSignal */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response };
  try {
    result = await asked;
  } catch (cause) {
    throw new NoSignal('no answer', { cause });
  }
  if (result.data === undefined) throw refusedFrom(result.response, result.error);
  return result.data;
}

/** A new Idempotency-Key: the same write under it is done once, however often it is sent. */
export const newKey = (): string => crypto.randomUUID();

/** Where a copy of an attachment (附件) is fetched. */
export const contentOf = (id: string, copy: 'clean' | 'thumb'): string =>
  `/api/v1/attachments/${id}/content?copy=${copy}`;
