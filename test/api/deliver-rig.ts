import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Channels } from '../../activities/channels/channel';
import { createChannels } from '../../activities/channels/registry';
import type { SendDeps } from '../../activities/deps';
import { caseNumber } from '../../domain/ids';
import type { Tell } from '../../domain/alert';
import { DEFAULT_TIMING, type Timing } from '../../sandbox/carrier/config';
import { startCarrier, type RunningCarrier } from '../../sandbox/carrier/server';
import { openDb, type Db } from '../../store/db';
import { makeDeliveries } from '../../store/deliveries';
import { keyRing } from '../../store/keys';
import { createLinks } from '../../store/links';
import { loadPolicies } from '../../store/policies';
import { createRobots } from '../../store/robots';
import { loadTexts } from '../../store/texts';
import { infra, type TestDatabase } from '../support/infra';
import { keysOf } from '../../runtime/keys';

export const POLICIES = join(__dirname, '../../policies');
export const SIGN = '守望';

/** A busy machine is waited for; who tests silence takes channels that wait a second. */
const PATIENCE_SECONDS = 20;
const TIMING: Timing = { ...DEFAULT_TIMING, receiptDelay: 30, pushRetries: [50, 50], slowAnswer: 60_000 };

export interface Shown {
  id: string;
  channel: string;
  to: string;
  text: string;
  subject?: string;
  status: string;
  code?: string;
  serialNo?: string;
}

export interface CarrierRig {
  carrier: RunningCarrier;
  channels: Channels;
  /** The same channels where nobody waits longer than so many seconds for an answer. */
  within(seconds: number): Channels;
  secret: string;
  /** Where the carrier pushes to, and what stands in texts. */
  publicUrl: string;
  messages(): Promise<Shown[]>;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  stop(): Promise<void>;
}

/** The carrier double and the channels that speak to it through the real SDK and SMTP. @param second takes over */
export async function startCarrierRig(
  callbackBase: string,
  secret = randomBytes(12).toString('hex'),
  second?: CarrierRig,
): Promise<CarrierRig> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shouwang-carrier-'));
  const account = { secretId: 'AKIDsandbox', secretKey: 'sandbox-key' };
  const carrier = await startCarrier(
    {
      ...account,
      carrierPort: 0,
      smtpPort: 0,
      dataDir,
      smsAppId: '1400006666',
      smsSign: SIGN,
      vmsAppId: '1500006666',
      carrierSecret: secret,
      callbackBase,
      textsFile: join(POLICIES, 'texts.yaml'),
      logLevel: 'silent',
      timing: TIMING,
    },
    pino({ level: 'silent' }),
  );
  const endpoint = `127.0.0.1:${carrier.port}`;
  const accountOf = (at: RunningCarrier, timeoutSeconds: number) => ({
    tencent: { ...account, region: 'ap-guangzhou', protocol: 'http' as const, timeoutSeconds },
    sms: { endpoint: `127.0.0.1:${at.port}`, appId: '1400006666', sign: SIGN },
    voice: { endpoint: `127.0.0.1:${at.port}`, appId: '1500006666' },
    mail: {
      url: `smtp://127.0.0.1:${at.smtpPort}`,
      from: '守望 <noreply@shouwang.invalid>',
      timeoutMs: timeoutSeconds * 1_000,
    },
  });
  const made: Channels[] = [];
  const within = (seconds: number): Channels => {
    const timeoutMs = seconds * 1_000;
    const other = second && accountOf(second.carrier, seconds);
    const channels = createChannels({
      ...accountOf(carrier, seconds),
      ...(other && {
        second: {
          sms: { ...other.sms, tencent: other.tencent },
          voice: { ...other.voice, tencent: other.tencent },
          mail: other.mail,
        },
      }),
      robots: {
        wecom: { url: `http://${endpoint}`, timeoutMs },
        dingtalk: { url: `http://${endpoint}`, timeoutMs },
      },
    });
    made.push(channels);
    return channels;
  };
  const control: CarrierRig['control'] = async (method, path, body) => {
    const response = await fetch(`http://${endpoint}/control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    carrier,
    channels: within(PATIENCE_SECONDS),
    within,
    secret,
    publicUrl: callbackBase,
    control,
    messages: async () => (await control('GET', 'messages')).body as Shown[],
    async stop() {
      for (const channel of made.flatMap((one) => Object.values(one))) channel.close();
      await carrier.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Field {
  db: Db;
  database: TestDatabase;
  stop(): Promise<void>;
}

export async function startField(): Promise<Field> {
  const database = await (await infra()).createDatabase();
  const db = openDb(database.url);
  await db.station.create({ data: { id: 'east', name: '城东站' } });
  return {
    db,
    database,
    async stop() {
      await db.$disconnect();
      await database.drop();
    },
  };
}

let people = 0;

/** Somebody new at the station, with a phone and a mailbox that nobody else has unless given. */
export async function hire(db: Db, contact: { phone?: string | null; email?: string | null } = {}) {
  people += 1;
  const id = `worker-${people}`;
  const { phone = `1380000${String(1000 + people)}`, email = `worker${people}@shouwang.invalid` } = contact;
  const staff = await db.staff.create({ data: { id, stationId: 'east', name: '甲', role: 'social_worker' } });
  await reachBy(db, { staffId: id }, { phone, email });
  return { ...staff, phone, email };
}

/** From now on these verified contacts are the owner's only ones. */
export async function reachBy(
  db: Db,
  owner: { staffId: string } | { partnerId: string },
  { phone, email }: { phone?: string | null; email?: string | null },
): Promise<void> {
  await db.contact.deleteMany({ where: owner });
  const given = Object.entries({ phone, email }).flatMap(([kind, value]) => (value ? [{ kind, value }] : []));
  await db.contact.createMany({ data: given.map((one) => ({ ...owner, ...one, verifiedAt: new Date() })) });
}

let cases = 0;

/** A case with one late step; only the rows that messages need. */
export async function lateCase(db: Db) {
  const caseId = randomUUID();
  const now = new Date();
  cases += 1;
  await db.caseRow.create({
    data: {
      id: caseId,
      number: caseNumber(cases),
      stationId: 'east',
      type: 'neglect',
      risk: 'high',
      status: 'open',
      workflow: 'running',
      policyVersion: 'test',
      subjectId: caseId,
      reportedBy: 'worker',
      receivedAt: now,
      reportedAt: now,
      input: {},
      rev: 1,
    },
  });
  const alertId = `${caseId}.first_contact.4`;
  await db.alertRow.create({
    data: {
      id: alertId,
      caseId,
      stepId: 'first_contact',
      state: 'open',
      round: 1,
      rung: 0,
      openedAt: now,
      nextAt: now,
    },
  });
  return { caseId, alertId, number: caseNumber(cases) };
}

/** The tell of a rung, as the ladder makes it. */
export const overdueTell = (alertId: string, to: Tell['to'], rung = 0): Tell => ({
  id: `${alertId}/1/${rung}`,
  kind: 'overdue',
  to,
  channels: ['sms', 'email'],
  stepId: 'first_contact',
  alertId,
  lateMs: 35 * 60_000,
});

/** An overdue message to one new worker, made as the record activity makes it. */
export async function overdue(db: Db, contact: Parameters<typeof hire>[1] = {}, channels: Tell['channels'] = ['sms']) {
  const person = await hire(db, contact);
  const late = await lateCase(db);
  const tell = overdueTell(late.alertId, { staffId: person.id });
  const recipient = { kind: 'staff', id: person.id, phone: person.phone, email: person.email } as const;
  const made = await db.$transaction((tx) =>
    makeDeliveries(tx, {
      ...{ caseId: late.caseId, number: late.number, risk: 'high', at: Date.now() },
      ...{ tell, person: recipient, channels },
    }),
  );
  return { ...late, person, tell, recipient, made, key: made[0]?.key ?? '' };
}

/** What deliver works with, on this field and carrier. */
export const sendDeps = (db: Db, { channels, publicUrl }: CarrierRig, vaultKey = randomBytes(32)): SendDeps => ({
  db,
  channels,
  links: createLinks({ db, secret: keysOf({ vaultKey: vaultKey.toString('base64') }).links }),
  texts: loadTexts(POLICIES, { publicUrl, sign: SIGN }),
  robots: createRobots(keyRing(vaultKey.toString('base64'))),
  log: pino({ level: 'silent' }),
  policies: loadPolicies(POLICIES),
});

export interface Delivering {
  field: Field;
  rig: CarrierRig;
  /** The carrier that takes over. */
  second: CarrierRig;
  stop: () => Promise<void>;
}

/** A field and two carriers whose pushes go to a server that takes them all and does nothing. */
export async function startDeliveringTwice(): Promise<Delivering> {
  const { field, rig: second, stop } = await startDelivering();
  const rig = await startCarrierRig(second.publicUrl, second.secret, second);
  return {
    ...{ field, rig, second },
    async stop() {
      await rig.stop();
      await stop();
    },
  };
}

/** A field and a carrier whose pushes go to a server that takes them all and does nothing. */
export async function startDelivering(): Promise<Omit<Delivering, 'second'>> {
  const sink = createServer((req, res) => {
    req.resume();
    res.end('{"result":0,"errmsg":"OK"}');
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const field = await startField();
  const rig = await startCarrierRig(`http://127.0.0.1:${(sink.address() as AddressInfo).port}`);
  return {
    field,
    rig,
    async stop() {
      await rig.stop();
      sink.closeAllConnections();
      sink.close();
      await field.stop();
    },
  };
}
