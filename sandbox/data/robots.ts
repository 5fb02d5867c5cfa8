/** Made-up robots of groups (演示群机器人): their keys are no secret, since nobody but the carrier double knows them. */
import { createHash } from 'node:crypto';
import type { Db } from '../../store/db';
import type { NewRobot, RobotKey, Robots } from '../../store/robots';
import { dingtalkSecretOf } from '../carrier/robots';

const TOKEN = createHash('sha256').update('made-up group of the bureau').digest('hex');

const ROBOTS: readonly [NewRobot, RobotKey][] = [
  [
    { id: 'robot-xinhua', stationId: 'xinhua', kind: 'wecom', name: '新华西路工作站值守群（演示）' },
    { key: '5f0d3c1a-0000-4000-8000-00000000a001' },
  ],
  [
    { id: 'robot-bureau', stationId: 'bureau', kind: 'dingtalk', name: '清河区民政局值班群（演示）' },
    { key: TOKEN, secret: dingtalkSecretOf(TOKEN) },
  ],
];

/** Enters them where they are not there yet. */
export async function loadRobots(db: Db, robots: Robots): Promise<void> {
  const data = ROBOTS.map(([robot, key]) => robots.seal(robot, key));
  await db.robot.createMany({ data, skipDuplicates: true });
}
