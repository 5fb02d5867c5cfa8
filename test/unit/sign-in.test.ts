import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Bloom } from '../../api/auth/bloom';
import { codeHashes } from '../../api/auth/code-hash';
import { passwordProblem } from '../../api/auth/password';
import { checkJson } from '../../api/json-shape';
import { ROLES } from '../../api/permissions';
import { factorsFor, longestOf, mustEnrol, parseSignIn, sessionOver, type SignInRule } from '../../domain/sign-in';
import { weaknesses } from '../../scripts/dependencies.mjs';

const FILE = join(__dirname, '../../policies/sign-in.yaml');
const TEXT = readFileSync(FILE, 'utf8');
const HOUR = 3_600_000;

describe('the rules that ship', () => {
  const rules = parseSignIn(TEXT, FILE, ROLES);

  test('demand a second factor of everybody, and of administrators an authenticator', () => {
    for (const role of ROLES) expect([role, rules[role]?.demanded]).toEqual([role, true]);
    expect(rules['admin']?.by).toEqual(['totp']);
    expect(longestOf(rules)).toBe(7 * 24 * HOUR);
  });

  test.each<[string, string, RegExp]>([
    ['a role is missing', TEXT.replace(/^ {2}evaluator:.*$/m, ''), /roles\.evaluator/],
    ['a role is unknown', `${TEXT}  boss: {}\n`, /roles\.boss/],
    ['a span is none', TEXT.replace('idle: 4h', 'idle: 4wd'), /roles\.supervisor\.idle: expected a span/],
    ['idle is longer than all', TEXT.replace('idle: 4h', 'idle: 48h'), /roles\.supervisor\.idle/],
    ['a factor is unknown', TEXT.replace('by: [totp]', 'by: [fax]'), /roles\.admin\.by/],
  ])('refused, with the line, when %s', (_what, text, said) => {
    expect(() => parseSignIn(text, 'sign-in.yaml', ROLES)).toThrow(said);
    expect(() => parseSignIn(text, 'sign-in.yaml', ROLES)).toThrow(/^sign-in\.yaml:\d+:/);
  });
});

describe('what somebody has set up', () => {
  const rule: SignInRule = { demanded: true, by: ['totp'], idleMs: HOUR, longestMs: 12 * HOUR };
  const both: SignInRule = { ...rule, by: ['totp', 'text'] };

  test.each([
    [rule, { enabled: false, totp: false, phone: true }, [], true],
    [rule, { enabled: true, totp: true, phone: true }, ['totp'], false],
    // Set up for another role: it lets in, and another one is set up then.
    [rule, { enabled: true, totp: false, phone: true }, ['text'], true],
    [both, { enabled: true, totp: false, phone: true }, ['text'], false],
    [both, { enabled: true, totp: true, phone: true }, ['totp', 'text'], false],
    [both, { enabled: true, totp: false, phone: false }, [], true],
    [{ ...both, demanded: false }, { enabled: false, totp: false, phone: false }, [], false],
  ])('%#', (of, has, methods, enrol) => {
    expect(factorsFor(of, has)).toEqual(methods);
    expect(mustEnrol(of, has)).toBe(enrol);
  });

  test('a session is over when idle for longer than the rule, or older than its longest', () => {
    const over = (usedAgo: number, createdAgo: number) =>
      sessionOver(rule, { usedAt: -usedAgo, createdAt: -createdAgo }, 0);
    expect(over(HOUR, 2 * HOUR)).toBe(false);
    expect(over(HOUR + 1, 2 * HOUR)).toBe(true);
    expect(over(0, 12 * HOUR + 1)).toBe(true);
  });
});

describe('passwords', () => {
  test.each([
    ['short1!', /at least 10/],
    ['x'.repeat(129), /at most 128/],
    ['password123', /breach/],
    ['1QAZ2wsx3edc', /breach/],
    ['5201314woaini', /common/],
    ['Passw0rd2024!', /common/],
    ['aaaaaaaaaaaa', /breach|common/],
    ['shouwang2026', /common/],
    ['xinhua_worker1', /common/],
    ['林立春林立春林立春林', /common/],
  ])('%s is refused', (password, why) => {
    expect(passwordProblem(password, ['xinhua_worker1', '林立春'])).toMatch(why);
  });

  test.each(['kX9#mmQ2pLz', 'correct horse battery staple', '四种颜色-的雨伞-kq7', 'Tj-8271-北门-伞'])(
    '%s may be',
    (password) => {
      expect(passwordProblem(password, ['xinhua_worker1'])).toBeUndefined();
    },
  );
});

test('the filter knows every word that it was given, and hardly another', () => {
  const words = Array.from({ length: 2_000 }, (_, n) => `word number ${n}`);
  const bloom = Bloom.for(words.length);
  for (const word of words) bloom.add(word);
  expect(words.every((word) => bloom.has(word))).toBe(true);
  const others = Array.from({ length: 20_000 }, (_, n) => `another ${n}`).filter((word) => bloom.has(word));
  expect(others.length).toBeLessThan(20);
});

test('codes are kept as keyed hashes; a list is hashed once', () => {
  const [a, b] = [codeHashes('a'.repeat(40)), codeHashes('b'.repeat(40))];
  expect(a.of('123456')).toBe(a.of('123456'));
  expect(a.of('123456')).not.toBe(b.of('123456'));
  const once = a.list('["x-y","z-w"]');
  expect(once).not.toContain('x-y');
  expect(a.list(once)).toBe(once);
});

test('whatever JSON.stringify writes is let through, up to sixteen levels', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => expect(() => checkJson(JSON.stringify(value))).not.toThrow()),
  );
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  expect(() => checkJson(deep(16))).not.toThrow();
  expect(() => checkJson(deep(17))).toThrow(/nested/);
});

test('a key given twice is found wherever it stands', () => {
  const key = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(key, fc.jsonValue({ maxDepth: 3 }), fc.array(key), (twice, value, around) => {
      const member = `${JSON.stringify(twice)}:${JSON.stringify(value)}`;
      const others = [...new Set(around)].filter((one) => one !== twice).map((one) => `${JSON.stringify(one)}:1`);
      const text = `[{${[member, ...others, member].join(',')}}]`;
      expect(() => checkJson(text)).toThrow(/twice/);
    }),
  );
});

describe('known weaknesses of dependencies', () => {
  const via = (severity: string) => [
    { name: 'x', title: 'bad', severity, url: `https://advisories.invalid/${severity}` },
  ];

  test('serious ones are named, lesser ones are not, and no answer is no verdict', () => {
    expect(
      weaknesses({ vulnerabilities: { x: { via: via('critical') }, y: { via: ['x'] }, z: { via: via('low') } } }),
    ).toEqual(['x: bad https://advisories.invalid/critical']);
    expect(weaknesses({ vulnerabilities: {} })).toEqual([]);
    expect(weaknesses({ error: { code: 'ENOAUDIT' } })).toBeUndefined();
    expect(weaknesses({})).toBeUndefined();
  });
});
