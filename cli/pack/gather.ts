/** What an evaluation pack is made of, asked of a running system: figures, and every record behind them. */
import { z } from 'zod';
import { atBeijingMinute, rfc3339 } from '../../domain/zone';
import { dayOf } from '../../domain/services/term';
import { contractAnswer, evidenceAnswer, indicatorsAnswer } from '../../api/schemas/indicators';
import { CliFailure, type Client } from '../client';

export type Indicators = z.infer<typeof indicatorsAnswer>;
export type Evidence = z.infer<typeof evidenceAnswer>;

const Contracts = z.object({ items: z.array(contractAnswer) });
const Page = z.object({ items: z.array(evidenceAnswer), nextCursor: z.string().nullable() });

export interface Gathered {
  stage: string;
  /** The evaluation's name, 中期评估. */
  stageName: string;
  /** The evaluation's day has not ended: the figures are those of now. */
  preliminary: boolean;
  indicators: Indicators;
  /** By the indicator's id. */
  records: Map<string, Evidence[]>;
}

async function recordsOf(client: Client, id: string, at: string): Promise<Evidence[]> {
  const found: Evidence[] = [];
  for (let cursor = ''; ;) {
    const query = `at=${encodeURIComponent(at)}&limit=200${cursor}`;
    const page = await client.ask('GET', `/api/v1/indicators/${encodeURIComponent(id)}/records?${query}`, Page);
    found.push(...page.items);
    if (page.nextCursor === null) return found;
    cursor = `&cursor=${page.nextCursor}`;
  }
}

/**
 * As the contract stood at the end of the evaluation's day, or stands now where that lies ahead.
 * @param now milliseconds since the epoch
 * @param progress is told each indicator before its records are read
 * @throws CliFailure where there is no such contract or evaluation, or the system refuses
 */
export async function gather(
  client: Client,
  wanted: { contract: string; stage: string },
  now: number,
  progress: (name: string) => void,
): Promise<Gathered> {
  const { items: contracts } = await client.ask('GET', '/api/v1/contracts', Contracts);
  const contract = contracts.find(({ id }) => id === wanted.contract);
  if (!contract) {
    const known = contracts.map(({ id }) => id).join('、');
    throw new CliFailure(`没有合同 ${wanted.contract}，现有：${known} · no such contract`);
  }
  const evaluation = contract.evaluations.find(({ stage }) => stage === wanted.stage);
  if (!evaluation) throw new CliFailure(`合同没有 ${wanted.stage} 评估 · the contract has no such evaluation`);
  const end = atBeijingMinute((dayOf(evaluation.on) ?? 0) + 1, 0) - 1;
  const at = rfc3339(Math.min(end, now));
  const query = `contract=${encodeURIComponent(contract.id)}&at=${encodeURIComponent(at)}`;
  const indicators = await client.ask('GET', `/api/v1/indicators?${query}`, indicatorsAnswer);
  const records = new Map<string, Evidence[]>();
  for (const { id, name } of indicators.items) {
    progress(name);
    records.set(id, await recordsOf(client, id, at));
  }
  return { stage: wanted.stage, stageName: evaluation.name, preliminary: now < end, indicators, records };
}
