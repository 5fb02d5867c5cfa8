import { createServer, Agent, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { Client as Sms } from 'tencentcloud-sdk-nodejs/tencentcloud/services/sms/v20210111/sms_client';
import { Client as Vms } from 'tencentcloud-sdk-nodejs/tencentcloud/services/vms/v20200902/vms_client';
import type { CarrierConfig, Timing } from '../../../sandbox/carrier/config';
import { type RunningCarrier, startCarrier } from '../../../sandbox/carrier/server';

export const PHONE = '13800138000';
export const SIGN = '守望';
const SECRET = 'callback-secret';

/** A push as the receiver saw it. */
export interface ReceivedPush {
  path: string;
  body: unknown;
}

export interface View {
  id: string;
  at: string;
  channel: string;
  to: string;
  text: string;
  subject?: string;
  numbers: string[];
  status: string;
  code?: string;
  serialNo?: string;
}

const TEXTS = `texts:
  overdue:
    sms: { templateId: "100001", body: "案件{1}的{2}已逾期{3},回复{4}确认。" }
    voice: { templateId: "200001", body: "您有案件步骤已逾期,请尽快处理。" }
    mail: { subject: "案件逾期", body: "请处理" }
  assigned:
    sms: { templateId: "100002", body: "案件{1}已分派给您,请登录处理。" }
`;

/** Shortened where a test waits for it; what must not happen meanwhile takes as long as it likes. */
const TIMING: Timing = {
  receiptDelay: 40,
  lateReceiptDelay: 60_000,
  pushRetries: [30, 30],
  pushTimeout: 20_000,
  slowAnswer: 60_000,
};
/** How long a client waits for an answer, and how long where it is known that none comes. */
const REQUEST_SECONDS = 20;
const HURRIED_SECONDS = 1;

/** A carrier in this process, the SDK's clients pointed at it, and a small server that takes its pushes. */
export class Rig {
  readonly pushes: ReceivedPush[] = [];
  /** Answers of the receiver to the next pushes; OK when none are left. */
  readonly answers: Array<{ status: number; body: string }> = [];
  private readonly agent = new Agent({ keepAlive: true });
  /** Clients made from now on wait no longer than a test of silence likes to take. */
  hurried = false;
  private constructor(
    readonly config: CarrierConfig,
    private readonly receiver: Server,
    public carrier: RunningCarrier,
  ) {}

  static async start(timing: Partial<Timing> = {}): Promise<Rig> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'carrier-test-'));
    const textsFile = path.join(dataDir, 'texts.yaml');
    writeFileSync(textsFile, TEXTS);
    const receiver = createServer();
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const config: CarrierConfig = {
      carrierPort: 0,
      smtpPort: 0,
      dataDir,
      secretId: 'AKIDsandbox',
      secretKey: 'sandbox-key',
      smsAppId: '1400006666',
      smsSign: SIGN,
      vmsAppId: '1500006666',
      carrierSecret: SECRET,
      callbackBase: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      textsFile,
      logLevel: 'silent',
      timing: { ...TIMING, ...timing },
    };
    const rig = new Rig(config, receiver, await startCarrier(config, pino({ level: 'silent' })));
    receiver.on('request', (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        rig.pushes.push({ path: (req.url ?? '').replace(`/carrier/tencent/${SECRET}/`, ''), body });
        const { status, body: answer } = rig.answers.shift() ?? { status: 200, body: '{"result":0,"errmsg":"OK"}' };
        res.writeHead(status, { 'content-type': 'application/json' }).end(answer);
      });
    });
    return rig;
  }

  /** Stops the carrier and starts it again on the same data. @param timing what goes otherwise from now on */
  async restart(timing: Partial<Timing> = {}): Promise<void> {
    await this.carrier.close();
    Object.assign(this.config.timing, timing);
    this.carrier = await startCarrier(this.config, pino({ level: 'silent' }));
  }

  async stop(): Promise<void> {
    await this.carrier.close();
    this.agent.destroy();
    this.receiver.closeAllConnections();
    await new Promise((resolve) => this.receiver.close(resolve));
    rmSync(this.config.dataDir, { recursive: true });
  }

  sms(key = this.config.secretKey, id = this.config.secretId): Sms {
    return new Sms(this.client(id, key));
  }

  vms(): Vms {
    return new Vms(this.client(this.config.secretId, this.config.secretKey));
  }

  /** Sends the overdue text to one phone; the case number makes the content differ. */
  async text(phone = PHONE, number = 'A0123') {
    const answer = await this.sms().SendSms(this.textRequest([phone], number));
    return answer.SendStatusSet?.[0];
  }

  textRequest(phones: string[], number = 'A0123') {
    return {
      PhoneNumberSet: phones,
      SmsSdkAppId: this.config.smsAppId,
      SignName: SIGN,
      TemplateId: '100001',
      TemplateParamSet: [number, '首次接触', '35分钟', '4821'],
    };
  }

  callRequest(phone = PHONE) {
    return { TemplateId: '200001', CalledNumber: phone, VoiceSdkAppid: this.config.vmsAppId };
  }

  async control(method: string, route: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.carrier.port}/control/${route}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async misbehave(state: object): Promise<void> {
    const { status } = await this.control('POST', 'carrier', state);
    if (status !== 200) throw new Error(`the carrier refused ${JSON.stringify(state)}: ${status}`);
  }

  async messages(since?: string): Promise<View[]> {
    const { body } = await this.control('GET', since === undefined ? 'messages' : `messages?since=${since}`);
    return body as View[];
  }

  async lastMessage(): Promise<View> {
    const last = (await this.messages()).at(-1);
    if (!last) throw new Error('the carrier has no message');
    return last;
  }

  pushesTo(kind: string): unknown[] {
    return this.pushes.filter((push) => push.path === kind).map((push) => push.body);
  }

  private client(secretId: string, secretKey: string) {
    const endpoint = `127.0.0.1:${this.carrier.port}`;
    const reqTimeout = this.hurried ? HURRIED_SECONDS : REQUEST_SECONDS;
    const httpProfile = { endpoint, protocol: 'http://', reqTimeout, agent: this.agent };
    return { credential: { secretId, secretKey }, region: 'ap-guangzhou', profile: { httpProfile } };
  }
}

/** Looks every 10 ms until the check holds; fails after 50 s, before the test is given up without a word. */
export async function eventually<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + 50_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error('it never happened');
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the SDK threw. */
export async function thrown(call: Promise<unknown>): Promise<{ code?: string; httpCode?: number; message: string }> {
  try {
    await call;
  } catch (error) {
    return error as { code?: string; httpCode?: number; message: string };
  }
  throw new Error('nothing was thrown');
}
