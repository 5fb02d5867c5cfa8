/** The case beside the one that a request is about (关联、并案): found within what the caller may know, and told. */
import type { Request } from 'express';
import { readCase, type WholeCase } from '../../store/cases';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { unprocessable } from '../problem';
import { callerOf } from '../request';
import { actorOf, type Order } from './case-access';
import { refused } from './service-access';

/** The other case that a body names: one of the same station that the caller may know of, or it looks like none. @throws Problem 422 */
export async function otherCase(
  deps: ApiDeps,
  req: Request,
  row: WholeCase,
  id: string,
  path: string,
): Promise<WholeCase> {
  if (id === row.id) throw unprocessable([{ path, message: 'must be another case' }]);
  const other = await readCase(deps.db, id);
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  if (other?.stationId !== row.stationId || hidden.includes(other.id))
    throw unprocessable([{ path, message: 'there is no such case in this station' }]);
  if (row.drill || other.drill) throw refused('CaseIsDrill', 'a drill has to do with nobody');
  return other;
}

/** A word of the API's own to a case beside the one that the request is about: under an id of its own, said once. */
export async function sayTo(deps: ApiDeps, req: Request, caseId: string, order: Order, what: string): Promise<void> {
  await deps.cases.command(caseId, { ...order, actor: actorOf(callerOf(req)) }, `${req.operationId}/${what}`);
}
