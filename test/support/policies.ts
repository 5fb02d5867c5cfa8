import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { loadPolicies } from '../../store/policies';

/** The version that lies in the archive of {@link policiesOfTwoVersions}. */
export const OLDER = '2025.9';

const HOME_CHECK = `
  - step: home_check
    name: 家庭核查
    due: 5d
    basis: judgement
`;

/** What the older version says differently: later, nearer, firm and later, not there, and there alone. */
function asOlder(text: string): string {
  const changes: [string | RegExp, string][] = [
    [/^version: .*$/m, `version: '${OLDER}'`],
    [
      'due: { critical: 2h, high: 24h, medium: 72h, low: 7d }',
      'due: { critical: 2h, high: 48h, medium: 96h, low: 9d }',
    ],
    [
      'due: { critical: 4h, high: 24h, medium: 72h, low: 7d }',
      'due: { critical: 2h, high: 12h, medium: 48h, low: 6d }',
    ],
    [/(start: receipt\n    when: \{ types: &reported .*\n    due: )60m/, '$190m'],
    [/\n {2}- step: guardianship_assessment_full\n(?: {4}.*\n)+/, '\n'],
  ];
  const changed = changes.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) throw new Error(`the policy no longer says ${String(from)}`);
    return after;
  }, text);
  return changed + HOME_CHECK;
}

/** A folder with the policy that ships as the current one and {@link OLDER} in its archive; the caller removes it. */
export function policiesOfTwoVersions(): string {
  const shipped = join(PROJECT, 'policies');
  const dir = mkdtempSync(join(tmpdir(), 'shouwang-policies-'));
  cpSync(shipped, dir, { recursive: true });
  const older = join(dir, 'archive', OLDER);
  cpSync(join(shipped, 'types'), join(older, 'types'), { recursive: true });
  writeFileSync(join(older, 'base.yaml'), asOlder(readFileSync(join(shipped, 'base.yaml'), 'utf8')));
  return dir;
}

/** @returns the two versions, and the folder that they were read from */
export function twoVersions() {
  const dir = policiesOfTwoVersions();
  const policies = loadPolicies(dir);
  return { dir, current: policies.current, older: policies.byVersion(OLDER) };
}
