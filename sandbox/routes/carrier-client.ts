import { z } from 'zod';
import { Problem, unavailable } from '../../api/problem';

/** One message as the carrier double recorded it. */
export const CarrierMessage = z.object({
  id: z.string(),
  at: z.string(),
  channel: z.enum(['sms', 'voice', 'email', 'wecom', 'dingtalk']),
  to: z.string(),
  text: z.string(),
  subject: z.string().optional(),
  numbers: z.array(z.string()),
  status: z.enum(['accepted', 'delivered', 'failed', 'rejected']),
  code: z.string().optional(),
  serialNo: z.string().optional(),
});
export type CarrierMessage = z.infer<typeof CarrierMessage>;

const Receipts = z.object({ underWay: z.array(z.string()) });

const Refusal = z.object({
  title: z.string().catch('Refused'),
  detail: z.string().catch('the carrier double refused'),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** A push may be tried three times before the carrier double gives up. */
const PATIENCE_MS = 30_000;

/** The carrier double's control address. */
export class CarrierClient {
  constructor(private readonly url: string) {}

  /** @param since id of a message: only later ones */
  async messages(since?: string): Promise<CarrierMessage[]> {
    const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`;
    return z.array(CarrierMessage).parse(await this.call('GET', `/control/messages${query}`));
  }

  reply(id: string, body: unknown): Promise<unknown> {
    return this.call('POST', `/control/messages/${encodeURIComponent(id)}/reply`, body);
  }

  press(id: string, body: unknown): Promise<unknown> {
    return this.call('POST', `/control/messages/${encodeURIComponent(id)}/keypress`, body);
  }

  /** Serial numbers of the messages of which a receipt is still to come. */
  async receiptsUnderWay(): Promise<string[]> {
    return Receipts.parse(await this.call('GET', '/control/receipts')).underWay;
  }

  /** The fault and the limits in force. */
  state(): Promise<unknown> {
    return this.call('GET', '/control/carrier');
  }

  /** Makes the carrier misbehave, or well again. @returns the state in force */
  misbehave(body: unknown): Promise<unknown> {
    return this.call('POST', '/control/carrier', body);
  }

  /** @throws Problem with the carrier's own words where it refuses, 503 where it is away */
  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(this.url + path, {
        method,
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw unavailable(5, 'the carrier double does not answer', cause);
    }
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const { title, detail, errors } = Refusal.parse(answer);
    throw new Problem(response.status, 'CarrierDouble', title, detail, { errors });
  }
}
