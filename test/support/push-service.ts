/**
 * A push service of our own that speaks the Web Push protocol (RFC 8030), checks who sends (VAPID, RFC 8292), and devices
 * that open what was sealed for them (RFC 8291, aes128gcm of RFC 8188). By Node's own cryptography alone.
 */
import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';

export interface Arrival {
  device: string;
  headers: IncomingMessage['headers'];
  /** What the device could read. */
  payload: unknown;
  /** As it went over the wire. */
  sealed: Buffer;
}

const DELIMITER = 2;
const TAG = 16;

/** One device's subscription, as a browser makes it. */
export class Device {
  private readonly keys: ECDH = createECDH('prime256v1');
  private readonly auth = randomBytes(16);
  readonly id = randomBytes(12).toString('hex');
  /** How the service answers for it. */
  answers: number[] = [];

  constructor(private readonly service: string) {
    this.keys.generateKeys();
  }

  get subscription(): { endpoint: string; keys: { p256dh: string; auth: string } } {
    const keys = { p256dh: this.keys.getPublicKey('base64url'), auth: this.auth.toString('base64url') };
    return { endpoint: `${this.service}/push/${this.id}`, keys };
  }

  /** @throws Error for anything that was not sealed for this device */
  open(body: Buffer): unknown {
    const salt = body.subarray(0, 16);
    const idLength = body.readUInt8(20);
    const sender = body.subarray(21, 21 + idLength);
    const records = body.subarray(21 + idLength);
    const secret = this.keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.keys.getPublicKey(), sender]);
    const key = Buffer.from(hkdfSync('sha256', secret, this.auth, info, 32));
    const part = (name: string, length: number): Buffer =>
      Buffer.from(hkdfSync('sha256', key, salt, Buffer.from(`Content-Encoding: ${name}\0`), length));
    const decipher = createDecipheriv('aes-128-gcm', part('aes128gcm', 16), part('nonce', 12));
    decipher.setAuthTag(records.subarray(-TAG));
    const plain = Buffer.concat([decipher.update(records.subarray(0, -TAG)), decipher.final()]);
    const end = plain.lastIndexOf(DELIMITER);
    return JSON.parse(plain.subarray(0, end).toString('utf8'));
  }
}

/** Who signed, and for whom: the claims of a VAPID header. @throws Error where the signature does not hold */
export function vapidClaims(header: string | undefined): { key: string; claims: Record<string, unknown> } {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(header ?? '') ?? [];
  const [head = '', body = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256' },
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const holds = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!holds) throw new Error('the signature does not hold');
  return { key, claims: JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Record<string, unknown> };
}

export class PushService {
  readonly arrivals: Arrival[] = [];
  private readonly devices = new Map<string, Device>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<PushService> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const service = new PushService(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (req: IncomingMessage, res) => {
      service
        .take(req)
        .then((status) => res.writeHead(status).end())
        .catch((error: unknown) => res.writeHead(400).end(String(error)));
    });
    return service;
  }

  device(): Device {
    const made = new Device(this.url);
    this.devices.set(made.id, made);
    return made;
  }

  private async take(req: IncomingMessage): Promise<number> {
    const device = this.devices.get(req.url?.split('/').at(-1) ?? '');
    if (!device || req.method !== 'POST') {
      await text(req);
      return 404;
    }
    const sealed = await buffer(req);
    vapidClaims(req.headers.authorization);
    const status = device.answers.shift() ?? 201;
    if (status === 201)
      this.arrivals.push({ device: device.id, headers: req.headers, payload: device.open(sealed), sealed });
    return status;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
