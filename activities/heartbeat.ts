/** The heartbeat (心跳): an address outside that raises the alarm by itself when it is not asked for any more. */
import type { Logger } from 'pino';
import type { Db } from '../store/db';
import { writeHeartbeat } from '../store/findings';

const PATIENCE_MS = 5_000;

/** Why a heartbeat did not arrive; undefined: it did. The address is a secret and stands in no log. */
async function send(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}

/** Asks for the address once. Never rejects for its sake: whoever misses the heartbeat is outside. */
export async function beat({ db, log }: { db: Db; log: Logger }, url: string, at: number): Promise<boolean> {
  const failure = await send(url);
  if (failure !== undefined) log.warn({ failure }, 'heartbeat did not arrive');
  await writeHeartbeat(db, at, failure === undefined);
  return failure === undefined;
}
