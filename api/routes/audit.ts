/** What the audit (巡检) found: for supervisors of their station, for duty officers and the bureau's admin of all. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { FINDING_KINDS, type FindingKind, type Repair } from '../../domain/audit';
import { FINDING_WORDS } from '../../domain/bulletin';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { listFindings, openCounts, readAuditState, type ListedFinding } from '../../store/findings';
import { auditMetrics } from '../audit-metrics';
import { watchClock } from '../clock';
import type { ApiDeps } from '../deps';
import { requires, sightOf } from '../permissions';
import { callerOf } from '../request';
import { type FindingAnswer, findingQuery, findingsAnswer } from '../schemas/audit';
import { id as idSchema } from '../schemas/common';
import { parse } from '../validate';
import { cursorMs, decodeCursor, pageOf } from './cursor';

const place = z.strictObject({ firstSeen: cursorMs, id: idSchema });

const isKind = (word: string): word is FindingKind => FINDING_KINDS.some((kind) => kind === word);

/** A kind that an older version wrote and this one does not know is left out. */
function answer(row: ListedFinding): FindingAnswer[] {
  const { kind, firstSeen, lastSeen, resolvedAt } = row;
  if (!isKind(kind)) return [];
  const { id, caseId, number, stationId, stepId, alertId, ref, drill, outcome } = row;
  return [
    {
      ...{ id, kind, caseId, number, stationId, stepId, alertId, ref, drill, outcome },
      text: FINDING_WORDS[kind],
      state: resolvedAt === null ? 'open' : 'resolved',
      repair: row.repair as Repair,
      firstSeen: rfc3339(firstSeen),
      lastSeen: rfc3339(lastSeen),
      toldAt: rfc3339OrNull(row.toldAt),
      repairedAt: rfc3339OrNull(row.repairedAt),
      resolvedAt: rfc3339OrNull(resolvedAt),
    },
  ];
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { state, cursor, limit } = parse(findingQuery, req.query);
  const sight = sightOf(callerOf(req));
  const rows = await listFindings(deps.db, sight, state, { after: decodeCursor(place, cursor), take: limit + 1 });
  const last = ({ firstSeen, id }: ListedFinding) => ({ firstSeen: firstSeen.getTime(), id });
  const { page, nextCursor } = pageOf(rows, limit, last);
  const [open, audit] = await Promise.all([openCounts(deps.db, sight), readAuditState(deps.db)]);
  res.json({
    items: page.flatMap(answer),
    nextCursor,
    open: Object.fromEntries([...open].filter(([kind]) => isKind(kind))),
    lastRunAt: rfc3339OrNull(audit?.lastRunAt ?? null),
    lastCleanAt: rfc3339OrNull(audit?.lastCleanAt ?? null),
  });
};

/** `GET /audit/findings`, the audit's figures in /metrics, and the comparison of this process's clock. */
export function createAuditRouter(deps: ApiDeps): Router {
  auditMetrics(deps, deps.metrics.registry);
  deps.background.push(watchClock(deps));
  deps.docs.add({
    method: 'get',
    path: '/api/v1/audit/findings',
    summary: '巡检结果 · What the audit found, newest first',
    tag: 'audit',
    permission: 'audit:read',
    query: findingQuery,
    answers: { 200: { description: 'One page, and what is open altogether', schema: findingsAnswer } },
  });
  return Router().get('/audit/findings', requires('audit:read'), list(deps));
}
