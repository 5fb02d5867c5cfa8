/** Who works a case: take it over (接管), hand it over (交接), pass it to another station (移交). */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { readAssignee } from '../../store/people';
import { readPlace } from '../../store/roster-names';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { unprocessable } from '../problem';
import { callerOf } from '../request';
import { caseAnswer } from '../schemas/answers';
import { reasonBody } from '../schemas/commands';
import { handOverBody, nothing, takeOverBody, transferBody } from '../schemas/people';
import { parse } from '../validate';
import { answerOf, carryOut, caseInScope, demandForGood, demandKnowing, seal, sealNote } from './case-access';
import type { Write } from './case-writes';

const takeOver: Write<typeof takeOverBody> = {
  path: 'take-over',
  summary: 'Take the case on oneself; who had it hears of it',
  permission: 'case:work',
  body: takeOverBody,
  async order(deps, row, { reason }, operationId, caller) {
    demandForGood(row, caller.staffId);
    const reasonId = reason === undefined ? undefined : await seal(deps, row, 'reason', reason, operationId);
    return { do: 'take_over', reasonId };
  },
};

const handOver: Write<typeof handOverBody> = {
  path: 'hand-over',
  summary: 'Ask a colleague to take the case; until then nothing changes, and in the policy’s time the asking lapses',
  permission: 'case:work',
  body: handOverBody,
  async order(deps, row, { staffId, note }, operationId) {
    if (!(await readAssignee(deps.db, staffId, row.stationId)))
      throw unprocessable([{ path: 'staffId', message: "must be an active member of the case's station" }]);
    await demandKnowing(deps, row.id, staffId);
    return { do: 'hand_over', staffId, noteId: await sealNote(deps, row, note, operationId) };
  },
};

const acceptHandover: Write<typeof nothing> = {
  path: 'hand-over/accept',
  summary: 'Take the case that one was asked to take',
  permission: 'case:work',
  body: nothing,
  order: async () => ({ do: 'accept_handover' }),
};

const declineHandover: Write<typeof reasonBody> = {
  path: 'hand-over/decline',
  summary: 'Say why not; the one before keeps the case',
  permission: 'case:work',
  body: reasonBody,
  order: async (deps, row, { reason }, operationId) => ({
    do: 'decline_handover',
    reasonId: await seal(deps, row, 'reason', reason, operationId),
  }),
};

const withdrawHandover: Write<typeof nothing> = {
  path: 'hand-over/withdraw',
  summary: 'Ask no more',
  permission: 'case:work',
  body: nothing,
  order: async () => ({ do: 'withdraw_handover' }),
};

const transfer: Write<typeof transferBody> = {
  path: 'transfer',
  summary: 'Offer the case to another station; until it accepts, this one is responsible and no clock stops',
  permission: 'case:approve',
  body: transferBody,
  async order(deps, row, { stationId, ground, reason }, operationId) {
    const place = await readPlace(deps.db, stationId);
    if (!place || place.bureau || stationId === row.stationId)
      throw unprocessable([{ path: 'stationId', message: 'must be another station' }]);
    return { do: 'ask_transfer', stationId, ground, reasonId: await seal(deps, row, 'reason', reason, operationId) };
  },
};

const withdrawTransfer: Write<typeof nothing> = {
  path: 'transfer/withdraw',
  summary: 'Keep the case after all',
  permission: 'case:approve',
  body: nothing,
  order: async () => ({ do: 'withdraw_transfer' }),
};

function mount<T extends z.ZodType>(router: Router, deps: ApiDeps, write: Write<T>): void {
  const { path, summary, permission, body } = write;
  deps.docs.add({
    method: 'post',
    path: `/api/v1/cases/{id}/${path}`,
    ...{ summary, permission, body, tag: 'people' },
    answers: { 200: { description: 'The case', schema: caseAnswer } },
  });
  router.post(`/cases/:id/${path}`, requires(permission), async (req: Request<{ id: string }>, res: Response) => {
    const row = await caseInScope(deps, req);
    const order = await write.order(deps, row, parse(body, req.body ?? {}), req.operationId, callerOf(req));
    res.json(answerOf(deps, await carryOut(deps, req, row.id, order)));
  });
}

/** Routes below /cases/{id} that concern who has the case. */
export function createPeopleRouter(deps: ApiDeps): Router {
  const router = Router();
  mount(router, deps, takeOver);
  mount(router, deps, handOver);
  mount(router, deps, acceptHandover);
  mount(router, deps, declineHandover);
  mount(router, deps, withdrawHandover);
  mount(router, deps, transfer);
  mount(router, deps, withdrawTransfer);
  return router;
}
