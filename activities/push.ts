/**
 * Pushes to devices (推送) what their owners are told by text and mail anyway. It runs beside the ladder in the worker: no rung
 * waits for it, no push counts as having reached anybody, and whatever fails here changes nothing there.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateRequestDetails } from 'web-push';
import { isPushService, pushWords } from '../domain/push';
import type { Texts } from '../domain/texts';
import type { PushConfig } from '../runtime/push';
import { repeat, type Repeated } from '../runtime/repeat';
import type { Db } from '../store/db';
import {
  endPush,
  forgetPushes,
  type PushAddress,
  type PushSeal,
  removeDevice,
  takePushes,
  type TakenPush,
} from '../store/push';

const LOOK_EVERY_MS = 1_000;
const TIDY_EVERY_MS = 3_600_000;
const ANSWER_WITHIN_MS = 8_000;
/** Between the tries of one push; then the text and the mail have to do. */
const PAUSES_MS = [0, 2_000, 10_000];
/** A phone that is off hears of it when it is on again, if that is within this. */
const TTL_SECONDS = 3_600;
const GONE = [404, 410];

export interface PushDeps {
  db: Db;
  texts: Texts;
  seal: PushSeal;
  config: PushConfig;
  log: Logger;
}

/** Services keep one message a topic for a device that is away. */
const topicOf = (tag: string): string => createHash('sha256').update(tag).digest('base64url').slice(0, 32);

/** @returns the service's status; undefined: it did not answer */
async function post(
  config: PushConfig,
  address: PushAddress,
  tag: string,
  payload: string,
): Promise<number | undefined> {
  const { endpoint, headers, body } = generateRequestDetails(address, payload, {
    vapidDetails: { subject: config.subject, publicKey: config.publicKey, privateKey: config.privateKey },
    TTL: TTL_SECONDS,
    urgency: 'high',
    topic: topicOf(tag),
    contentEncoding: 'aes128gcm',
  });
  try {
    const { status } = await fetch(endpoint, {
      method: 'POST',
      headers,
      body: body && new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return status;
  } catch {
    return undefined;
  }
}

/** Pushes what was told, from now on until it is stopped. */
export function createPusher(deps: PushDeps): Repeated {
  const { db, config, log } = deps;

  async function send(taken: TakenPush): Promise<void> {
    const row = await db.pushDevice.findFirst({ where: { id: taken.deviceId, removedAt: null } });
    if (!row) return endPush(db, taken, 'DeviceRemoved');
    const address = deps.seal.open(row);
    if (!isPushService(address.endpoint, config.services)) return endPush(db, taken, 'ServiceUnknown');
    const { late, left, ...about } = taken;
    const words = pushWords({
      ...about,
      step: deps.texts.stepName(taken.step),
      ...(late !== null && { late }),
      ...(left !== null && { left }),
    });
    let status: number | undefined;
    for (const pause of PAUSES_MS) {
      await sleep(pause);
      status = await post(config, address, words.tag, JSON.stringify(words));
      if (status !== undefined && status < 500 && status !== 429) break;
    }
    const code = status === undefined ? 'NoAnswer' : `HTTP${status}`;
    log.info({ device: row.id, code }, 'pushed');
    if (status !== undefined && GONE.includes(status)) await removeDevice(db, row.id);
    await endPush(db, taken, status !== undefined && status >= 200 && status < 300 ? undefined : code);
  }

  const failed = (error: unknown): void =>
    log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'pushes wait');
  const underWay = new Set<Promise<void>>();
  const looking = repeat(
    LOOK_EVERY_MS,
    async () => {
      for (const taken of await takePushes(db)) {
        const sending = send(taken)
          .catch(failed)
          .finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
    },
    failed,
  );
  const tidying = repeat(TIDY_EVERY_MS, () => forgetPushes(db), failed);
  return {
    async stop() {
      await Promise.all([looking.stop(), tidying.stop()]);
      await Promise.all(underWay);
    },
  };
}
