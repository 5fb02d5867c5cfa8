/** The policy of screening (接报甄别) on disk: `screening.yaml` in the folder of policies. */
import { join } from 'node:path';
import { parseScreening } from '../domain/reports/policy';
import type { ScreeningPolicy } from '../domain/reports/watch';
import { readPolicyFile } from './policies';

/** @throws PolicyInvalid naming every problem with file and line */
export function loadScreening(policiesDir: string): ScreeningPolicy {
  const { text, file } = readPolicyFile(join(policiesDir, 'screening.yaml'));
  return parseScreening(text, file);
}
