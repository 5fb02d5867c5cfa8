/** Word to the supervisors that an answer with a text waits for them; nothing of what it says. */
import type { Concern } from '../../domain/services/survey';
import { DAY } from '../../domain/zone';
import type { Tx } from '../db';
import { makeNotice } from '../notices';
import { officers, supervisorsOf } from '../oversight';

const KINDS = {
  low: { kind: 'survey_low', channels: ['email'] },
  harm: { kind: 'survey_harm', channels: ['sms', 'email'] },
} as const;

/** @param answer its id, station and moment (milliseconds); the station's supervisors hear, or else the duty officers */
export async function tellSupervisors(
  tx: Tx,
  answer: { id: string; stationId: string; concern: Exclude<Concern, 'none'>; at: number },
): Promise<void> {
  const { id, stationId, concern, at } = answer;
  const supervisors = await supervisorsOf(tx, stationId, at);
  const people = supervisors.length > 0 ? supervisors : await officers(tx, at);
  for (const person of people)
    await makeNotice(tx, person, { name: `survey/${id}`, ...KINDS[concern], vars: {}, at, withinMs: DAY });
}
