/** The report that an address names, in the caller's scope. */
import type { Request } from 'express';
import { watchIdOf } from '../../domain/reports/watch';
import { type QueuedReport, readReport } from '../../store/reports/queue';
import type { ApiDeps } from '../deps';
import { inScope } from '../permissions';
import { notFound } from '../problem';
import { callerOf } from '../request';
import { isUuid } from '../schemas/common';

export type ReportRequest = Request<{ id: string }>;
const NO_REPORT = 'there is no such report';

/** @throws Problem 404 for an unknown report and for another station's alike, the second on the record */
export async function reportInScope(deps: ApiDeps, req: ReportRequest): Promise<QueuedReport> {
  const { id } = req.params;
  const row = isUuid(id) ? await readReport(deps.db, id) : undefined;
  if (!row) throw notFound(NO_REPORT);
  if (!inScope(callerOf(req), row.stationId))
    throw notFound(NO_REPORT, { action: 'report:out-of-scope', caseId: watchIdOf(row.id) });
  return row;
}
