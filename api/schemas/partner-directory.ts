/** The directory of partners (协作单位目录): who they are, where and when they work, and what the law asks of them. */
import { z } from 'zod';
import { id } from './common';
import { PARTNER_KINDS } from './queries';
import { hours } from './roster';

const words = (max: number) => z.string().trim().min(1, 'must not be empty').max(max);

export const partnerDuty = z.strictObject({
  law: words(60),
  article: words(30),
  duty: words(200),
});
const duties = z.array(partnerDuty).max(20);

export const partnerBody = z.strictObject({
  kind: z.enum(PARTNER_KINDS),
  name: words(80),
  stationId: id
    .nullable()
    .optional()
    .meta({ description: "Absent: the caller's own; null: works with every station, the bureau's to enter" }),
  area: words(120).optional().meta({ description: 'Public name of the area that it serves (辖区)' }),
  hours: hours.optional().meta({ description: 'Absent: always' }),
  duties: duties.optional().meta({ description: 'What the law asks of it (法定职责)' }),
});
export const partnerPatch = z.strictObject({
  name: words(80).optional(),
  area: words(120).nullable().optional(),
  hours: hours.nullable().optional(),
  duties: duties.optional(),
});

const contact = z.strictObject({
  id: z.string(),
  kind: z.enum(['phone', 'email']),
  value: z.string(),
  label: z.string().nullable(),
  verified: z.boolean(),
});
export const partnerContacts = z.array(contact).meta({
  description:
    'In their order: the first verified one of a kind is told, the second one when the first does not answer',
});
