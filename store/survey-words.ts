import path from 'node:path';
import { parseSurvey, type SurveyWords } from '../domain/services/survey';
import { readPolicyFile } from './policies';

/**
 * Reads `survey.yaml` of a folder of policies.
 * @throws PolicyInvalid naming file, line and what was expected
 */
export function loadSurvey(policiesDir: string): SurveyWords {
  const { text, file } = readPolicyFile(path.join(policiesDir, 'survey.yaml'));
  return parseSurvey(text, file);
}
