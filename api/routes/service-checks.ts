/** Checks of a service record that need the clock and the station: everything that is wrong is said at once. */
import { mayCorrect, recordProblems } from '../../domain/services/kinds';
import { type ServiceFields, type ServiceRecord, strangersOf } from '../../store/services/records';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { allow } from '../permissions';
import { type FieldError, unprocessable } from '../problem';
import type { Caller } from '../request';
import { AHEAD_MS, BACK_MS } from '../schemas/common';
import { momentOf, WHOSE } from '../schemas/report';
import type { CorrectionBody } from '../schemas/services';
import { refused } from './service-access';

/** The moment that was taken down, in milliseconds. @throws Problem 422 where it is not said whose time it is */
export function serviceMoment(at: string, clock: CorrectionBody['clock']): number {
  const moment = momentOf(at, clock);
  if (moment === undefined) throw unprocessable([{ path: 'at', message: WHOSE }]);
  return moment;
}

const twice = (ids: string[]): boolean => new Set(ids).size < ids.length;

/**
 * @param keptAt the record's moment before a correction, which may be older than new ones may
 * @throws Problem 422 naming every wrong field, 409 for a series that has ended
 */
export async function checkService(
  deps: ApiDeps,
  { staffId }: Caller,
  stationId: string,
  fields: ServiceFields,
  now: number,
  keptAt?: number,
): Promise<void> {
  const { at, staffIds, childIds, groupId } = fields;
  const errors: FieldError[] = recordProblems(fields);
  const say = (path: string, message: string): void => void errors.push({ path, message });
  if (at > now + AHEAD_MS) say('at', 'must not lie in the future');
  if (at < now - BACK_MS && at !== keptAt) say('at', 'must not lie more than 400 days back');
  if (twice(staffIds)) say('staffIds', 'must name each once');
  if (twice(childIds)) say('childIds', 'must name each once');
  const strangers = await strangersOf(deps.db, stationId, fields);
  if (strangers.staffIds.length > 0) say('staffIds', `not staff of the station: ${strangers.staffIds.join(', ')}`);
  if (strangers.childIds.length > 0) say('childIds', `not on the register: ${strangers.childIds.join(', ')}`);
  if (strangers.noGroup) say('groupId', 'there is no such group');
  const hidden = fields.caseId !== null && (await hiddenFrom(deps.db, staffId)).includes(fields.caseId);
  if (strangers.noCase || hidden) say('caseId', 'there is no such case');
  if (errors.length > 0) throw unprocessable(errors);
  const endedAt = groupId === null ? undefined : strangers.group?.endedAt;
  if (endedAt && at > endedAt.getTime())
    throw refused('ServiceGroupEnded', 'this group has ended; open it again first');
}

/** @throws Problem 409 for a withdrawn record, 403 where only a supervisor may correct */
export function checkChangeable(caller: Caller, row: ServiceRecord, now: number): void {
  if (row.withdrawnAt) throw refused('ServiceWithdrawn', 'this record was withdrawn; enter it anew');
  const entered = { enteredBy: row.enteredBy, enteredAt: row.enteredAt.getTime() };
  const who = { staffId: caller.staffId, corrects: allow(caller, 'service:correct') };
  if (!mayCorrect(entered, who, now)) {
    throw refused(
      'CorrectionNeedsSupervisor',
      'a supervisor corrects what others entered, or what is older than a day',
    );
  }
}
