/** Robots of groups (群机器人): entered, listed, tried and retired by administrators. Their keys are never shown. */
import { type Request, type Response, Router } from 'express';
import { ROBOT_CHANNELS, type RobotChannel } from '../../domain/channels';
import { rfc3339 } from '../../domain/zone';
import type { Robot } from '../../prisma/generated/client';
import { installationKeys } from '../../runtime/env';
import { ringOf } from '../../store/keys';
import { testRobot } from '../../store/robot-test';
import { createRobots, listRobots, readRobot, retireRobot } from '../../store/robots';
import type { ApiDeps } from '../deps';
import { inScope, requires, scopeOf } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { robotAnswer, robotBody, robotTestAnswer, type RobotAnswer, type RobotTestAnswer } from '../schemas/channels';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';

const kindOf = (kind: string): RobotChannel => ROBOT_CHANNELS.find((one) => one === kind) ?? 'wecom';

const answerOf = ({ id, stationId, kind, name, createdAt }: Robot): RobotAnswer => ({
  id,
  stationId,
  kind: kindOf(kind),
  name,
  createdAt: rfc3339(createdAt),
});

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  res.json({ items: (await listRobots(deps.db, scopeOf(callerOf(req)))).map(answerOf) });
};

const add = (deps: ApiDeps) => {
  const robots = createRobots(ringOf(installationKeys(deps.config)));
  return async (req: Request, res: Response) => {
    const { key, secret, ...robot } = parse(robotBody, req.body);
    const station = await deps.db.station.findUnique({ where: { id: robot.stationId }, select: { id: true } });
    if (!station || !inScope(callerOf(req), robot.stationId)) {
      throw unprocessable([{ path: 'stationId', message: 'there is no such station' }]);
    }
    const row = robots.seal({ id: req.operationId, ...robot }, { key, ...(secret !== undefined && { secret }) });
    // The same request again finds the robot that it made.
    const made = await deps.db.robot.upsert({ where: { id: row.id }, create: row, update: {} });
    deps.log.info({ robotId: made.id, kind: made.kind, stationId: made.stationId }, 'robot entered');
    res.status(201).json(answerOf(made));
  };
};

/** @throws Problem 404 for an unknown robot and for another station's alike */
async function robotInScope(deps: ApiDeps, req: Request<{ id: string }>): Promise<Robot> {
  const robot = await readRobot(deps.db, req.params.id);
  if (robot && inScope(callerOf(req), robot.stationId)) return robot;
  throw notFound('there is no such robot');
}

const retire = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const robot = await robotInScope(deps, req);
  await retireRobot(deps.db, robot.id);
  deps.log.info({ robotId: robot.id }, 'robot retired');
  res.json(answerOf(robot));
};

const test = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const robot = await robotInScope(deps, req);
  const { state, code } = await testRobot(deps.db, robot, req.operationId);
  const answer: RobotTestAnswer = { state, code };
  res.status(state === 'pending' ? 202 : 200).json(answer);
};

/** `GET /robots`, `POST /robots`, `DELETE /robots/{id}`, `POST /robots/{id}/test` */
export function createRobotsRouter(deps: ApiDeps): Router {
  const about = { tag: 'channels', permission: 'robot:manage' } as const;
  deps.docs.add(
    {
      ...about,
      method: 'get',
      path: '/api/v1/robots',
      summary: 'Robots of groups (群机器人), without their keys',
      answers: { 200: { description: 'Active robots', schema: itemsOf(robotAnswer) } },
    },
    {
      ...about,
      method: 'post',
      path: '/api/v1/robots',
      summary: 'Enter a robot; its key is sealed and never shown again',
      body: robotBody,
      answers: { 201: { description: 'The robot', schema: robotAnswer } },
    },
    {
      ...about,
      method: 'delete',
      path: '/api/v1/robots/{id}',
      summary: 'Retire a robot: its key is destroyed',
      answers: { 200: { description: 'The robot that was', schema: robotAnswer } },
    },
    {
      ...about,
      method: 'post',
      path: '/api/v1/robots/{id}/test',
      summary: 'Post a test message to the group',
      answers: {
        200: { description: 'What came of it', schema: robotTestAnswer },
        202: { description: 'Not sent yet', schema: robotTestAnswer },
      },
    },
  );
  return Router()
    .get('/robots', requires('robot:manage'), list(deps))
    .post('/robots', requires('robot:manage'), add(deps))
    .delete('/robots/:id', requires('robot:manage'), retire(deps))
    .post('/robots/:id/test', requires('robot:manage'), test(deps));
}
