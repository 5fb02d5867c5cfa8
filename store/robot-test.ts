/** A test message to a group, sent by the worker's courier like every text that belongs to no case. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ROBOT_CHANNELS } from '../domain/channels';
import type { Robot } from '../prisma/generated/client';
import type { Db } from './db';

/** The courier looks every second, and a robot answers within seconds. */
const PATIENCE_MS = 6_000;
const LOOK_EVERY_MS = 200;

export interface RobotTest {
  state: 'pending' | 'sent' | 'failed';
  code: string | null;
}

/**
 * Makes the message and waits a little for what comes of it; pending: the worker is away or the robot slow.
 * @param operationId the same for a repeated request, which posts nothing again
 */
export async function testRobot(
  db: Db,
  { id, kind }: Pick<Robot, 'id' | 'kind'>,
  operationId: string,
): Promise<RobotTest> {
  const channel = ROBOT_CHANNELS.find((one) => one === kind) ?? 'wecom';
  const key = `help/robot_test/${operationId}/${channel}/${id}`;
  const row = { key, channel, kind: 'robot_test', personKind: 'robot', personId: id, vars: {}, at: new Date() };
  await db.delivery.createMany({ data: [row], skipDuplicates: true });
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
    const { state, code } = await db.delivery.findUniqueOrThrow({
      where: { key },
      select: { state: true, code: true },
    });
    if (state === 'sent' || state === 'failed') return { state, code };
  }
  return { state: 'pending', code: null };
}
