/** What is to be told today about the pace of every contract (进度提醒), for activities/pace.ts. */
import type { Contract } from '../../domain/services/contract';
import { paceOf, type PaceMessage } from '../../domain/services/pace';
import type { Tx } from '../db';
import { standingsOf } from './figures';

/**
 * Counts every contract and says what is behind and which evaluation draws near. To be asked once a day: on most days
 * there is nothing to say (Mondays, and daily in the last 30 days before an evaluation).
 * @param at milliseconds since the epoch
 * @returns texts without personal data, each with the station whose supervisor it is for
 */
export async function paceMessages(tx: Tx, contracts: readonly Contract[], at: number): Promise<PaceMessage[]> {
  const said = await Promise.all(
    contracts.map(async (contract) => paceOf(contract, await standingsOf(tx, contract, at), at)),
  );
  return said.flat();
}
