/** Web push (推送), for those who want it: which of one's own devices are told too. */
import { installationKeys } from '../../runtime/env';
import { type Request, type Response, Router } from 'express';
import { isPushService } from '../../domain/push';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import type { PushDevice } from '../../prisma/generated/client';
import { ringOf } from '../../store/keys';
import { addDevice, createPushSeal, listDevices, removeDevice } from '../../store/push';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { deviceAnswer, type DeviceAnswer, deviceBody, pushAnswer } from '../schemas/push';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';

/** More than anybody carries; the oldest have to be taken away first. */
const MOST_DEVICES = 10;

const answerOf = ({ id, label, createdAt, sentAt }: PushDevice): DeviceAnswer => ({
  ...{ id, label },
  createdAt: rfc3339(createdAt),
  sentAt: rfc3339OrNull(sentAt),
});

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const devices = await listDevices(deps.db, callerOf(req).staffId);
  res.json({ publicKey: deps.config.push?.publicKey ?? null, items: devices.map(answerOf) });
};

const add = (deps: ApiDeps) => {
  const seal = createPushSeal(ringOf(installationKeys(deps.config)));
  return async (req: Request, res: Response) => {
    const { label, ...address } = parse(deviceBody, req.body);
    const { push } = deps.config;
    if (!push || !isPushService(address.endpoint, push.services))
      throw unprocessable([{ path: 'endpoint', message: 'is of no push service that is known here' }]);
    const { staffId } = callerOf(req);
    if ((await listDevices(deps.db, staffId)).length >= MOST_DEVICES)
      throw unprocessable([{ path: 'endpoint', message: `at most ${MOST_DEVICES} devices: remove one first` }]);
    const device = await addDevice(deps.db, seal, { id: req.operationId, staffId, label, address });
    res.status(201).json(answerOf(device));
  };
};

const remove = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { staffId } = callerOf(req);
  const device = (await listDevices(deps.db, staffId)).find(({ id }) => id === req.params.id);
  if (!device || !(await removeDevice(deps.db, device.id, staffId))) throw notFound('you have no such device');
  res.json(answerOf(device));
};

/** `GET /push`, `POST /push`, `POST /push/{id}/remove` */
export function createPushRouter(deps: ApiDeps): Router {
  const about = { tag: 'push', permission: 'contact:own' } as const;
  deps.docs.add(
    {
      ...about,
      ...{ method: 'get', path: '/api/v1/push', summary: 'My devices that are pushed to, and the key for another' },
      answers: { 200: { description: 'Key and devices', schema: pushAnswer } },
    },
    {
      ...about,
      ...{ method: 'post', path: '/api/v1/push', body: deviceBody },
      summary: 'Push to this device too: number, step and lateness of what I am told by text and mail',
      answers: { 201: { description: 'The device', schema: deviceAnswer } },
    },
    {
      ...about,
      ...{ method: 'post', path: '/api/v1/push/{id}/remove', summary: 'Push to this device no more' },
      answers: { 200: { description: 'The device that was', schema: deviceAnswer } },
    },
  );
  return Router()
    .get('/push', requires('contact:own'), list(deps))
    .post('/push', requires('contact:own'), add(deps))
    .post('/push/:id/remove', requires('contact:own'), remove(deps));
}
