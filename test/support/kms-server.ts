/** A key management service over HTTP, as one would be reached: its key never leaves it. For tests of the interface. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { type Kms, VaultKeyUnknown } from '../../store/kms';
import { decrypt, encrypt, VaultSealBroken } from '../../store/vault-cipher';

const Ask = z.object({
  do: z.enum(['wrap', 'unwrap']),
  kekId: z.string(),
  data: z.base64(),
  context: z.array(z.string()),
});
const Answer = z.object({ data: z.base64() });

export interface KmsServer {
  url: string;
  /** What was asked of it. */
  asked: { do: string; kekId: string }[];
  /** Makes another key, by which new data keys are wrapped from now on. @returns its id */
  newKey(): string;
  stop(): Promise<void>;
}

export async function startKms(): Promise<KmsServer> {
  const keys = new Map<string, Buffer>();
  const asked: KmsServer['asked'] = [];
  const newKey = (): string => {
    const id = `kms-${keys.size + 1}`;
    keys.set(id, randomBytes(32));
    return id;
  };
  newKey();
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of req) text += String(chunk);
    const ask = Ask.parse(JSON.parse(text));
    asked.push({ do: ask.do, kekId: ask.kekId });
    const key = keys.get(ask.kekId);
    const reply = (status: number, body: object): void => void res.writeHead(status).end(JSON.stringify(body));
    if (!key) return reply(404, {});
    const data = Buffer.from(ask.data, 'base64');
    try {
      const done = ask.do === 'wrap' ? encrypt(key, data, ask.context) : decrypt(key, data, ask.context, 'x');
      reply(200, { data: Buffer.from(done).toString('base64') });
    } catch (error) {
      reply(error instanceof VaultSealBroken ? 409 : 500, {});
    }
  };
  const server = createServer((req, res) => void answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    newKey,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The vault's way to that service. */
export function httpKms(url: string, current: string): Kms {
  async function ask(what: 'wrap' | 'unwrap', kekId: string, data: Uint8Array, context: readonly string[], id: string) {
    const body = JSON.stringify({ do: what, kekId, data: Buffer.from(data).toString('base64'), context });
    const response = await fetch(url, { method: 'POST', body });
    if (response.status === 404) throw new VaultKeyUnknown(kekId);
    if (response.status === 409) throw new VaultSealBroken(id);
    return Buffer.from(Answer.parse(await response.json()).data, 'base64');
  }
  return {
    current,
    wrap: async (dataKey, context) => ({
      wrapped: new Uint8Array(await ask('wrap', current, dataKey, context, '')),
      kekId: current,
    }),
    unwrap: ({ wrapped, kekId }, context, id) => ask('unwrap', kekId, wrapped, context, id),
  };
}
