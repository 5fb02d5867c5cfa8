import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseDocument, visit } from 'yaml';
import { PolicyInvalid, parsePolicy } from '../../../domain/policy';
import { typeFiles } from '../../../store/policies';
import { POLICIES } from './support';

const BASE = readFileSync(join(POLICIES, 'base.yaml'), 'utf8');
const TYPES = typeFiles(POLICIES);

const problemsOf = (text: string, types = TYPES) => {
  try {
    parsePolicy(text, 'base.yaml', types);
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems;
    throw error;
  }
  return [];
};

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

test('the policy that ships holds', () => expect(problemsOf(BASE)).toEqual([]));

const ACK = 'due: { critical: 15m, high: 1h, medium: 3h, low: 1wd }';

// What is replaced, by what, and what is said about it.
test.each([
  [ACK, 'due: { critical: 15 min, high: 1h, medium: 3h, low: 1wd }', 'rules[0].due.critical', 'a time span such as'],
  [ACK, 'due: { critical: 15m, high: 1h, medium: 3h }', 'rules[0].due.low', 'a value for each of critical'],
  [ACK, 'due: { critical: 15m, high: 1h, medium: 3h, low: 1wd, none: 1h }', 'rules[0].due.none', 'a value for each of'],
  [ACK, 'due: { critical: 2h, high: 1h, medium: 3h, low: 1wd }', 'acknowledge.due', 'critical never later than high'],
  [ACK, 'due: { critical: 15m, high: 1wd, medium: 3h, low: 1wd }', 'acknowledge.due', 'high never later than medium'],
  [ACK, 'due: { critical: null, high: 1h, medium: 3h, low: 1wd }', 'acknowledge.due', 'critical never later than high'],
  ['name: 受理分派', 'name: 受理和分派个案', 'rules[0].name', 'at most six characters'],
  ['    name: 受理分派\n', '', 'acknowledge.name', 'a name in Chinese'],
  ['step: acknowledge', 'stpe: acknowledge', 'rules[0].stpe', 'no such word here'],
  ["version: '2026.1'", 'version: 2026.1', 'version', 'words'],
  ["to: '20:00'", "to: '26:00'", 'station_hours.to', 'a quoted time of day'],
  ['at: 3/4', 'at: 4/3', 'reminders.high.at', 'a share of the time'],
  ['repeat: 15m', 'repeat: 0m', 'ladders.critical.repeat', 'more than nothing'],
  ['after: 20m', 'after: 5m', 'ladders.critical.rungs', 'no earlier than the one below'],
  ['quiet: null', "quiet: { from: '23:00', to: '09:00' }", 'ladders.critical.quiet', 'no quiet hours'],
  ['binds: watch', 'binds: court', 'binds', 'one of station, watch'],
  ['word: 立即\n', 'wort: 立即\n', 'basis.wort', 'no such word here'],
  ['      law: 未成年人保护法\n', '', 'basis.law', 'law and article beside a legal basis'],
  ['start: placed', 'start: moved', 'start', 'one of receipt, trigger'],
  ['when: { safe: true }', 'when: { once: [placement] }', 'visit.when', 'a kind that has a rule'],
  ['urgent: true\n    extendable: false', 'urgent: true', 'police_report.extendable', 'false for an urgent step'],
])('%j as %j is refused', (part, other, path, expected) => {
  expect(BASE).toContain(part);
  const text = BASE.replace(part, other);
  const found = problemsOf(text).find((one) => one.path.includes(path) && one.expected.includes(expected));
  expect(found).toBeDefined();
  expect(found?.file).toBe('base.yaml');
});

test('the message names file and line of every problem, in every file', () => {
  const text = BASE.replace('high: 1h,', 'high: soon,').replace('due: 1mo', 'due: 1 month');
  const types = TYPES.map((one) => ({ ...one, text: one.text.replace('usual: critical', 'usual: worst') }));
  const problems = problemsOf(text, types);
  const missing = TYPES.find((one) => one.file.endsWith('missing.yaml'));
  expect(problems.map(({ line, path }) => [line, path])).toEqual([
    [lineOf(text, 'due: { critical: 15m'), 'rules[0].due.high'],
    [lineOf(text, 'due: 1 month'), expect.stringMatching(/^rules\[\d+\]\.due/)],
    [lineOf(missing?.text ?? '', 'usual:'), 'usual'],
  ]);
  expect(new PolicyInvalid(problems).message).toContain(
    `base.yaml:${lineOf(text, 'high: soon')}: rules[0].due.high: expected`,
  );
});

test('what is no YAML, and a word given twice, are named with their line', () => {
  expect(problemsOf(`${BASE}\nname: again\n`)).toMatchObject([{ line: BASE.split('\n').length + 1, path: '' }]);
  expect(problemsOf('rules: [')).not.toEqual([]);
  expect(problemsOf('')).toMatchObject([{ line: 1 }]);
});

test('each type has one file', () => {
  expect(problemsOf(BASE, TYPES.slice(1))).toMatchObject([{ expected: 'a file for type abandonment' }]);
  expect(problemsOf(BASE, [...TYPES, ...TYPES.slice(0, 1)])).toMatchObject([{ expected: 'one file for abandonment' }]);
});

test('whatever value is put anywhere, the policy holds or is refused by name', () => {
  const paths: number = (() => {
    let count = 0;
    visit(parseDocument(BASE), { Scalar: () => void (count += 1) });
    return count;
  })();
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('1h', '90d', '5wd', 'by 22:00', '立即', null, '*x'),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: paths - 1 }), junk, (at, value) => {
      const doc = parseDocument(BASE);
      let index = 0;
      visit(doc, {
        Scalar(key) {
          index += 1;
          return index - 1 === at && key !== 'key' ? doc.createNode(value) : undefined;
        },
      });
      for (const problem of problemsOf(doc.toString())) expect(problem.expected).not.toBe('');
    }),
    { numRuns: 60 },
  );
});
