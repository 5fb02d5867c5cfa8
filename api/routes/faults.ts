/** What is broken at the carriers (通道故障), for those who can mend it. */
import { type Request, type Response, Router } from 'express';
import { FAULT_KINDS, FAULT_WORDS } from '../../domain/faults';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import type { DeliveryFault } from '../../prisma/generated/client';
import { openFaults } from '../../store/faults';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { itemsOf } from '../schemas/answers';
import { faultAnswer, type FaultAnswer } from '../schemas/channels';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';

const answerOf = (row: DeliveryFault): FaultAnswer[] => {
  const kind = FAULT_KINDS.find((one) => one === row.kind);
  // A kind that an older or newer version wrote, and this one has no words for.
  if (!kind) return [];
  const { short: title, todo } = FAULT_WORDS[kind];
  const { provider, code, subject, count, firstAt, lastAt, toldAt } = row;
  return [
    {
      ...{ provider, code, kind, subject: subject === '' ? null : subject, title, todo, count },
      firstAt: rfc3339(firstAt),
      lastAt: rfc3339(lastAt),
      toldAt: rfc3339OrNull(toldAt),
    },
  ];
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  res.json({ items: (await openFaults(deps.db)).flatMap(answerOf) });
};

/** `GET /system/faults` */
export function createFaultsRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'get',
    path: '/api/v1/system/faults',
    summary: 'What providers refuse until somebody mends it, and how; a later success clears it',
    tag: 'channels',
    permission: 'fault:read',
    answers: { 200: { description: 'Open faults, the latest first', schema: itemsOf(faultAnswer) } },
  });
  return Router().get('/system/faults', requires('fault:read'), list(deps));
}
