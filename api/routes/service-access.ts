/** What every route about services has in common: refusals by name, and rows in the caller's scope. */
import { FAILURES, type FailureType } from '../../domain/failures';
import { inScope } from '../permissions';
import { notFound, Problem } from '../problem';
import type { Caller } from '../request';

/** A refusal by the rules of services. @param possible what the caller can do instead */
export const refused = (type: FailureType, detail: string, possible?: string[]): Problem =>
  new Problem(FAILURES[type], type, 'Refused by the rules of services', detail, { possible });

/** Somebody else changed it since it was read: read it again. */
export const changedMeanwhile = (): Problem =>
  refused('ServiceChangedMeanwhile', 'somebody changed this meanwhile; read it again', ['GET']);

/** The row that an address names. @throws Problem 404 for an unknown one and for another station's alike */
export function ownRow<T extends { stationId: string }>(caller: Caller, row: T | undefined, action: string): T {
  const nothing = 'there is nothing of that id';
  if (!row) throw notFound(nothing);
  if (!inScope(caller, row.stationId)) throw notFound(nothing, { action: `${action}:out-of-scope` });
  return row;
}
