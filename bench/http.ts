/** A small client over kept connections: what a load of users looks like to the API, at little cost to the machine. */
import { Agent, request } from 'node:http';
import type { Stack } from '../sandbox/stack';
import type { CaseAnswer } from '../api/schemas/answers';

export interface Http {
  /** One request with the token of a made-up user. @throws Error naming the status, unless the answer is 2xx */
  ask<T = CaseAnswer>(method: string, path: string, body?: unknown, asking?: Asking): Promise<T>;
  close(): void;
}

export interface Asking {
  /** A username of the made-up accounts. */
  as?: string;
  headers?: Record<string, string>;
}

/** A social worker of the station that the measurements report into. */
export const WORKER = 'xinhua_worker1';
export const SUPERVISOR = 'xinhua_supervisor';

/** @param to the running product, of which address and sign-ins are needed */
export function httpClient({ url, accounts }: Pick<Stack, 'url' | 'accounts'>): Http {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const tokens = new Map(accounts.map(({ username, token }) => [username, token]));

  function send(method: string, path: string, text: string | undefined, asking: Asking): Promise<[number, string]> {
    const headers = {
      authorization: `Bearer ${tokens.get(asking.as ?? WORKER) ?? ''}`,
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...asking.headers,
    };
    return new Promise((resolve, reject) => {
      const sent = request(url + path, { method, agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () => resolve([answer.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')]));
      });
      sent.once('error', reject);
      sent.end(text);
    });
  }

  return {
    async ask<T>(method: string, path: string, body?: unknown, asking: Asking = {}): Promise<T> {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const [status, answer] = await send(method, path, text, asking);
      if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${answer.slice(0, 300)}`);
      return JSON.parse(answer) as T;
    },
    close: () => agent.destroy(),
  };
}
