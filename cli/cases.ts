/** Cases as the command line reads them. */
import { z } from 'zod';
import { CASE_TYPES, RISKS, TRIGGERS } from '../domain/model';
import { alertAnswer, stepAnswer } from '../api/schemas/answers';
import { type Client, CliFailure, Refused } from './client';
import { OptionsWrong } from './policy/options';

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** What the commands look at; fields that are added later are none of their business. Times in milliseconds. */
export const SeenCase = z.object({
  id: z.string(),
  number: z.string(),
  stationId: z.string(),
  type: z.enum(CASE_TYPES),
  risk: z.enum(RISKS),
  riskRaisedFrom: z.enum(RISKS).optional(),
  status: z.enum(['open', 'closing', 'closed']),
  workflow: z.enum(['running', 'pending']),
  assignee: z.string().nullable(),
  policyVersion: z.string(),
  receivedAt: time,
  asOf: time,
  triggers: z.array(z.enum(TRIGGERS)),
  drill: z.boolean(),
  steps: z.array(z.object({ ...stepAnswer.shape, startAt: time, dueAt: time, remindAt: time.nullable() })),
  alerts: z.array(z.object({ ...alertAnswer.shape, nextAt: time })),
});
export type SeenCase = z.infer<typeof SeenCase>;
export type SeenStep = SeenCase['steps'][number];

export const SeenEvent = z.object({
  seq: z.number(),
  at: time,
  actor: z.object({ kind: z.enum(['staff', 'partner', 'system']), id: z.string(), name: z.string().nullable() }),
  kind: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type SeenEvent = z.infer<typeof SeenEvent>;

const Listed = z.object({ items: z.array(z.object({ id: z.string(), number: z.string() })) });
export const Timeline = z.object({ items: z.array(SeenEvent) });

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER = /^[A-Z]\d{4}$/;

async function idOf(client: Client, number: string): Promise<string | undefined> {
  for (const drill of ['false', 'true']) {
    const { items } = await client.ask('GET', `/api/v1/cases?q=${number}&drill=${drill}`, Listed);
    const found = items.find((one) => one.number === number);
    if (found) return found.id;
  }
  return undefined;
}

/**
 * The case of a number (A0123) or an id, drills included.
 * @throws OptionsWrong where the word is neither, CliFailure where there is no such case or it may not be seen
 */
export async function findCase(client: Client, word: string): Promise<SeenCase> {
  const number = word.normalize('NFKC').toUpperCase();
  const unknown = `没有案件 ${word}，或它属于别的站点 · there is no such case, or it is another station's`;
  if (!ID.test(word) && !NUMBER.test(number)) {
    throw new OptionsWrong([`${word}: expected a case number such as A0123, or a case's id`]);
  }
  const id = ID.test(word) ? word.toLowerCase() : await idOf(client, number);
  if (id === undefined) throw new CliFailure(unknown);
  try {
    return await client.ask('GET', `/api/v1/cases/${id}`, SeenCase);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) throw new CliFailure(unknown, { cause: error });
    throw error;
  }
}
