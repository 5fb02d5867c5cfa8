/** `explain CASE`: asks a running system for one case and its journal. */
import type { Policy } from '../../domain/policy';
import { loadPolicies, PolicyUnknown } from '../../store/policies';
import { findCase, Timeline } from '../cases';
import { addressOf, Client, tokenFor } from '../client';
import { readOptions } from '../command';
import { explain } from './explain';
import { explanationJson, explanationText } from './explain-print';
import { OptionsWrong } from './options';

/** Who sees every station's cases, and who sees their own. */
const READERS = ['duty_officer', 'social_worker'];

/** The version that the case keeps; undefined where its files are not here. @throws PolicyInvalid */
function policyOf(dir: string, version: string): Policy | undefined {
  try {
    return loadPolicies(dir).byVersion(version);
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
  const explained = explain(found, items, policyOf(values['policies'] ?? policies, found.policyVersion));
  console.log(flags.has('json') ? explanationJson(explained) : explanationText(explained));
  return 0;
}
