/** What people do in a story: report, and answer for cases that are late. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gather, takenBy } from './evidence';
import { missing, unrepeated } from './oracle';
import { NEGLECT } from '../support/system';
import type { PlannedCase } from './story';
import type { Town } from './town';

/** One case as it went, seen from outside. */
export interface Lived {
  planned: PlannedCase;
  caseId: string;
  dueAt: number;
  takenAt: number;
}

const STEP = 'first_contact';
const UNANSWERED_MS = 150_000;

async function acknowledge(town: Town, caseId: string): Promise<void> {
  const key = randomUUID();
  const alert = await town.persist(async () => {
    const { body } = await town.ask('GET', `/api/v1/cases/${caseId}`);
    return (body['alerts'] as { id: string }[] | undefined)?.[0]?.id;
  }, Boolean);
  await town.persist(
    () => town.ask('POST', `/api/v1/alerts/${alert}/ack`, {}, key),
    ({ status }) => status === 200,
  );
}

async function finish(town: Town, caseId: string): Promise<void> {
  const key = randomUUID();
  await town.persist(
    () => town.ask('POST', `/api/v1/cases/${caseId}/steps/${STEP}/complete`, { outcome: 'done' }, key),
    ({ status }) => status === 200,
  );
}

/** Waits for the first message about the case, as whoever gets it does. */
async function heardOf(town: Town, caseId: string): Promise<void> {
  const row = await town.persist(() => town.db.caseRow.findUnique({ where: { id: caseId } }));
  const number = row?.number ?? '-----';
  await town.persist(
    () => Promise.resolve(takenBy(town)),
    (all) => all.some(({ text }) => text.includes(number) && text.includes('已逾期')),
  );
}

/**
 * Nobody answers until everybody was told and the top twice; then it is finished, or a long run would tell of more and more cases
 * at once, which is no fault of the system. One that never comes so far stays for the oracle to see.
 */
async function toldToTheTop(town: Town, { caseId, planned, dueAt, takenAt }: Lived): Promise<void> {
  const until = Date.now() + UNANSWERED_MS;
  while (Date.now() < until) {
    await sleep(2_000);
    const [seen] = (await gather(town, [{ caseId, planned, dueAt, takenAt }])).seen;
    if (seen && [...missing(seen, Infinity), ...unrepeated(seen)].length === 0) return finish(town, caseId);
  }
}

/** Writes the case down and does about it what its manner says. */
export async function live(town: Town, planned: PlannedCase): Promise<Lived> {
  const caseId = randomUUID();
  const dueAt = Date.now() + planned.dueInMs;
  await town.persist(() => town.write(caseId, dueAt));
  const lived: Lived = { planned, caseId, dueAt, takenAt: Date.now() };
  if (planned.manner === 'silent') {
    await toldToTheTop(town, lived);
    return lived;
  }
  if (planned.manner === 'early') await sleep(1_000);
  else await heardOf(town, caseId);
  await (planned.manner === 'acknowledges' ? acknowledge(town, caseId) : finish(town, caseId));
  return lived;
}

/** Reports over the API under one key until it is taken. @returns the case's id, by every answer that was given */
export async function report(town: Town): Promise<string> {
  const key = randomUUID();
  const { body } = await town.persist(
    () => town.ask('POST', '/api/v1/cases', NEGLECT, key),
    ({ status }) => status === 201 || status === 202,
  );
  return String(body['id']);
}
