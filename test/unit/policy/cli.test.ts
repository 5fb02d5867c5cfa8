import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../cli/policy/main';
import { at, POLICIES } from './support';

let dir: string;
let said: { out: string; err: string };
const before = process.env['POLICIES_DIR'];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'policy-cli-'));
  said = { out: '', err: '' };
  process.env['POLICIES_DIR'] = POLICIES;
  jest.spyOn(console, 'log').mockImplementation((text: string) => void (said.out += `${text}\n`));
  jest.spyOn(console, 'error').mockImplementation((text: string) => void (said.err += `${text}\n`));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
  if (before === undefined) delete process.env['POLICIES_DIR'];
  else process.env['POLICIES_DIR'] = before;
});

const CASE = ['--type', 'sexual_abuse', '--risk', 'critical', '--received', '2026-09-30T22:10+08:00'];

describe('simulate', () => {
  test('says what, when in Beijing time, whom and why', () => {
    expect(run(['simulate', ...CASE])).toBe(0);
    expect(said.out).toContain('接报 9月30日(周三)22:10');
    expect(said.out).toMatch(
      /9月30日\(周三\)23:10 +公安报案 +police_report +9月30日\(周三\)22:25 +法律：未成年人保护法 第十一条「立即」；60 分钟/,
    );
    expect(said.out).toMatch(/9月30日\(周三\)22:35 +逾期告警 +督导 +受理分派/);
    expect(said.out).toContain('每 15 分钟重复');
  });

  test('as JSON, with the raised level', () => {
    expect(
      run(['simulate', '--json', '--type', 'missing', '--risk', 'low', '--received', '2026-09-30T22:10+08:00']),
    ).toBe(0);
    const answer = JSON.parse(said.out) as {
      risk: string;
      riskRaisedFrom: string;
      steps: { id: string; dueAt: string }[];
    };
    expect(answer).toMatchObject({ risk: 'critical', riskRaisedFrom: 'low' });
    expect(answer.steps).toContainEqual(
      expect.objectContaining({ id: 'missing_update', dueAt: '2026-10-01T00:10:00+08:00' }),
    );
  });

  test('quiet hours put a medium case’s messages off to the morning', () => {
    void run(['simulate', '--json', '--type', 'neglect', '--risk', 'medium', '--received', '2026-07-10T21:00+08:00']);
    const answer = JSON.parse(said.out) as { steps: { id: string; tells: unknown[] }[] };
    expect(answer.steps.find((step) => step.id === 'acknowledge')?.tells).toContainEqual({
      at: '2026-07-11T09:00:00+08:00',
      what: 'overdue',
      to: 'worker',
      heldFrom: '2026-07-11T00:00:00+08:00',
    });
  });

  test('a year without its official calendar is said', () => {
    void run(['simulate', '--type', 'neglect', '--received', '2031-01-05T10:00+08:00']);
    expect(said.out).toContain('2031 年的放假安排尚未公布');
  });

  test('a trigger learnt later starts its own clock', () => {
    void run([
      'simulate',
      '--json',
      '--type',
      'neglect',
      '--received',
      '2026-07-10T10:00+08:00',
      '--trigger',
      'injury@2026-07-12T10:00+08:00',
    ]);
    expect(said.out).toContain('"dueAt": "2026-07-12T11:00:00+08:00"');
  });

  test('as pictures', () => {
    const [svg, html] = [join(dir, 'case.svg'), join(dir, 'case.html')];
    expect(run(['simulate', ...CASE, '--svg', svg, '--html', html])).toBe(0);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*公安报案[\s\S]*<\/svg>$/);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>[\s\S]*未成年人保护法/);
  });

  test('a picture that cannot be written is said', () => {
    expect(run(['simulate', ...CASE, '--svg', join(dir, 'none', 'case.svg')])).toBe(2);
    expect(said.err).toContain('ENOENT');
  });

  test('every wrong option is named', () => {
    const wrong = [
      '--type',
      'x',
      '--risk',
      'y',
      '--received',
      '2026-02-30T10:00Z',
      '--bogus',
      '--trigger',
      'z',
      '--hours',
      'q',
      'word',
    ];
    expect(run(['simulate', ...wrong])).toBe(2);
    for (const name of ['--type x', '--risk y', '--received 2026', '--bogus', '--trigger z', '--hours q', 'word']) {
      expect(said.err).toContain(`✗ ${name}`);
    }
    expect(existsSync(join(dir, 'case.svg'))).toBe(false);
  });

  test.each([
    ['2026-09-30T22:10+08:00', at('2026-09-30T14:10Z')],
    ['2026-09-30T20:10:30+06:00', at('2026-09-30T14:10:30Z')],
  ])('%s is a time', (text, ms) => {
    void run(['simulate', '--json', '--type', 'neglect', '--received', text]);
    expect(Date.parse((JSON.parse(said.out) as { receivedAt: string }).receivedAt)).toBe(ms);
  });

  test.each([[['--type']], [['--type', 'missing', '--type', 'neglect']], [['--type', 'missing', '--json=1']], [[]]])(
    '%j is refused',
    (args) => expect(run(['simulate', ...args])).toBe(2),
  );
});

describe('table', () => {
  test('is the one in docs/policy.md', () => {
    expect(run(['table'])).toBe(0);
    // The formatter pads the columns.
    const bare = (text: string) => text.replace(/ *\| */g, '|').replace(/-+/g, '-');
    expect(bare(readFileSync(join(POLICIES, '../docs/policy.md'), 'utf8'))).toContain(bare(said.out.trim()));
  });
});

describe('check', () => {
  test('a folder, a base file and a type’s file that hold', () => {
    expect(run(['check', POLICIES, join(POLICIES, 'base.yaml'), join(POLICIES, 'types', 'missing.yaml')])).toBe(0);
    expect(said.out.match(/^✓/gm)).toHaveLength(3);
  });

  test('a lone base file is checked with the types in force, and its line is named', () => {
    const file = join(dir, 'mine.yaml');
    writeFileSync(file, readFileSync(join(POLICIES, 'base.yaml'), 'utf8').replace('high: 1h,', 'high: soon,'));
    expect(run(['check', file])).toBe(1);
    expect(said.out).toMatch(/mine\.yaml:\d+: rules\[0\]\.due\.high: expected a time span/);
  });

  test('a lone type’s file is checked with the policy in force', () => {
    const file = join(dir, 'missing.yaml');
    writeFileSync(file, readFileSync(join(POLICIES, 'types', 'missing.yaml'), 'utf8').replace('times: 12', 'times: 0'));
    expect(run(['check', file])).toBe(1);
    expect(said.out).toMatch(/missing\.yaml:\d+: rules\[\d\]\.times: expected at least 1/);
  });

  test('a file that is not there', () => {
    expect(run(['check', join(dir, 'none.yaml')])).toBe(1);
    expect(said.out).toContain('none.yaml');
  });

  test.each([[['check']], [['check', '--all']], [['chekc']], [[]]])('%j is refused with the usage', (args) => {
    expect(run(args)).toBe(2);
    expect(said.err).toContain('npm run policy -- check FILE');
  });
});
