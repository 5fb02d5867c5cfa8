/** Alerts (告警): what is late and was told, and who has acknowledged it (确认). */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { logAccess } from '../../store/access-log';
import { readAlertStory } from '../../store/alert-story';
import { listAlerts, readAlert } from '../../store/cases';
import type { ApiDeps } from '../deps';
import { requires, sightOf } from '../permissions';
import { conflict, notFound } from '../problem';
import { callerOf } from '../request';
import { listedAlert as answer, pageOf as pageAnswer } from '../schemas/answers';
import { alertDetail, type AlertDetail } from '../schemas/channels';
import { acknowledgeBody } from '../schemas/commands';
import { id as idSchema } from '../schemas/common';
import { alertQuery } from '../schemas/queries';
import { parse } from '../validate';
import { carryOut, demandSight, reread, sealNote, type Order } from './case-access';
import { timelineOf } from './alert-timeline';
import { groundOf } from './case-view';
import { listedAlert } from './case-answer';
import { cursorMs, decodeCursor, pageOf } from './cursor';

const NO_ALERT = 'there is no such alert';
const place = z.strictObject({ openedAt: cursorMs, id: idSchema });

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { state, cursor, limit } = parse(alertQuery, req.query);
  const alerts = await listAlerts(deps.db, sightOf(callerOf(req)), state, {
    after: decodeCursor(place, cursor),
    take: limit + 1,
  });
  const { page, nextCursor } = pageOf(alerts, limit, ({ openedAt, id }) => ({ openedAt: openedAt.getTime(), id }));
  const names = deps.policies.current.names;
  res.json({ items: page.map((alert) => listedAlert(alert, names)), nextCursor });
};

/** @throws Problem 404 for an unknown alert and for another station's alike */
async function alertInScope(deps: ApiDeps, req: Request<{ id: string }>) {
  const alert = await readAlert(deps.db, req.params.id);
  if (!alert) throw notFound(NO_ALERT);
  await demandSight(deps, callerOf(req), alert.case, NO_ALERT);
  return alert;
}

const view = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const alert = await alertInScope(deps, req);
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, {
    userId,
    staffId,
    action: 'alert:read',
    caseId: alert.caseId,
    allowed: true,
    address: req.ip,
    ground: groundOf(callerOf(req), alert.case),
  });
  const story = await readAlertStory(deps.db, alert);
  const timeline = timelineOf(story, Number(alert.case.clockAheadMs));
  const detail: AlertDetail = {
    ...listedAlert(alert, deps.policies.current.names),
    timeline,
    timelineCut: story.cut,
  };
  res.json(detail);
};

type Said = { alertId: string; noteId?: string };

const order = (deps: ApiDeps, say: (said: Said) => Order) => async (req: Request<{ id: string }>, res: Response) => {
  const { id: alertId, caseId, state } = await alertInScope(deps, req);
  const { note } = parse(acknowledgeBody, req.body);
  if (state === 'resolved')
    throw conflict('AlertOver', 'the alert is over: the step was done or given more time', { possible: [] });
  const noteId = await sealNote(deps, await reread(deps, caseId), note, req.operationId);
  await carryOut(deps, req, caseId, say({ alertId, noteId }));
  res.json(listedAlert(await alertInScope(deps, req), deps.policies.current.names));
};

const acknowledge = (said: Said): Order => ({ do: 'acknowledge', via: 'api', ...said });
const escalate = (said: Said): Order => ({ do: 'escalate', ...said });

/** `GET /alerts`, `GET /alerts/{id}`, `POST /alerts/{id}/ack`, `POST /alerts/{id}/escalate` */
export function createAlertsRouter(deps: ApiDeps): Router {
  deps.docs.add(
    {
      method: 'get',
      path: '/api/v1/alerts',
      summary: 'Alerts, newest first',
      tag: 'alerts',
      permission: 'case:read',
      query: alertQuery,
      answers: { 200: { description: 'One page', schema: pageAnswer(answer) } },
    },
    {
      method: 'get',
      path: '/api/v1/alerts/{id}',
      summary: 'One alert with its timeline: who was told, every attempt, receipt and reply',
      tag: 'alerts',
      permission: 'case:read',
      answers: { 200: { description: 'The alert', schema: alertDetail } },
    },
    {
      method: 'post',
      path: '/api/v1/alerts/{id}/ack',
      summary: 'Acknowledge an alert: it buys time, and does not end it',
      tag: 'alerts',
      permission: 'alert:ack',
      body: acknowledgeBody,
      answers: { 200: { description: 'The alert', schema: answer } },
    },
    {
      method: 'post',
      path: '/api/v1/alerts/{id}/escalate',
      summary: 'Escalate now: the next rung of the ladder is told at once',
      tag: 'alerts',
      permission: 'alert:ack',
      body: acknowledgeBody,
      answers: { 200: { description: 'The alert', schema: answer } },
    },
  );
  return Router()
    .get('/alerts', requires('case:read'), list(deps))
    .get('/alerts/:id', requires('case:read'), view(deps))
    .post('/alerts/:id/ack', requires('alert:ack'), order(deps, acknowledge))
    .post('/alerts/:id/escalate', requires('alert:ack'), order(deps, escalate));
}
