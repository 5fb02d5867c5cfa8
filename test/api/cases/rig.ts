import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { ApiConfig } from '../../../api/config';
import { type RunningApi, startApi } from '../../../api/main';
import { DEFAULT_TIMING } from '../../../sandbox/carrier/config';
import { startCarrier } from '../../../sandbox/carrier/server';
import type { Account } from '../../../sandbox/data/accounts';
import { freePorts, LOOPBACK } from '../../../sandbox/ports';
import type { WorkerConfig } from '../../../worker/config';
import { installRuntime } from '../../../worker/telemetry';
import { startWorker } from '../../../worker/worker';
import { startTestApi, type TestApi } from '../../support/api';
import { workflowCode } from '../../support/infra';
import { removeSchedules } from '../../support/schedules';

export type Who = Account['username'] | undefined;
type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Of a JSON answer. */
  json: Json;
}

const silent = pino({ level: 'silent' });

/** A carrier for the worker of a test's API. @returns how the worker sends, and how the carrier ends */
async function startCarrierFor({ url, config }: TestApi) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'cases-test-'));
  const secret = { secretId: 'AKIDsandbox', secretKey: randomBytes(16).toString('hex') };
  const [smsAppId, vmsAppId, sign] = ['1400006666', '1500006666', '守望'];
  const carrier = await startCarrier(
    {
      ...{ carrierPort: 0, smtpPort: 0, dataDir, ...secret, smsAppId, smsSign: sign, vmsAppId },
      carrierSecret: config.carrierSecret,
      callbackBase: url,
      textsFile: path.join(config.policiesDir, 'texts.yaml'),
      logLevel: 'silent',
      timing: DEFAULT_TIMING,
    },
    silent,
  );
  const endpoint = `${LOOPBACK}:${carrier.port}`;
  return {
    channels: {
      tencent: { ...secret, region: 'ap-guangzhou', protocol: 'http', timeoutSeconds: 5 } as const,
      sms: { endpoint, appId: smsAppId, sign },
      voice: { endpoint, appId: vmsAppId },
      mail: { url: `smtp://${LOOPBACK}:${carrier.smtpPort}`, from: 'shouwang@shouwang.invalid', timeoutMs: 5_000 },
      robots: {
        wecom: { url: `http://${endpoint}`, timeoutMs: 5_000 },
        dingtalk: { url: `http://${endpoint}`, timeoutMs: 5_000 },
      },
    },
    async stop(): Promise<void> {
      await carrier.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** The real API and worker in this process, on a database of their own, beside a carrier. */
export class Rig {
  private constructor(
    readonly api: RunningApi,
    readonly accounts: Account[],
    readonly config: TestApi['config'],
    /** The database for the owner of its tables. */
    readonly ownerUrl: string,
    readonly stop: () => Promise<void>,
  ) {}

  /**
   * @param config what differs for this suite, such as its policies
   * @param more what differs for the worker alone
   */
  static async start(config: Partial<ApiConfig> = {}, more: Partial<WorkerConfig> = {}): Promise<Rig> {
    const test = await startTestApi({ config });
    const carrier = await startCarrierFor(test);
    const sizes = { cachedCases: 100, activitiesAtOnce: 20, databaseConnections: 5 };
    installRuntime(silent);
    const limits = { sms: 'off', voice: 'off' };
    const setting = { ...test.config, ...sizes, limits, ...more, channels: carrier.channels };
    const worker = await startWorker(setting, silent, await workflowCode());
    return new Rig(test.api, test.accounts, test.config, test.ownerUrl, async () => {
      await worker.stop();
      await removeSchedules(test.config.temporal);
      await carrier.stop();
      await test.close();
    });
  }

  /** Another API on the same database that reaches no Temporal; its stop ends it alone. */
  async withoutTemporal(): Promise<Rig> {
    const [nobody = 0] = await freePorts(1);
    const temporal = { ...this.config.temporal, address: `${LOOPBACK}:${nobody}` };
    const config = { ...this.config, port: 0, temporal };
    const api = await startApi(config, { log: silent });
    return new Rig(api, this.accounts, config, this.ownerUrl, () => api.close());
  }

  /** One request as it goes over the wire. */
  async fetch(target: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`http://${LOOPBACK}:${this.api.port}${target}`, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    const json = isJson ? (JSON.parse(text) as Json) : {};
    return { status: response.status, headers: response.headers, text, json };
  }

  private headersOf(who: Who): Record<string, string> {
    const token = this.accounts.find(({ username }) => username === who)?.token;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  get(who: Who, target: string): Promise<Answer> {
    return this.fetch(`/api/v1${target}`, { headers: this.headersOf(who) });
  }

  post(who: Who, target: string, body: unknown = {}, key: string = randomUUID()): Promise<Answer> {
    const headers = { ...this.headersOf(who), 'content-type': 'application/json', 'idempotency-key': key };
    return this.fetch(`/api/v1${target}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  delete(who: Who, target: string): Promise<Answer> {
    return this.fetch(`/api/v1${target}`, { method: 'DELETE', headers: this.headersOf(who) });
  }

  /** A form as a browser sends it from our own page. */
  form(target: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.fetch(target, {
      method: 'POST',
      headers: { accept: 'text/html', origin: 'null', 'sec-fetch-site': 'same-origin', ...headers },
      body: new URLSearchParams(fields),
    });
  }

  /** Reports a case and answers with its id once it runs. */
  async report(who: Who = 'xinhua_worker1', more: Json = {}): Promise<string> {
    const { status, json, text } = await this.post(who, '/cases', { ...REPORT, ...more });
    if (!TAKEN.includes(status)) throw new Error(`${status} ${text}`);
    const id = String(json['id']);
    // 202: Temporal took long, and the case starts a moment later.
    if (status === 202)
      await eventually(() => this.api.deps.db.caseRow.findFirst({ where: { id, workflow: 'running' } }));
    return id;
  }

  /** Refers a case to a partner. @returns the referral's id and the token of its page, as the mail has it */
  async refer(caseId: string, partnerId: string, purpose = 'protect'): Promise<{ id: string; token: string }> {
    const { json } = await this.post('xinhua_worker1', `/cases/${caseId}/referrals`, { partnerId, purpose });
    const id = String(json['id']);
    const { db, links } = this.api.deps;
    const { expiresAt } = await eventually(() => db.link.findFirst({ where: { refId: id } }));
    const of = { caseId, referralId: id, partnerId, expiresAt: expiresAt.getTime() };
    return { id, token: await links.referralLink(db, of) };
  }
}

export const CHILD = {
  name: '测试童甲一',
  sex: 'female',
  birthDate: '2016-05-04',
  idNumber: '65400220160504002X',
  phone: '13800009901',
  address: '演示市样例路七号楼三单元',
};
export const NARRATIVE = '样例叙述：邻居反映夜间有哭声。';
export const REPORTER = { name: '测试举报人乙', phone: '0999-8012345', role: 'neighbour' };

export const REPORT: Json = { type: 'physical_abuse', child: CHILD, reporter: REPORTER, narrative: NARRATIVE };

/** Asks again until there is an answer. @throws Error after so many milliseconds, before the test is given up without a word */
export async function eventually<T>(ask: () => Promise<T | null | undefined | false>, ms = 50_000): Promise<T> {
  for (const until = Date.now() + ms; Date.now() < until;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not happen in time');
}

/** How a report is answered that was taken: 202 where Temporal took long, and the case starts a moment later. */
export const TAKEN = [201, 202];

/** The items of a list's answer. */
export const itemsOf = ({ json }: Answer): Json[] => json['items'] as Json[];
