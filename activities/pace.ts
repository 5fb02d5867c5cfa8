/** The pace of the contracts (进度提醒): each supervisor hears of their station's, the duty officers of all; nobody of nothing. */
import type { Logger } from 'pino';
import type { Contract } from '../domain/services/contract';
import { type PaceMessage } from '../domain/services/pace';
import { dateOf } from '../domain/services/term';
import { beijingDay, DAY } from '../domain/zone';
import type { Contracts } from '../store/contracts';
import type { Db, Tx } from '../store/db';
import { stationNames } from '../store/digest';
import { makeNotice, type NewNotice } from '../store/notices';
import { allSupervisors, officers } from '../store/oversight';
import { paceMessages } from '../store/services/pace';

export interface PaceDeps {
  db: Db;
  contracts: Contracts;
  log: Logger;
}

/** One message for all that is to be said of a contract on a day: before an evaluation as a text too. */
function noticeOf(
  { id, name }: Contract,
  station: string,
  said: readonly PaceMessage[],
  at: number,
): Omit<NewNotice, 'withinMs'> {
  const evaluation = said.find((one) => one.evaluation)?.evaluation;
  const behind = said.filter((one) => one.kind === 'behind').length;
  const list = [`${station} ${name}`, ...said.map(({ text }) => `　${text}`)].join('\n');
  const day = `${id}/${dateOf(beijingDay(at))}`;
  if (!evaluation)
    return { name: `pace/${day}`, kind: 'pace', channels: ['email'], vars: { count: String(behind), list }, at };
  const vars = { left: `${evaluation.daysLeft}天`, count: String(evaluation.open), list };
  return { name: `evaluation/${day}`, kind: 'evaluation_near', channels: ['sms', 'email'], vars, at };
}

async function tell(tx: Tx, contract: Contract, station: string, said: PaceMessage[], at: number): Promise<number> {
  const notice = { ...noticeOf(contract, station, said, at), withinMs: DAY };
  const people = [...(await allSupervisors(tx, contract.stationId)), ...(await officers(tx, at))];
  for (const person of people) await makeNotice(tx, person, notice);
  return people.length;
}

export const createPace = ({ db, contracts, log }: PaceDeps) => ({
  /**
   * Counts every contract and tells what is behind and which evaluation draws near; once a day and person, however often it is
   * called.
   * @returns how many messages were made
   */
  async sendPace({ at }: { at: number }): Promise<{ messages: number }> {
    // Counted before the transaction, which holds no connection meanwhile.
    const said = await paceMessages(db, contracts.all, at);
    const messages = await db.$transaction(async (tx) => {
      const stations = await stationNames(tx);
      let made = 0;
      for (const contract of contracts.all) {
        const own = said.filter(({ contractId }) => contractId === contract.id);
        if (own.length === 0) continue;
        made += await tell(tx, contract, stations.get(contract.stationId) ?? contract.stationId, own, at);
      }
      return made;
    });
    log.info({ messages }, 'pace told');
    return { messages };
  },
});

export type PaceActivities = ReturnType<typeof createPace>;
