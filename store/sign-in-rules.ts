import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyInvalid } from '../domain/policy';
import { parseSignIn, type SignInRules } from '../domain/sign-in';

/**
 * Reads `sign-in.yaml` of a folder of policies.
 * @throws PolicyInvalid when it is missing or wrong
 */
export function loadSignInRules(policiesDir: string, roles: readonly string[]): SignInRules {
  const file = join(policiesDir, 'sign-in.yaml');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PolicyInvalid([{ file, line: 1, path: '', expected: `a file that can be read (${String(error)})` }]);
  }
  return parseSignIn(text, file, roles);
}
