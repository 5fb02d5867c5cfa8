/** Surveys for staff: make cards for a service, show and print them, read what was written. */
import { type Request, type Response, Router } from 'express';
import { renderSVG } from 'uqr';
import { z } from 'zod';
import { KIND_RULES, type ServiceKind } from '../../domain/services/kinds';
import type { Concern, Face } from '../../domain/services/survey';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { servicesAbout } from '../../store/services/records';
import {
  type CountedSurvey,
  listRemarks,
  listSurveys,
  makeSurvey,
  openCards,
  readRemark,
  readSurvey,
  seeRemark,
  type Survey,
  type SurveyAnswer,
  tokenOf,
  withAnswers,
} from '../../store/services/surveys';
import { hiddenFrom } from '../../store/sight';
import { openedText } from '../../store/vault';
import type { ApiDeps } from '../deps';
import { cardsPage } from '../pages/survey';
import { requires, scopeOf } from '../permissions';
import { unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { pageOf as pageAnswer } from '../schemas/answers';
import { isUuid, uuid } from '../schemas/common';
import { remarkAnswer, remarkQuery, surveyAnswer, surveyBody, surveyFile, surveyQuery } from '../schemas/surveys';
import { parse } from '../validate';
import { cursorMs, decodeCursor, pageOf } from './cursor';
import { isSandbox, sendPage } from './page-reply';
import { ownRow, refused } from './service-access';
import { demandKnownOf, knownService } from './service-sight';

type OneRequest = Request<{ id: string }>;
const surveyPlace = z.strictObject({ madeAt: cursorMs, id: uuid });
const remarkPlace = z.strictObject({ at: cursorMs, id: uuid });

const answerOf = (
  deps: ApiDeps,
  { survey, kind, answers, satisfied }: CountedSurvey,
): z.infer<typeof surveyAnswer> => ({
  ...{ id: survey.id, stationId: survey.stationId, serviceId: survey.serviceId, cards: survey.cards },
  question: deps.survey.question(kind as ServiceKind),
  madeBy: survey.madeBy,
  madeAt: rfc3339(survey.madeAt),
  expiresAt: rfc3339(survey.expiresAt),
  ...{ answers, satisfied },
});

/** The address of each unused card, and its code to scan; none once they are too old. */
async function cardsOf({ db, links, config }: ApiDeps, { id, expiresAt }: Survey) {
  if (expiresAt.getTime() <= Date.now()) return [];
  return (await openCards(db, id)).map((n) => {
    const url = `${config.publicUrl}/s/${tokenOf(links, id, n)}`;
    return { url, qr: renderSVG(url, { border: 2, ecc: 'M' }) };
  });
}

async function fileOf(deps: ApiDeps, id: string): Promise<z.infer<typeof surveyFile>> {
  const survey = await readSurvey(deps.db, id);
  const [counted] = survey ? await withAnswers(deps.db, [survey]) : [];
  if (!counted) throw refused('ServiceUnknown', 'there is no such survey');
  return { ...answerOf(deps, counted), open: await cardsOf(deps, counted.survey) };
}

async function ownSurvey(deps: ApiDeps, req: OneRequest): Promise<Survey> {
  const { id } = req.params;
  const row = ownRow(callerOf(req), isUuid(id) ? await readSurvey(deps.db, id) : undefined, 'survey');
  await demandKnownOf(deps, callerOf(req), row.serviceId);
  return row;
}

/** Services about cases that the caller must not know of: their surveys are not there either. */
async function unknownTo(deps: ApiDeps, { staffId }: Caller): Promise<string[]> {
  return servicesAbout(deps.db, await hiddenFrom(deps.db, staffId));
}

const make = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const caller = callerOf(req);
  const { id } = req.params;
  const service = await knownService(deps, caller, id, 'service');
  const { cards } = parse(surveyBody, req.body);
  if (service.withdrawnAt) throw refused('ServiceWithdrawn', 'this record was withdrawn; enter it anew');
  const { serves } = KIND_RULES[service.kind as ServiceKind];
  if (serves !== 'anybody' && serves !== 'known')
    throw unprocessable([{ path: '', message: 'nobody was served here who could be asked' }]);
  const { stationId } = service;
  const made = { id: req.operationId, stationId, serviceId: id, cards, staffId: caller.staffId, at: Date.now() };
  await makeSurvey(deps.db, deps.links, made);
  res.status(201).json(await fileOf(deps, req.operationId));
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { service, cursor, limit } = parse(surveyQuery, req.query);
  const after = decodeCursor(surveyPlace, cursor);
  const asked = { service, after, take: limit + 1, hidden: await unknownTo(deps, callerOf(req)) };
  const surveys = await listSurveys(deps.db, scopeOf(callerOf(req)), asked);
  const { page, nextCursor } = pageOf(surveys, limit, ({ madeAt, id }) => ({ madeAt: madeAt.getTime(), id }));
  res.json({ items: (await withAnswers(deps.db, page)).map((one) => answerOf(deps, one)), nextCursor });
};

const look = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  res.json(await fileOf(deps, (await ownSurvey(deps, req)).id));
};

const print = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { question, open } = await fileOf(deps, (await ownSurvey(deps, req)).id);
  sendPage(res, 200, cardsPage({ sandbox: isSandbox(deps), question, cards: open }));
};

/** What a child wrote, opened: each look is a line of the access log. */
async function remarkOf(deps: ApiDeps, req: Request, row: SurveyAnswer): Promise<z.infer<typeof remarkAnswer>> {
  const { userId, staffId } = callerOf(req);
  const action = 'survey:read';
  await logAccess(deps.db, { userId, staffId, action, caseId: row.id, allowed: true, address: req.ip });
  const text = await openedText(deps.vault, deps.db, row.textId);
  const { id, stationId, surveyId, serviceId, at, seenBy, seenAt } = row;
  return {
    ...{ id, stationId, surveyId, serviceId, at: rfc3339(at), text, seenBy, seenAt: rfc3339OrNull(seenAt) },
    ...{ face: row.face as Face, concern: row.concern as Concern },
  };
}

const remarks = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { unseen, cursor, limit } = parse(remarkQuery, req.query);
  const hidden = await unknownTo(deps, callerOf(req));
  const page = { unseen: unseen === 'true', after: decodeCursor(remarkPlace, cursor), take: limit + 1, hidden };
  const rows = await listRemarks(deps.db, scopeOf(callerOf(req)), page);
  const { page: items, nextCursor } = pageOf(rows, limit, ({ at, id }) => ({ at: at.getTime(), id }));
  const opened = [];
  for (const row of items) opened.push(await remarkOf(deps, req, row));
  res.json({ items: opened, nextCursor });
};

const see = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id } = req.params;
  const caller = callerOf(req);
  const row = ownRow(caller, isUuid(id) ? await readRemark(deps.db, id) : undefined, 'survey-remark');
  await demandKnownOf(deps, caller, row.serviceId);
  await seeRemark(deps.db, row.id, { staffId: caller.staffId, at: Date.now() });
  res.json(await remarkOf(deps, req, (await readRemark(deps.db, row.id)) ?? row));
};

function document({ docs }: ApiDeps): void {
  const tag = 'surveys';
  docs.add(
    {
      ...{
        method: 'post',
        path: '/api/v1/services/{id}/surveys',
        summary: 'Cards to be answered after a service',
        tag,
      },
      ...{ permission: 'service:write', body: surveyBody },
      answers: { 201: { description: 'The cards, each with its QR code', schema: surveyFile } },
    },
    {
      ...{ method: 'get', path: '/api/v1/surveys', summary: 'Surveys, newest first', tag, permission: 'service:read' },
      query: surveyQuery,
      answers: { 200: { description: 'One page', schema: pageAnswer(surveyAnswer) } },
    },
    {
      ...{ method: 'get', path: '/api/v1/surveys/{id}', summary: 'One survey with its unused cards', tag },
      permission: 'service:write',
      answers: { 200: { description: 'The survey', schema: surveyFile } },
    },
    {
      ...{ method: 'get', path: '/api/v1/surveys/{id}/cards', summary: 'Its unused cards as a page to print', tag },
      permission: 'service:write',
      answers: { 200: { description: 'HTML' } },
    },
    {
      ...{ method: 'get', path: '/api/v1/survey-remarks', summary: 'What was written on the cards', tag },
      ...{ permission: 'service:correct', query: remarkQuery },
      answers: { 200: { description: 'One page, newest first', schema: pageAnswer(remarkAnswer) } },
    },
    {
      ...{ method: 'post', path: '/api/v1/survey-remarks/{id}/seen', summary: 'I have read it and see to it', tag },
      permission: 'service:correct',
      answers: { 200: { description: 'The remark', schema: remarkAnswer } },
    },
  );
}

/** `/services/{id}/surveys`, `/surveys`, `/survey-remarks` */
export function createSurveysRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .post('/services/:id/surveys', requires('service:write'), make(deps))
    .get('/surveys', requires('service:read'), list(deps))
    .get('/surveys/:id', requires('service:write'), look(deps))
    .get('/surveys/:id/cards', requires('service:write'), print(deps))
    .get('/survey-remarks', requires('service:correct'), remarks(deps))
    .post('/survey-remarks/:id/seen', requires('service:correct'), see(deps));
}
