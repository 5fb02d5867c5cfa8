/** How services, groups and registered children look from outside. */
import type { z } from 'zod';
import { KIND_RULES } from '../../domain/services/kinds';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import type { ChildData, RegisteredChild } from '../../store/services/children';
import type { CountedGroup } from '../../store/services/groups';
import { fieldsOf, type ServiceRecord } from '../../store/services/records';
import type { childAnswer, groupAnswer, serviceAnswer } from '../schemas/services';

/** A record of services as the API shows it. */
export function serviceAnswerOf(row: ServiceRecord): z.infer<typeof serviceAnswer> {
  const { at, place, ...fields } = fieldsOf(row);
  const { id, stationId, enteredBy, enteredAt, withdrawnAt, rev } = row;
  return {
    ...{ id, stationId, ...fields, enteredBy, rev },
    name: KIND_RULES[fields.kind].name,
    at: rfc3339(at),
    place: place as z.infer<typeof serviceAnswer>['place'],
    enteredAt: rfc3339(enteredAt),
    withdrawnAt: rfc3339OrNull(withdrawnAt),
  };
}

export const groupAnswerOf = (group: CountedGroup): z.infer<typeof groupAnswer> => ({
  id: group.id,
  stationId: group.stationId,
  title: group.title,
  theme: group.theme as z.infer<typeof groupAnswer>['theme'],
  sessions: group.sessions,
  enteredAt: rfc3339(group.enteredAt),
  endedAt: rfc3339OrNull(group.endedAt),
});

export const childAnswerOf = (
  { id, stationId, number, enteredAt, leftAt, rev }: RegisteredChild,
  data: ChildData | undefined,
): z.infer<typeof childAnswer> => ({
  ...{ id, stationId, number, rev },
  enteredAt: rfc3339(enteredAt),
  leftAt: rfc3339OrNull(leftAt),
  data: data ? { ...data } : null,
});
