/** Records of services about cases that not everybody may know of (限定知悉、回避): for the others they are not there. */
import type { ServiceRecord } from '../../store/services/records';
import { readService } from '../../store/services/records';
import { readSighted } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { notFound } from '../problem';
import type { Caller } from '../request';
import { demandSight } from './case-access';
import { ownRow } from './service-access';

const NOTHING = 'there is nothing of that id';

/** @throws Problem 404 */
export async function demandKnown(
  deps: ApiDeps,
  caller: Caller,
  { caseId }: { caseId: string | null },
  nothing = NOTHING,
): Promise<void> {
  const about = caseId === null ? undefined : await readSighted(deps.db, caseId);
  if (about) await demandSight(deps, caller, about, nothing);
}

/** The record of the caller's stations that is meant. @throws Problem 404 */
export async function knownService(deps: ApiDeps, caller: Caller, id: string, action: string): Promise<ServiceRecord> {
  const row = ownRow(caller, await readService(deps.db, id), action);
  await demandKnown(deps, caller, row);
  return row;
}

/** The same for what belongs to a record, such as a survey: without its record there is nothing to hide. @throws Problem 404 */
export async function demandKnownOf(deps: ApiDeps, caller: Caller, serviceId: string): Promise<void> {
  const service = await readService(deps.db, serviceId);
  if (!service) throw notFound(NOTHING);
  await demandKnown(deps, caller, service);
}
