/** What the worker is told by environment variables, read and checked once. */
import { z } from 'zod';
import { channelsConfig, channelsEnv, type ChannelsConfig } from '../activities/channels/config';
import { LIMITS_EXPECTED, TENCENT_LIMITS, parseLimits, type LimitedChannel } from '../domain/limits';
import { type PushConfig, pushConfig, pushEnv } from '../runtime/push';
import { readEnv, sharedConfig, sharedEnv, type SharedConfig } from '../runtime/env';
import { storageConfig, storageEnv, type StorageConfig } from '../runtime/storage-env';
import { heldPatches, type HeldPatches } from './held-patches';

export interface WorkerConfig extends SharedConfig {
  publicUrl: string;
  channels: ChannelsConfig;
  /** Absent: no push. */
  push?: PushConfig;
  /**
   * Cases kept in memory between their wakes; bounds the worker's memory, not the number of cases. Absent: what Temporal
   * reckons by the heap's limit, 600 for each GiB beyond the first 200 MiB.
   */
  cachedCases?: number;
  /** Messages and writes under way at once. */
  activitiesAtOnce: number;
  databaseConnections: number;
  /** Where attachments lie: packs take their evidence from there. */
  storage: StorageConfig;
  /** Asked for after each clean audit; what watches outside raises the alarm when it is missed. */
  heartbeatUrl?: string;
  /** Between the two looks of an audit, milliseconds; absent: as long as anything is in motion. */
  lookAgainMs?: number;
  /** Changes of what a running case does that this worker knows and does not begin; see docs/operations.md, Upgrades. */
  heldPatches?: HeldPatches;
  /** The carrier's limits for one phone, as text. */
  limits: Record<LimitedChannel, string>;
}

const limits = z.string().refine((text) => parseLimits(text) !== undefined, LIMITS_EXPECTED);

const Env = z.object({
  ...sharedEnv,
  ...pushEnv,
  ...channelsEnv.shape,
  ...storageEnv,
  PUBLIC_URL: sharedEnv.PUBLIC_URL.unwrap(),
  WORKER_CACHED_CASES: z.coerce.number().int().min(10).optional(),
  WORKER_ACTIVITIES: z.coerce.number().int().min(1).default(1_000),
  WORKER_DB_CONNECTIONS: z.coerce.number().int().min(2).default(10),
  HEARTBEAT_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMS_LIMITS: limits.default(TENCENT_LIMITS.sms),
  VOICE_LIMITS: limits.default(TENCENT_LIMITS.voice),
  WORKER_HOLD_PATCHES: z.string().optional(),
});

/** @throws ConfigError naming every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const e = readEnv(Env, env);
  return {
    ...sharedConfig(e),
    publicUrl: e.PUBLIC_URL,
    push: pushConfig(e),
    channels: channelsConfig(e),
    cachedCases: e.WORKER_CACHED_CASES,
    activitiesAtOnce: e.WORKER_ACTIVITIES,
    databaseConnections: e.WORKER_DB_CONNECTIONS,
    storage: storageConfig(e),
    heartbeatUrl: e.HEARTBEAT_URL,
    heldPatches: heldPatches(e.WORKER_HOLD_PATCHES),
    limits: { sms: e.SMS_LIMITS, voice: e.VOICE_LIMITS },
  };
}
