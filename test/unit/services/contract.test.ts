import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseDocument, visit } from 'yaml';
import { checkAll } from '../../../cli/policy/check';
import { PolicyInvalid, type Problem } from '../../../domain/policy';
import { parseContract } from '../../../domain/services/contract-file';
import { dateOf } from '../../../domain/services/term';
import { loadContracts } from '../../../store/contracts';

const POLICIES = join(__dirname, '../../../policies');
const FILE = join(POLICIES, 'contracts/xinhua-2025.yaml');
const TEXT = readFileSync(FILE, 'utf8');

function problemsOf(text: string): Problem[] {
  try {
    parseContract(text, 'c.yaml');
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems;
    throw error;
  }
}

test('the contract of 2025: eight indicators and four performance targets', () => {
  const contract = parseContract(TEXT, FILE);
  expect(contract.indicators.map(({ id, part, unit, target }) => [id, part, unit, target])).toEqual([
    ['social_workers', 'output', 'persons', 3],
    ['casework_persons', 'output', 'persons', 10],
    ['groups', 'output', 'groups', 5],
    ['community_events', 'output', 'sessions', 10],
    ['visits', 'output', 'person_times', 260],
    ['guarantee', 'output', 'rate', 100],
    ['beneficiaries', 'output', 'person_times', 1500],
    ['satisfaction', 'output', 'rate', 90],
    ['welfare_workers', 'performance', 'persons', 2],
    ['case_and_group_times', 'performance', 'sessions', 7],
    ['reception', 'performance', 'rate', 100],
    ['minors_satisfied', 'performance', 'rate', 90],
  ]);
  expect(contract).toMatchObject({ budget: 200_000, payments: [], stationId: 'xinhua', buyer: '民政局' });
  expect([contract.term.fromDay, contract.term.toDay].map(dateOf)).toEqual(['2025-03-01', '2025-11-30']);
  expect(contract.evaluations.map(({ stage, day }) => [stage, dateOf(day)])).toEqual([
    ['mid', '2025-06-30'],
    ['final', '2025-11-15'],
  ]);
});

/** The line of a part of the contract that ships; what is put there instead stands on the same one. */
const lineOf = (part: string): number => TEXT.slice(0, TEXT.indexOf(part)).split('\n').length;
/** Not said where the change was made: beside it, or at the second of two that do not go together. */
const ELSEWHERE = ['evaluations[1].on', 'indicators[4].id', 'buyer'];

test.each([
  ['target: 260', 'target: 90%', 'indicators[4].target', 'a number without %'],
  ['target: 260', 'target: -1', 'indicators[4].target', 'a whole number from 1'],
  ['target: 100%', 'target: 100', 'indicators[5].target', 'a share such as "90%"'],
  ['target: 100%', 'target: 120%', 'indicators[5].target', 'a whole number from 1'],
  ['unit: groups', 'unit: persons', 'indicators[2].unit', 'groups, which is what the rule counts'],
  ['unit: groups', 'unit: pieces', 'indicators[2].unit', 'one of persons, person_times'],
  [
    'each: group, kinds: [group_session]',
    'each: group, kinds: [visit]',
    'indicators[2].count.kinds',
    '[group_session]',
  ],
  ['kinds: [community_event]', 'kinds: [party]', 'indicators[3].count.kinds[0]', 'one of visit, home_visit'],
  ['kinds: [community_event]', 'kinds: []', 'indicators[3].count.kinds', 'kinds of service'],
  ['kinds: [community_event]', 'kinds: [satisfaction]', 'indicators[3].count.kinds', 'from: satisfaction'],
  [
    'kinds: [community_event]',
    'kinds: [visit], least_sessions: 2',
    'indicators[3].count.least_sessions',
    'each: group',
  ],
  ['from: satisfaction', 'from: memory', 'indicators[7].count.from', 'records, staff, intake or satisfaction'],
  [
    'roles: [social_worker, supervisor], post',
    'roles: [admin], post',
    'indicators[0].count.roles[0]',
    'one of social_worker',
  ],
  ['on: 2025-06-30', 'on: 2025-06-31', 'evaluations[0].on', 'a real day'],
  ['on: 2025-06-30', 'on: 2025-11-15', 'evaluations[1].on', 'a day after the evaluation before'],
  ['on: 2025-11-15', 'on: 2025-12-01', 'evaluations[1].on', 'a day of the term'],
  ['to: 2025-11-30', 'to: 2025-02-28', 'term.to', 'no earlier than from'],
  [
    'payments: []',
    'payments: [{ name: 首期, amount: 80000 }]',
    'payments',
    'add up to the budget of 200000, not 80000',
  ],
  ['id: groups', 'id: visits', 'indicators[4].id', 'an id of its own'],
  ['buyer: 民政局\n', '', 'buyer', 'the buyer'],
  ['budget: 200000', 'budgte: 200000', 'budgte', 'no such word here'],
])('%j as %j is refused with its line', (part, other, path, expected) => {
  expect(TEXT).toContain(part);
  const text = TEXT.replace(part, other);
  const found = problemsOf(text).find((one) => one.path === path);
  expect(found?.expected).toContain(expected);
  expect(found?.file).toBe('c.yaml');
  if (!ELSEWHERE.includes(path)) expect(found?.line).toBe(lineOf(part));
});

test('payments that add up to the budget hold, to the fen', () => {
  const payments = 'payments: [{ name: 首期, amount: 120000.10, on: 2025-03-10 }, { name: 尾款, amount: 79999.90 }]';
  const { payments: read } = parseContract(TEXT.replace('payments: []', payments), 'c.yaml');
  expect(read.map(({ amount, day }) => [amount, day && dateOf(day)])).toEqual([
    [120_000.1, '2025-03-10'],
    [79_999.9, undefined],
  ]);
});

test('whatever value is put anywhere, the contract holds or is refused by name', () => {
  let scalars = 0;
  visit(parseDocument(TEXT), { Scalar: () => void (scalars += 1) });
  const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('2025-03-01', '90%', 'visit', null, '*x'));
  fc.assert(
    fc.property(fc.nat(scalars - 1), junk, (at, value) => {
      const doc = parseDocument(TEXT);
      let index = 0;
      visit(doc, {
        Scalar(key) {
          index += 1;
          return index - 1 === at && key !== 'key' ? doc.createNode(value) : undefined;
        },
      });
      for (const problem of problemsOf(doc.toString())) expect(problem.expected).not.toBe('');
    }),
    { numRuns: 40 },
  );
});

describe('on disk', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'contracts-'));
    cpSync(POLICIES, dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('contracts are found by id; a folder without any has none', () => {
    expect(loadContracts(dir).byId('xinhua-2025')?.indicators).toHaveLength(12);
    rmSync(join(dir, 'contracts'), { recursive: true });
    expect(loadContracts(dir).all).toEqual([]);
  });

  test('two of one id, and a wrong one, are refused together', () => {
    cpSync(FILE, join(dir, 'contracts/twin.yaml'));
    writeFileSync(join(dir, 'contracts/wrong.yaml'), TEXT.replace('target: 260', 'target: many'));
    expect(() => loadContracts(dir)).toThrow(/xinhua-2025\.yaml:1: id: expected an id of its own/);
    expect(() => loadContracts(dir)).toThrow(/wrong\.yaml:\d+: indicators\[4\]\.target: expected a whole number/);
  });

  test('policy check takes contracts alone and in their folder', () => {
    const wrong = join(dir, 'wrong.yaml');
    writeFileSync(wrong, TEXT.replace('unit: groups', 'unit: rate'));
    const { lines, ok } = checkAll([FILE, dir, wrong], POLICIES);
    expect(ok).toBe(false);
    expect(lines[0]).toContain('12 indicators');
    expect(lines[1]).toContain('1 contract');
    expect(lines.slice(2).join('\n')).toMatch(/✗ .*wrong\.yaml\n {2}.*wrong\.yaml:\d+: indicators\[2\]\.unit/);
  });
});
