import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PolicyInvalid } from '../../../domain/policy';
import { PolicyUnknown, loadPolicies } from '../../../store/policies';
import { POLICIES } from './support';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'policies-'));
  cpSync(POLICIES, dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Moves the current policy to the archive, and gives the current one another version. */
function newVersion(version: string): void {
  cpSync(POLICIES, join(dir, 'archive', 'before'), { recursive: true });
  const base = join(dir, 'base.yaml');
  writeFileSync(base, readFileSync(base, 'utf8').replace(/^version: .*$/m, `version: '${version}'`));
}

test('a case finds the version that it began with after the policy has changed', () => {
  const began = loadPolicies(dir).current.version;
  newVersion('2099.1');
  const policies = loadPolicies(dir);
  expect(policies.current.version).toBe('2099.1');
  expect(policies.byVersion(began)).toMatchObject({
    version: began,
    file: join(dir, 'archive', 'before', 'base.yaml'),
  });
  expect(policies.byVersion('2099.1')).toBe(policies.current);
});

test('an unknown version has a name of its own', () => {
  expect(() => loadPolicies(dir).byVersion('1999.1')).toThrow(PolicyUnknown);
  expect(() => loadPolicies(dir).byVersion('1999.1')).toThrow(expect.objectContaining({ name: 'PolicyUnknown' }));
});

test('two policies of one version are refused: a case could not tell them apart', () => {
  newVersion(loadPolicies(dir).current.version);
  expect(() => loadPolicies(dir)).toThrow(/before\/base\.yaml:\d+: version: expected a version of its own/);
});

test('a folder without a policy is refused with the file’s name', () => {
  rmSync(join(dir, 'base.yaml'));
  expect(() => loadPolicies(dir)).toThrow(PolicyInvalid);
  expect(() => loadPolicies(dir)).toThrow(/base\.yaml/);
});
