import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Form } from '../domain/forms/form';
import { parseForm } from '../domain/forms/form-file';
import { PolicyInvalid, type Problem } from '../domain/policy/invalid';
import { readPolicyFile } from './policies';

/** The forms in force, and every older version that a paper may have been written on. */
export interface Forms {
  current: Form[];
  byId(id: string): Form | undefined;
  version(id: string, version: number): Form | undefined;
}

const yamlIn = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => name.endsWith('.yaml'))
        .sort()
        .map((name) => join(dir, name))
    : [];

/**
 * Reads `forms/*.yaml`, and older versions from `forms/archive/`.
 * @throws PolicyInvalid with every problem of every file
 */
export function loadForms(policiesDir: string): Forms {
  const dir = join(policiesDir, 'forms');
  const problems: Problem[] = [];
  const all = new Map<string, Form>();
  const read = (path: string): Form[] => {
    try {
      const { text, file } = readPolicyFile(path);
      const form = parseForm(text, file);
      const key = `${form.id}/${form.version}`;
      const taken = all.get(key);
      if (taken)
        problems.push({ file, line: 1, path: 'version', expected: `a version of its own: ${taken.file} has it too` });
      all.set(key, form);
      return [form];
    } catch (error) {
      if (!(error instanceof PolicyInvalid)) throw error;
      problems.push(...error.problems);
      return [];
    }
  };
  const current = yamlIn(dir).flatMap(read);
  for (const form of current) {
    const twin = current.find((one) => one.id === form.id && one !== form);
    if (twin)
      problems.push({ file: form.file, line: 1, path: 'id', expected: `one version in force: ${twin.file} is one` });
  }
  yamlIn(join(dir, 'archive')).flatMap(read);
  if (problems.length > 0) throw new PolicyInvalid(problems);
  return {
    current,
    byId: (id) => current.find((form) => form.id === id),
    version: (id, version) => all.get(`${id}/${version}`),
  };
}
