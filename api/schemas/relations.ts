/** What cases have to do with one another (关联、并案), and children with one another (家庭). */
import { z } from 'zod';
import { LINK_KINDS } from '../../domain/custody';
import { candidate } from './answers';
import { at, freeText, uuid } from './common';

const other = z.strictObject({ caseId: z.string(), number: z.string() });
const numbered = z.strictObject({ id: z.string(), number: z.string() });

export const joinBody = z.strictObject({ intoId: uuid, reason: freeText() });
export const splitBody = z.strictObject({ reason: freeText() });
export const linkBody = z.strictObject({ caseId: uuid, kind: z.enum(LINK_KINDS) });
export const nothingBody = z.strictObject({});

export const relationsAnswer = z.strictObject({
  joinedInto: other.nullable(),
  /** Cases that go on as this one. */
  joinedHere: z.array(other),
  links: z.array(
    z.strictObject({
      ...{ id: z.string(), kind: z.enum(LINK_KINDS), caseId: z.string(), number: z.string() },
      ...{ madeBy: z.string(), madeAt: at, endedAt: at.nullable() },
    }),
  ),
  /** The child of the register that the case is about. */
  child: numbered.nullable(),
  household: numbered.nullable(),
  /** Reports of the queue that became this case, or were joined to it. */
  reports: z.array(z.strictObject({ id: z.string(), number: z.string(), state: z.string(), receivedAt: at })),
});
export type RelationsAnswer = z.infer<typeof relationsAnswer>;

export const possibleAnswer = candidate.extend({ stationId: z.string() });

export const householdBody = z.strictObject({ childIds: z.array(uuid).min(1).max(20) });
export const memberBody = z.strictObject({ childId: uuid });
export const householdAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  number: z.string(),
  children: z.array(numbered),
});
