/** Contracts on disk: `contracts/*.yaml` below the folder of policies. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyInvalid, type Problem } from '../domain/policy';
import type { Contract } from '../domain/services/contract';
import { parseContract } from '../domain/services/contract-file';
import { readPolicyFile } from './policies';

export interface Contracts {
  /** Those that end last first. */
  all: Contract[];
  byId(id: string): Contract | undefined;
}

/**
 * Reads every contract; a folder without contracts/ has none.
 * @throws PolicyInvalid naming every problem of every file, two contracts of one id included
 */
export function loadContracts(policiesDir: string): Contracts {
  const dir = join(policiesDir, 'contracts');
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.yaml')) : [];
  const problems: Problem[] = [];
  const byId = new Map<string, Contract>();
  for (const name of names.sort()) {
    try {
      const { text, file } = readPolicyFile(join(dir, name));
      const contract = parseContract(text, file);
      const taken = byId.get(contract.id);
      if (taken) problems.push({ file, line: 1, path: 'id', expected: `an id of its own: ${taken.file} has it too` });
      byId.set(contract.id, contract);
    } catch (error) {
      if (!(error instanceof PolicyInvalid)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new PolicyInvalid(problems);
  const all = [...byId.values()].sort((a, b) => b.term.toDay - a.term.toDay || (a.id < b.id ? -1 : 1));
  return { all, byId: (id) => byId.get(id) };
}
