/** Word to the supervisors that an answer with a text waits for them; nothing of what it says. */
import type { Concern } from '../../domain/services/survey';
import { DAY } from '../../domain/zone';
import type { Tx } from '../db';
import { onlyHearers } from '../hearers';
import { makeNotice } from '../notices';
import { allSupervisors, officers, supervisorsOf } from '../oversight';
import type { Reachable } from '../roster';

const KINDS = {
  low: { kind: 'survey_low', channels: ['email'] },
  harm: { kind: 'survey_harm', channels: ['sms', 'email'] },
} as const;

interface Answered {
  id: string;
  stationId: string;
  serviceId: string;
  concern: Exclude<Concern, 'none'>;
  /** Milliseconds. */
  at: number;
}

/**
 * The station's supervisors hear, those on duty first, or else the duty officers; of a service about a shielded case (限定知悉、回避)
 * those of them who may know of it.
 */
export async function tellSupervisors(tx: Tx, answer: Answered): Promise<void> {
  const { id, concern, at } = answer;
  for (const person of await whoHears(tx, answer))
    await makeNotice(tx, person, { name: `survey/${id}`, ...KINDS[concern], vars: {}, at, withinMs: DAY });
}

async function whoHears(tx: Tx, { stationId, serviceId, at }: Answered): Promise<Reachable[]> {
  const service = await tx.serviceRecord.findUnique({ where: { id: serviceId }, select: { caseId: true } });
  const caseId = service?.caseId ?? null;
  const may = (people: Reachable[]): Promise<Reachable[]> =>
    caseId === null ? Promise.resolve(people) : onlyHearers(tx, caseId, people);
  for (const find of [() => supervisorsOf(tx, stationId, at), () => allSupervisors(tx, stationId)]) {
    const people = await may(await find());
    if (people.length > 0) return people;
  }
  return may(await officers(tx, at));
}
