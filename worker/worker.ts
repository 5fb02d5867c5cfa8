/** A worker made from its configuration: what main runs, and tests run in their own process. */
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import { createCourier } from '../activities/courier';
import { createChannels } from '../activities/channels/registry';
import { dataConverter } from '../runtime/payload-codec';
import { calendarKnows } from '../domain/calendar';
import { beijing } from '../domain/zone';
import { openDb } from '../store/db';
import { createLinks, linkSecret } from '../store/links';
import { loadPolicies } from '../store/policies';
import { loadTexts } from '../store/texts';
import { workflows } from './bundle';
import type { WorkerConfig } from './config';

export interface RunningWorker {
  /** Ends when the worker has stopped, for whatever reason; rejects when it broke. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Connects, checks policies and texts, and polls until stopped.
 * @throws PolicyInvalid, TextsInvalid; a transport error when Temporal is away
 */
export async function startWorker(config: WorkerConfig, log: Logger): Promise<RunningWorker> {
  const policies = loadPolicies(config.policiesDir);
  const texts = loadTexts(config.policiesDir, { publicUrl: config.publicUrl, sign: config.channels.sms.sign });
  const nextYear = beijing(Date.now()).year + 1;
  // Its working days are counted as ordinary weekdays until the calendar is brought up to date.
  if (!calendarKnows(nextYear)) log.warn({ year: nextYear }, 'holidays are not known yet');
  const db = openDb(config.databaseUrl, config.databaseConnections);
  const links = createLinks({ db, secret: linkSecret(Buffer.from(config.vaultKey, 'base64')) });
  const channels = createChannels(config.channels);
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    ...workflows(),
    dataConverter: dataConverter(config.payloadKeys),
    activities: createActivities({ db, links, texts, channels, log, policies }),
    maxCachedWorkflows: config.cachedCases,
    maxConcurrentActivityTaskExecutions: config.activitiesAtOnce,
    shutdownGraceTime: '10s',
  });
  const courier = createCourier({ db, links, texts, channels, log }).start();
  const ended = runToEnd(worker, async () => {
    await courier.stop();
    for (const channel of Object.values(channels)) channel.close?.();
    await connection.close();
    await db.$disconnect();
  });
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

async function runToEnd(worker: Worker, cleanUp: () => Promise<void>): Promise<void> {
  try {
    await worker.run();
  } finally {
    await cleanUp();
  }
}
