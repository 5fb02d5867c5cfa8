import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseTexts, type Texts } from '../domain/texts';

/**
 * Reads `texts.yaml` of a folder of policies.
 * @param setting the address that stands in the constant part of a text, and the carrier's signature
 * @throws TextsInvalid, or the file system's error when the file cannot be read
 */
export function loadTexts(policiesDir: string, setting: { publicUrl: string; sign: string }): Texts {
  const file = path.join(policiesDir, 'texts.yaml');
  return parseTexts(readFileSync(file, 'utf8'), file, setting);
}
