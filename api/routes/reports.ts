/** The queue of reports (接报队列): what waits, one report, and what its screening (甄别) makes of it. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { isWaiting, REPORT_STATES } from '../../domain/reports/model';
import { watchIdOf } from '../../domain/reports/watch';
import { rfc3339 } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { candidatesOf } from '../../store/child-index';
import { listReports, reportEvents } from '../../store/reports/queue';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { callerOf } from '../request';
import { pageOf as pageAnswer } from '../schemas/answers';
import { uuid } from '../schemas/common';
import {
  decideOutBody,
  joinCaseBody,
  reportFile,
  reportQuery,
  reportSummary,
  screenInBody,
  screenOutBody,
} from '../schemas/reports';
import { nothingBody } from '../schemas/relations';
import { parse } from '../validate';
import { cursorMs, decodeCursor, pageOf } from './cursor';
import { mayKnowItsReporter, reportInScope, type ReportRequest } from './report-access';
import { reportAnswer } from './report-answer';
import { decideOut, joinCase, screenIn, screenOut, take } from './report-triage';

const place = z.strictObject({ dueAt: cursorMs, id: uuid });
const statesOf = (state: z.infer<typeof reportQuery>['state']): string[] =>
  state === 'open' ? REPORT_STATES.filter(isWaiting) : [state];

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { state, cursor, limit } = parse(reportQuery, req.query);
  const after = decodeCursor(place, cursor);
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  const asked = { after, take: limit + 1, hidden };
  const rows = await listReports(deps.db, scopeOf(callerOf(req)), statesOf(state), asked);
  const { page, nextCursor } = pageOf(rows, limit, ({ dueAt, id }) => ({ dueAt: dueAt.getTime(), id }));
  res.json({ items: page.map(reportAnswer), nextCursor });
};

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const knownOf = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null ? { ...value } : null;

/** A case that it was joined to in vain stands in its journal, and may be one that the caller must not know of. */
const withoutHidden = ({ caseId, ...data }: Record<string, unknown>, hidden: readonly string[]) =>
  typeof caseId !== 'string' || hidden.includes(caseId) ? data : { ...data, caseId };

/** Opens what the report says; the look is on the record, among the looks at children. */
const look = (deps: ApiDeps) => async (req: ReportRequest, res: Response) => {
  const row = await reportInScope(deps, req);
  const caller = callerOf(req);
  const { userId, staffId } = caller;
  const caseId = watchIdOf(row.id);
  const withReporter = await mayKnowItsReporter(deps, caller, row);
  const opened = await deps.vault.openCase(deps.db, caseId, { without: withReporter ? [] : ['reporter'] });
  const ground = row.stationId === caller.stationId ? 'station' : 'duty';
  const line = { userId, staffId, caseId, allowed: true, address: req.ip, ground } as const;
  await logAccess(deps.db, { ...line, action: 'case:read-child/report' });
  if (opened.reporter !== undefined) await logAccess(deps.db, { ...line, action: 'case:read-reporter' });
  const [possible, events, hidden] = await Promise.all([
    candidatesOf(deps.db, row.id, scopeOf(caller)),
    reportEvents(deps.db, row.id),
    hiddenFrom(deps.db, staffId),
  ]);
  const inVault = (id: string | null): string | null => (id === null ? null : textOf(opened.items.get(id)));
  res.json({
    ...reportAnswer(row),
    ...{ child: knownOf(opened.child), reporter: knownOf(opened.reporter), narrative: textOf(opened.narrative) },
    ...{ reason: inVault(row.reasonId), note: inVault(row.noteId), possible },
    events: events.map(({ at, actorKind, actorId, kind, data }) => ({
      ...{ at: rfc3339(at), actor: { kind: actorKind, id: actorId }, kind },
      data: withoutHidden(data as Record<string, unknown>, hidden),
    })),
  });
};

function document({ docs }: ApiDeps): void {
  const [tag, path, permission] = ['reports', '/api/v1/reports', 'report:triage'] as const;
  const answers = { 200: { description: 'The report', schema: reportSummary } };
  docs.add(
    {
      ...{ method: 'get', path, tag, permission, query: reportQuery },
      summary: 'Reports that wait to be screened, soonest deadline first; without anything personal',
      answers: { 200: { description: 'One page', schema: pageAnswer(reportSummary) } },
    },
    {
      ...{ method: 'get', path: `${path}/{id}`, tag, permission },
      summary: 'One report with all that it says, candidates for the same child, and its journal',
      answers: { 200: { description: 'The report', schema: reportFile } },
    },
  );
  for (const [name, summary, body] of [
    ['take', 'Somebody looks at it: its ladder rests for a while', nothingBody],
    ['screen-in', 'It becomes a case, whose clocks run from the report’s receipt', screenInBody],
    ['join', 'It is about an open case of the station: that one’s journal has it, and learns its facts', joinCaseBody],
    ['screen-out', 'Ask to screen it out; its clock runs until a second person has decided', screenOutBody],
  ] as const)
    docs.add({ method: 'post', path: `${path}/{id}/${name}`, tag, permission, summary, body, answers });
  docs.add({
    ...{ method: 'post', path: `${path}/{id}/screen-out/decision`, tag, permission: 'report:decide' },
    ...{ summary: 'Decide on screening out; not by who asked', body: decideOutBody, answers },
  });
}

/** `/reports` */
export function createReportsRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .get('/reports', requires('report:triage'), list(deps))
    .get('/reports/:id', requires('report:triage'), look(deps))
    .post('/reports/:id/take', requires('report:triage'), take(deps))
    .post('/reports/:id/screen-in', requires('report:triage'), screenIn(deps))
    .post('/reports/:id/join', requires('report:triage'), joinCase(deps))
    .post('/reports/:id/screen-out', requires('report:triage'), screenOut(deps))
    .post('/reports/:id/screen-out/decision', requires('report:decide'), decideOut(deps));
}
