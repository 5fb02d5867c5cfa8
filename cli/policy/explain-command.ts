/** `explain CASE`: asks a running system for one case and its journal. */
import type { Policy } from '../../domain/policy';
import { PolicyUnknown } from '../../store/policies';
import { findCase, Timeline } from '../cases';
import { addressOf, Client, tokenFor } from '../client';
import { readOptions } from '../command';
import { policyFor } from '../policies';
import { explain } from './explain';
import { explanationJson, explanationText } from './explain-print';
import { OptionsWrong } from './options';

/** Who sees every station's cases, and who sees their own. */
const READERS = ['duty_officer', 'social_worker'];

/** The version that the case keeps; undefined where its files are nowhere. @throws PolicyInvalid */
async function policyOf(client: Client, dir: string, version: string): Promise<Policy | undefined> {
  try {
    return await policyFor(client, dir, version);
  } catch (error) {
    if (error instanceof PolicyUnknown) return undefined;
    throw error;
  }
}

/** @param policies folder of the policies where `--policies` names no other */
export async function runExplain(args: string[], policies: string): Promise<number> {
  const { words, values, flags } = readOptions(args, { values: ['url', 'token', 'policies'], flags: ['json'] });
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) throw new OptionsWrong(['explain: expected one case number or id']);
  const url = addressOf(values['url']);
  const client = new Client(url, await tokenFor(url, values['token'], READERS));
  const found = await findCase(client, word);
  const { items } = await client.ask('GET', `/api/v1/cases/${found.id}/timeline`, Timeline);
  const policy = await policyOf(client, values['policies'] ?? policies, found.policyVersion);
  const explained = explain(found, items, policy);
  console.log(flags.has('json') ? explanationJson(explained) : explanationText(explained));
  return 0;
}
