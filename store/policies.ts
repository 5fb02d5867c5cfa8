/** Policies on disk: the current one, and the older ones that cases still keep. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Policy, PolicyInvalid, type PolicyText, type Problem, parsePolicy } from '../domain/policy';

/** A case names a version that no file holds: its folder was taken away from policies/archive. */
export class PolicyUnknown extends Error {
  override readonly name = 'PolicyUnknown';

  constructor(readonly version: string) {
    super(`no policy of version ${version}: put its folder back under archive/`);
  }
}

/** A policy as text: its base file, and the types' files by name without their ending. */
export interface PolicyFiles {
  base: string;
  types: Record<string, string>;
}

export interface Policies {
  current: Policy;
  /** The current policy first, then those of the archive in the order of their folders. */
  all: Policy[];
  /** @throws PolicyUnknown */
  byVersion(version: string): Policy;
  /** What the version was read from. @throws PolicyUnknown */
  filesOf(version: string): PolicyFiles;
  /** As byVersion, and looks for one that was published since. @throws PolicyUnknown */
  find(version: string): Promise<Policy>;
  /** The published ones that were taken up, by their ids: a write that was planned with them can be made to depend on there being no other. */
  readonly known: readonly string[];
  /** Takes up what was published since. @returns whether anything was */
  refresh(): Promise<boolean>;
}

const BASE = 'base.yaml';

/** @throws PolicyInvalid if the file cannot be read */
export function readPolicyFile(file: string): PolicyText {
  try {
    return { text: readFileSync(file, 'utf8'), file };
  } catch (error) {
    throw new PolicyInvalid([{ file, line: 1, path: '', expected: `a file that can be read (${String(error)})` }]);
  }
}

/** The types' files of the policy in a folder; none if it has no folder types/. */
export function typeFiles(dir: string): PolicyText[] {
  const types = join(dir, 'types');
  if (!existsSync(types)) return [];
  const names = readdirSync(types).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => readPolicyFile(join(types, name)));
}

/**
 * The policy in one folder: base.yaml and types/*.yaml.
 * @throws PolicyInvalid naming every problem with file and line
 */
export function loadPolicy(dir: string): Policy {
  const base = readPolicyFile(join(dir, BASE));
  return parsePolicy(base.text, base.file, typeFiles(dir));
}

const nameOf = (file: string): string => basename(file).replace(/\.yaml$/, '');

/** The texts of the policy in a folder. @throws PolicyInvalid if a file cannot be read */
export const readFiles = (dir: string): PolicyFiles => ({
  base: readPolicyFile(join(dir, BASE)).text,
  types: Object.fromEntries(typeFiles(dir).map(({ file, text }) => [nameOf(file), text])),
});

/** The policy that files hold, with the names that its messages give them. @throws PolicyInvalid */
export const policyOf = ({ base, types }: PolicyFiles): Policy =>
  parsePolicy(
    base,
    BASE,
    Object.entries(types).map(([name, text]) => ({ file: `types/${name}.yaml`, text })),
  );

/** Folders of older policies, each as the current one was when it was in force. */
function archived(dir: string): string[] {
  const archive = join(dir, 'archive');
  if (!existsSync(archive)) return [];
  const folders = readdirSync(archive, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => join(archive, entry.name)).sort();
}

/**
 * All policies below a folder: the current one and those under archive/.
 * @throws PolicyInvalid if one does not validate, or if two folders carry one version: a case could not tell them apart
 */
export function loadPolicies(dir: string): Policies {
  const current = loadPolicy(dir);
  const versions = new Map([[current.version, current]]);
  const files = new Map([[current.version, readFiles(dir)]]);
  const problems: Problem[] = [];
  for (const folder of archived(dir)) {
    const older = loadPolicy(folder);
    const taken = versions.get(older.version);
    if (taken) {
      const expected = `a version of its own: ${taken.file} is ${older.version} too`;
      problems.push({ file: older.file, line: 1, path: 'version', expected });
    }
    versions.set(older.version, older);
    files.set(older.version, readFiles(folder));
  }
  if (problems.length > 0) throw new PolicyInvalid(problems);
  const byVersion = (version: string): Policy => {
    const found = versions.get(version);
    if (!found) throw new PolicyUnknown(version);
    return found;
  };
  return {
    current,
    all: [...versions.values()],
    byVersion,
    find: (version) => Promise.resolve().then(() => byVersion(version)),
    // Files are read once: what changes while a process runs is published.
    known: [],
    refresh: () => Promise.resolve(false),
    filesOf(version) {
      const found = files.get(version);
      if (!found) throw new PolicyUnknown(version);
      return found;
    },
  };
}
