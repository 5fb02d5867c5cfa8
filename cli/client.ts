/** The API as the command line uses it: one address, one sign-in, and failures in words that say what to do. */
import { z } from 'zod';
import { Account } from '../sandbox/data/accounts';
import { OptionsWrong } from './policy/options';

/** Something that the user can mend; the message says what. */
export class CliFailure extends Error {
  override readonly name: string = 'CliFailure';
}

/** The API answered, and not as asked. */
export class Refused extends CliFailure {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Moving a clock over hours waits for every message on the way. */
const PATIENCE_MS = 180_000;

/**
 * The system's address without a slash at its end: the one given, SHOUWANG_URL, or the sandbox at PORT.
 * @throws OptionsWrong
 */
export function addressOf(given: string | undefined): string {
  const url = given ?? (process.env['SHOUWANG_URL'] || `http://127.0.0.1:${process.env['PORT'] || '3000'}`);
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new OptionsWrong([`--url ${url}: expected an address such as http://127.0.0.1:3000`]);
  }
  return url.replace(/\/+$/, '');
}

const Detail = z.object({ detail: z.string() });

export class Client {
  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  /** The same system as somebody else. */
  as(token: string): Client {
    return new Client(this.url, token);
  }

  /**
   * @param key an Idempotency-Key: the same request again is the same operation
   * @throws CliFailure where nothing answers, Refused where the answer is a problem
   */
  async ask<T extends z.ZodType>(
    method: string,
    path: string,
    schema: T,
    body?: unknown,
    key?: string,
  ): Promise<z.output<T>> {
    const { status, answer } = await this.send(method, path, body, key);
    if (status >= 400) throw new Refused(status, refusal(status, answer));
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new CliFailure(`${this.url}${path} 的回答不是本版本守望的格式 · an answer of another version (${where})`);
  }

  /** A file as it is. @throws CliFailure where nothing answers, Refused where the answer is a problem */
  async file(path: string): Promise<Buffer> {
    const response = await this.reach('GET', path);
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    throw new Refused(response.status, refusal(response.status, await response.json()));
  }

  private async send(
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<{ status: number; answer: unknown }> {
    const response = await this.reach(method, path, body, key);
    return { status: response.status, answer: await response.json() };
  }

  private async reach(method: string, path: string, body?: unknown, key?: string): Promise<globalThis.Response> {
    try {
      return await fetch(this.url + path, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: {
          ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new CliFailure(
        `${this.url} 上没有运行守望：请先 npm start，或用 --url 指定地址 · no Shouwang answers there: npm start, or name it with --url`,
        { cause },
      );
    }
  }
}

function refusal(status: number, answer: unknown): string {
  const detail = Detail.safeParse(answer).data?.detail ?? `status ${status}`;
  if (status === 401) return `令牌无效，请检查 --token 或 SHOUWANG_TOKEN · the token is not valid: ${detail}`;
  if (status === 403) return `没有权限 · not allowed: ${detail}`;
  return `${detail} (${status})`;
}

/** The made-up sign-ins of a sandbox; undefined: the system is none. @throws CliFailure where nothing answers */
export async function sandboxAccounts(url: string): Promise<Account[] | undefined> {
  try {
    return await new Client(url).ask('GET', '/sandbox/accounts', z.array(Account));
  } catch (error) {
    if (error instanceof Refused && [401, 403, 404].includes(error.status)) return undefined;
    throw error;
  }
}

/**
 * The token given or SHOUWANG_TOKEN; otherwise that of the sandbox's first sign-in of the roles, the earlier role first.
 * @param stationId somebody of this station, where there is one
 * @throws CliFailure where there is none
 */
export async function tokenFor(
  url: string,
  given: string | undefined,
  roles: readonly string[],
  stationId?: string,
): Promise<string> {
  const token = given ?? process.env['SHOUWANG_TOKEN'];
  if (token) return token;
  const accounts = (await sandboxAccounts(url)) ?? [];
  const fit = roles.flatMap((role) => accounts.filter((one) => one.role === role));
  const first = fit.find((one) => one.stationId === stationId) ?? fit[0];
  if (first) return first.token;
  throw new CliFailure(`需要令牌：--token 或环境变量 SHOUWANG_TOKEN · ${url} is no sandbox, a token is needed`);
}
