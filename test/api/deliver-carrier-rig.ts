import { randomBytes, randomUUID } from 'node:crypto';
import pino from 'pino';
import { createCourier, type Courier } from '../../activities/courier';
import type { SendDeps } from '../../activities/deps';
import type { Delivery } from '../../prisma/generated/client';
import { readConfig } from '../../worker/config';
import { installRuntime } from '../../worker/telemetry';
import { startWorker, type RunningWorker } from '../../worker/worker';
import { startTestApi, type Reply, type TestApi } from '../support/api';
import { workflowCode } from '../support/infra';
import { removeSchedules } from '../support/schedules';
import { POLICIES, SIGN, sendDeps, startCarrierRig, type CarrierRig } from './deliver-rig';

const WORKER = 'xinhua_worker1';
const DAY = 24 * 60 * 60_000;

/** API, worker and carrier, connected as they are in the sandbox. */
export class Town {
  private constructor(
    readonly api: TestApi,
    readonly carrier: CarrierRig,
    readonly deps: SendDeps,
    readonly courier: Courier,
    public worker: RunningWorker,
  ) {}

  static async start(): Promise<Town> {
    const api = await startTestApi({ config: { carrier2Secret: randomBytes(16).toString('hex') } });
    const carrier = await startCarrierRig(api.url, api.config.carrierSecret);
    installRuntime(pino({ level: 'silent' }));
    const deps = sendDeps(api.api.deps.db, carrier, Buffer.from(api.config.vaultKey, 'base64'));
    return new Town(api, carrier, deps, createCourier(deps), await startWorkerOf(api, carrier));
  }

  get db() {
    return this.api.api.deps.db;
  }

  async restartWorker(): Promise<void> {
    this.worker = await startWorkerOf(this.api, this.carrier);
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await removeSchedules(this.api.config.temporal);
    await this.carrier.stop();
    await this.api.close();
  }

  /** A case whose safety plan is late since it was reported; the on-duty workers are texted at once. */
  async lateCase(): Promise<string> {
    const body = {
      type: 'neglect',
      risk: 'high',
      receivedAt: new Date(Date.now() - 2 * DAY).toISOString(),
      child: {},
      narrative: '演示',
    };
    const headers = { 'idempotency-key': randomUUID() };
    const { status, body: made } = await this.api.ask('POST', '/api/v1/cases', { as: WORKER, body, headers });
    // 202: Temporal took long, and the case starts a moment later.
    if (status !== 201 && status !== 202) throw new Error(`the report was answered with ${status}`);
    return made['id'];
  }

  /** The overdue text about a step of the case to one of its workers, once it has got so far. */
  async text(caseId: string, state = ['sent', 'delivered'], kind = 'safety_plan'): Promise<Delivery> {
    return eventually(() =>
      this.db.delivery.findFirst({
        where: { caseId, channel: 'sms', kind: 'overdue', stepId: kind, personId: WORKER, state: { in: state } },
      }),
    );
  }

  /** The recipient of a delivery texts back. @returns what became of the push */
  async reply(delivery: Delivery, text: string): Promise<unknown> {
    const shown = (await this.carrier.messages()).find((one) => one.serialNo === delivery.providerRef);
    const { status, body } = await this.carrier.control('POST', `messages/${shown?.id}/reply`, { text });
    if (status !== 200) throw new Error(`the reply was answered with ${status}`);
    return body;
  }

  push(kind: string, body: unknown, secret = this.api.config.carrierSecret): Promise<Reply> {
    return this.api.ask('POST', `/carrier/tencent/${secret}/${kind}`, { body });
  }

  alert(id: string | null) {
    return this.db.alertRow.findUniqueOrThrow({ where: { id: id ?? '' } });
  }

  async metric(line: string): Promise<number> {
    const { body } = await this.api.ask('GET', '/metrics');
    const found = String(body)
      .split('\n')
      .find((one) => one.startsWith(line));
    return Number(found?.slice(line.length) ?? 0);
  }
}

async function startWorkerOf({ config }: TestApi, { carrier }: CarrierRig): Promise<RunningWorker> {
  const endpoint = `127.0.0.1:${carrier.port}`;
  const env = {
    PUBLIC_URL: config.publicUrl,
    DATABASE_URL: config.databaseUrl,
    TEMPORAL_ADDRESS: config.temporal.address,
    TEMPORAL_NAMESPACE: config.temporal.namespace,
    TEMPORAL_TASK_QUEUE: config.temporal.taskQueue,
    VAULT_KEY: config.vaultKey,
    TENCENT_SECRET_ID: 'AKIDsandbox',
    TENCENT_SECRET_KEY: 'sandbox-key',
    TENCENT_PROTOCOL: 'http',
    TENCENT_SMS_ENDPOINT: endpoint,
    TENCENT_VMS_ENDPOINT: endpoint,
    TENCENT_SMS_APP_ID: '1400006666',
    TENCENT_VMS_APP_ID: '1500006666',
    TENCENT_SMS_SIGN: SIGN,
    WECOM_URL: `http://${endpoint}`,
    DINGTALK_URL: `http://${endpoint}`,
    SMTP_URL: `smtp://127.0.0.1:${carrier.smtpPort}`,
    MAIL_FROM: '守望 <noreply@shouwang.invalid>',
    POLICIES_DIR: POLICIES,
    SMS_LIMITS: 'off',
    VOICE_LIMITS: 'off',
    LOG_LEVEL: 'silent',
  };
  return startWorker(readConfig(env), pino({ level: 'silent' }), await workflowCode());
}

/** Asks every 50 ms until there is an answer; fails after 50 s, before the test is given up without a word. */
export async function eventually<T>(ask: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = Date.now() + 50_000; Date.now() < end;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not happen in time');
}
