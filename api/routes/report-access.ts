/** The report that an address names, in the caller's scope. */
import type { Request } from 'express';
import { watchIdOf } from '../../domain/reports/watch';
import { mayKnowReporter } from '../../domain/sight';
import { type QueuedReport, readReport } from '../../store/reports/queue';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { allow, inScope } from '../permissions';
import { notFound } from '../problem';
import { type Caller, callerOf } from '../request';
import { isUuid } from '../schemas/common';

export type ReportRequest = Request<{ id: string }>;
const NO_REPORT = 'there is no such report';

/**
 * What became a case (or was joined to one) says who the child is as well as the case does: whoever must not know of that case
 * must not read the report either.
 * @throws Problem 404 for an unknown report, for another station's and for such a one alike; the latter two on the record
 */
export async function reportInScope(deps: ApiDeps, req: ReportRequest): Promise<QueuedReport> {
  const { id } = req.params;
  const row = isUuid(id) ? await readReport(deps.db, id) : undefined;
  if (!row) throw notFound(NO_REPORT);
  if (!inScope(callerOf(req), row.stationId))
    throw notFound(NO_REPORT, { action: 'report:out-of-scope', caseId: watchIdOf(row.id) });
  const { caseId } = row;
  if (caseId !== null && (await hiddenFrom(deps.db, callerOf(req).staffId)).includes(caseId))
    throw notFound(NO_REPORT, { action: 'case:shielded', caseId });
  return row;
}

/**
 * May the caller know who reported (报告人)? Before it is a case whoever screens it has to call back; then the same people as of
 * the case, and who screened it.
 */
export async function mayKnowItsReporter({ db }: ApiDeps, caller: Caller, row: QueuedReport): Promise<boolean> {
  if (!allow(caller, 'case:read-reporter')) return false;
  if (row.caseId === null) return true;
  const about = await db.caseRow.findUnique({ where: { id: row.caseId }, select: { assigneeId: true } });
  return mayKnowReporter(caller, { assigneeId: about?.assigneeId ?? null, reportedBy: row.screenedBy ?? '' });
}
