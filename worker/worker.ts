/** A worker made from its configuration: what main runs, and tests run in their own process. */
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import { createAudit } from '../activities/audit';
import { createCaseWatch } from '../activities/case-watch';
import { createDigest } from '../activities/digest';
import { createPace } from '../activities/pace';
import { createPack } from '../activities/pack/make';
import { createRetention } from '../activities/retention';
import { createCourier } from '../activities/courier';
import { HeadStarts } from '../activities/head-start';
import { createPusher } from '../activities/push';
import { createChannels } from '../activities/channels/registry';
import { installationKeys } from '../runtime/env';
import { dataConverter } from '../runtime/payload-codec';
import { repeat } from '../runtime/repeat';
import { calendarKnows } from '../domain/calendar';
import { tooTight } from '../domain/limits';
import { beijing } from '../domain/zone';
import { configureLimits } from '../store/budget';
import { createBlobs } from '../store/blobs/blobs';
import { openDb } from '../store/db';
import { ringOf } from '../store/keys';
import { createLinks } from '../store/links';
import { loadAccessPolicy } from '../store/access-policy';
import { loadContracts } from '../store/contracts';
import { loadPolicies } from '../store/policies';
import { livePolicies } from '../store/policy-versions';
import { createPushSeal } from '../store/push';
import { createRobots } from '../store/robots';
import { loadTexts } from '../store/texts';
import { createVault } from '../store/vault';
import { activitySpans } from './activity-spans';
import { type WorkflowCode, workflows } from './bundle';
import type { WorkerConfig } from './config';
import { failureOf, keepSchedules, POLICY_EVERY_MS, unloaded } from './policy-watch';
import { ensureSchedules } from './schedules';

/**
 * How long a case's next task waits for the worker that has it in memory before any other may take it, and reads its history.
 * Temporal's own 10 s is less than 2,000 deadlines at once take: what had not had its turn by then was given back, written
 * down anew and read again, behind everything else (ADR 38). After a worker's sudden end it is how long the tasks of its last
 * seconds lie still; a deadline may be a minute late then.
 */
const KEPT_FOR_ITS_WORKER = '40s';

/**
 * The share of those who ask for workflow tasks that ask in everybody's queue: for new cases, and for those that were given back.
 * With Temporal's own 0.2 what had waited longest waited behind what followed from all others (ADR 38).
 */
const ASKING_FOR_EVERYBODY = 0.5;

export interface RunningWorker {
  /** Ends when the worker has stopped, for whatever reason; rejects when it broke. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Connects, checks policies and texts, and polls until stopped.
 * @param code the workflows; absent: those of the build, or of the sources where nothing was built
 * @throws PolicyInvalid, TextsInvalid; a transport error when Temporal is away
 */
export async function startWorker(
  config: WorkerConfig,
  log: Logger,
  code: WorkflowCode = workflows(),
): Promise<RunningWorker> {
  const onDisk = loadPolicies(config.policiesDir);
  const contracts = loadContracts(config.policiesDir);
  const access = loadAccessPolicy(config.policiesDir);
  const texts = loadTexts(config.policiesDir, { publicUrl: config.publicUrl, sign: config.channels.sms.sign });
  const nextYear = beijing(Date.now()).year + 1;
  // Its working days are counted as ordinary weekdays until the calendar is brought up to date.
  if (!calendarKnows(nextYear)) log.warn({ year: nextYear }, 'holidays are not known yet');
  const db = openDb(config.databaseUrl, config.databaseConnections);
  const policies = livePolicies(db, onDisk, unloaded(log));
  await policies.refresh();
  await configureLimits(db, config.limits);
  for (const warning of tooTight(policies.current, config.limits)) log.warn({ failure: 'LimitTooLow' }, warning);
  const keys = installationKeys(config);
  const links = createLinks({ db, secret: keys.links });
  const channels = createChannels(config.channels);
  const ring = ringOf(keys);
  const robots = createRobots(ring);
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const { namespace, taskQueue } = config.temporal;
  const converter = dataConverter(config.payloadKeys);
  const client = new Client({ connection, namespace, dataConverter: converter });
  const watch = createCaseWatch(client, taskQueue);
  const sending = { db, links, texts, channels, robots, log, policies };
  // The others are for what has not been written down yet.
  const headStarts = new HeadStarts(sending, Math.floor(config.activitiesAtOnce * 0.8));
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    ...code,
    ...activitySpans(),
    dataConverter: converter,
    activities: {
      ...createActivities({ ...sending, policies }, headStarts),
      ...createAudit({ ...sending, watch, heartbeatUrl: config.heartbeatUrl, lookAgainMs: config.lookAgainMs }),
      ...createDigest(sending),
      ...createPace({ db, contracts, log }),
      ...createPack({
        db,
        keys: ring,
        vault: createVault({ db, keys: ring }),
        blobs: createBlobs(config.storage),
        contracts,
        log,
      }),
      ...createRetention({ db, access, log }),
    },
    // Asked once for each run and patch, where nothing is being replayed; what a history holds is followed without asking.
    patchActivationCallback: ({ patchId }) => !config.heldPatches?.holds(patchId),
    maxCachedWorkflows: config.cachedCases,
    maxConcurrentActivityTaskExecutions: config.activitiesAtOnce,
    stickyQueueScheduleToStartTimeout: KEPT_FOR_ITS_WORKER,
    nonStickyToStickyPollRatio: ASKING_FOR_EVERYBODY,
    shutdownGraceTime: '10s',
  });
  const schedules = keepSchedules(policies, (digestMinute) =>
    ensureSchedules(client, { taskQueue, digestMinute, contracts: contracts.all }, log),
  );
  await schedules.begin();
  const watching = repeat(POLICY_EVERY_MS, schedules.again, (error) => log.warn(failureOf(error), 'policies not read'));
  const courier = createCourier(sending).start();
  const pusher = config.push && createPusher({ db, texts, seal: createPushSeal(ring), config: config.push, log });
  const ended = runToEnd(worker, async () => {
    await Promise.all([courier.stop(), watching.stop(), pusher?.stop()]);
    await headStarts.idle();
    for (const channel of Object.values(channels)) channel.close();
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
