/** Checks policy files where they lie, or alone against the policy in force. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Policy, PolicyInvalid, type PolicyText, parsePolicy } from '../../domain/policy';
import { parseContract } from '../../domain/services/contract-file';
import { loadContracts } from '../../store/contracts';
import { loadForms } from '../../store/forms';
import { loadPolicies, readPolicyFile, typeFiles } from '../../store/policies';

const isTypeFile = (text: string): boolean => /^type:/m.test(text);
const isContractFile = (text: string): boolean => /^contractor:/m.test(text);

/** The base file and types that a lone type's file is to be checked with. */
function aroundType(one: PolicyText, policies: string): Policy {
  const own = dirname(dirname(one.file));
  const dir = existsSync(join(own, 'base.yaml')) ? own : policies;
  const base = readPolicyFile(join(dir, 'base.yaml'));
  const others = typeFiles(dir).filter((other) => basename(other.file) !== basename(one.file));
  return parsePolicy(base.text, base.file, [...others, one]);
}

/**
 * Checks a folder of policies, a base file (with the types beside it, or else those in force), or a type's file.
 * @param policies folder of the policies in force
 * @throws PolicyInvalid
 */
export function check(path: string, policies: string): Policy {
  if (existsSync(path) && statSync(path).isDirectory()) return loadPolicies(path).current;
  const one = readPolicyFile(path);
  if (isTypeFile(one.text)) return aroundType(one, policies);
  const beside = typeFiles(dirname(path));
  return parsePolicy(one.text, one.file, beside.length > 0 ? beside : typeFiles(policies));
}

/** One line about what holds: a contract's file by its first words, everything else as a policy. */
function checkOne(path: string, policies: string): string {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const text = isFolder ? '' : readPolicyFile(path).text;
  if (isContractFile(text)) {
    const { name, indicators } = parseContract(text, path);
    return `${name}, ${indicators.length} indicators`;
  }
  const policy = check(path, policies);
  const contracts = isFolder ? loadContracts(path).all.length : 0;
  const forms = isFolder ? loadForms(path).current.length : 0;
  const also = contracts > 0 ? `, ${contracts} ${contracts === 1 ? 'contract' : 'contracts'}` : '';
  const asked = forms > 0 ? `, ${forms} forms` : '';
  return `${policy.name} ${policy.version}, ${policy.rules.length} rules${also}${asked}`;
}

/** Checks every path; gives one line for each that holds, and every problem of those that do not. */
export function checkAll(paths: string[], policies: string): { lines: string[]; ok: boolean } {
  const lines: string[] = [];
  let ok = true;
  for (const path of paths) {
    try {
      lines.push(`✓ ${path}: ${checkOne(path, policies)}`);
    } catch (error) {
      if (!(error instanceof PolicyInvalid)) throw error;
      ok = false;
      lines.push(`✗ ${path}`, ...error.message.split('\n').map((line) => `  ${line}`));
    }
  }
  return { lines, ok };
}
