import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AccessPolicy, parseAccessPolicy } from '../domain/access-policy';

/**
 * Reads `access.yaml` of a folder of policies.
 * @throws PolicyInvalid, or the file system's error when the file cannot be read
 */
export function loadAccessPolicy(policiesDir: string): AccessPolicy {
  const file = join(policiesDir, 'access.yaml');
  return parseAccessPolicy(readFileSync(file, 'utf8'), file);
}
