/** Robots of groups (群机器人): where they are, and the keys of their webhooks, sealed. */
import { z } from 'zod';
import type { Tell } from '../domain/alert';
import { ROBOT_CHANNELS, isRobot, type Channel, type RobotChannel } from '../domain/channels';
import type { Robot } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Tx } from './db';
import type { Recipient } from './deliveries';
import type { KeyRing } from './keys';
import { VaultKeyUnknown } from './vault';
import { decrypt, encrypt } from './vault-cipher';

const Key = z.object({ key: z.string(), secret: z.string().optional() });
/** What a robot's webhook is opened with; `secret` signs the messages of a robot of DingTalk (加签). */
export type RobotKey = z.infer<typeof Key>;

export interface NewRobot {
  id: string;
  stationId: string;
  kind: RobotChannel;
  name: string;
}

export interface Robots {
  /** The row of a new robot with its key sealed. */
  seal(robot: NewRobot, key: RobotKey): NewRobot & { sealed: Uint8Array<ArrayBuffer>; kekId: string };
  /** @throws VaultKeyUnknown, VaultSealBroken */
  open(row: Robot): RobotKey;
}

const context = ({ id, stationId, kind }: Pick<Robot, 'id' | 'stationId' | 'kind'>): string[] => [
  'robot',
  id,
  stationId,
  kind,
];

/** Keys of robots are sealed under the vault's key-encryption key, bound to robot, station and kind. */
export const createRobots = (keys: KeyRing): Robots => {
  const keyOf = (id: string): Buffer => {
    const key = keys.byId.get(id);
    if (!key) throw new VaultKeyUnknown(id);
    return key;
  };
  return {
    seal: (robot, key) => ({
      ...robot,
      sealed: encrypt(keyOf(keys.current), Buffer.from(JSON.stringify(key)), context(robot)),
      kekId: keys.current,
    }),
    open: (row) => Key.parse(JSON.parse(decrypt(keyOf(row.kekId), row.sealed, context(row), row.id).toString('utf8'))),
  };
};

/** Active robots of the stations in scope. */
export const listRobots = (tx: Tx, scope: Scope): Promise<Robot[]> =>
  tx.robot.findMany({
    where: { active: true, ...(scope !== 'all' && { stationId: { in: scope.stationIds } }) },
    orderBy: [{ stationId: 'asc' }, { name: 'asc' }, { id: 'asc' }],
  });

/** An active robot; undefined: there is none. */
export const readRobot = async (tx: Tx, id: string): Promise<Robot | undefined> =>
  (await tx.robot.findFirst({ where: { id, active: true } })) ?? undefined;

/** Nothing is posted by it any more, and its key is gone; its name stays for the timelines that it stands on. */
export async function retireRobot(tx: Tx, id: string): Promise<void> {
  await tx.robot.updateMany({ where: { id }, data: { active: false, sealed: new Uint8Array(), kekId: '' } });
}

/**
 * The groups that hear a tell to a role: those of the case's station, or the bureau's for the duty officer. People and
 * partners who are told by name have no group.
 */
export async function groupsTold(
  tx: Tx,
  to: Tell['to'],
  { stationId, channels }: { stationId: string; channels: readonly Channel[] },
): Promise<Recipient[]> {
  const kinds = channels.filter(isRobot);
  if (kinds.length === 0 || !('role' in to)) return [];
  const where = to.role === 'duty_officer' ? { station: { bureau: true } } : { stationId: to.stationId ?? stationId };
  const rows = await tx.robot.findMany({
    where: { ...where, kind: { in: kinds }, active: true },
    select: { id: true, kind: true },
    orderBy: { id: 'asc' },
  });
  return rows.flatMap(({ id, kind }) => {
    const robot = ROBOT_CHANNELS.find((one) => one === kind);
    return robot ? [{ kind: 'robot' as const, id, robot }] : [];
  });
}
