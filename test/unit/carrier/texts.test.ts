import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { caseNumbers, loadTemplates, segments } from '../../../sandbox/carrier/texts';

describe('loadTemplates', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'carrier-texts-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  function load(yaml: string) {
    const file = path.join(dir, 'texts.yaml');
    writeFileSync(file, yaml);
    return loadTemplates(file, 'https://shouwang.example');
  }
  const sms = (body: string) => load(`texts: { overdue: { sms: { templateId: "1", body: ${JSON.stringify(body)} } } }`);

  it('finds every template of texts and calls, and leaves the rest of the file alone', () => {
    const templates = load(`
version: 1
texts:
  overdue:
    sms: { templateId: "1", body: "案件{1}逾期{2}。", params: [number, lateness] }
    voice: { templateId: "2", body: "请处理。" }
    mail: { subject: 逾期, body: 请处理 }
  summary:
    mail: { subject: 日报, body: 见内 }
`);
    expect([...templates.values()].map((t) => [t.templateId, t.kind, t.channel, t.variables])).toEqual([
      ['1', 'overdue', 'sms', 2],
      ['2', 'overdue', 'voice', 0],
    ]);
  });

  it.each([
    ['案件{2}逾期{1}', /numbered/],
    ['案件{1}{2}逾期', /side by side/],
    ['{1}', /variables alone/],
    ['【守望】案件{1}', /forbidden/],
  ])('does not approve %s', (body, reason) => {
    expect(() => sms(body)).toThrow(reason);
  });

  it('does not approve variables in a call, one id for two texts, or a file without templates', () => {
    expect(() => load('texts: { a: { voice: { templateId: "1", body: "案件{1}" } } }')).toThrow(/texts\.a\.voice/);
    const twice = 'texts: { a: { sms: { templateId: "1", body: x } }, b: { sms: { templateId: "1", body: y } } }';
    expect(() => load(twice)).toThrow(/both a and b/);
    expect(() => load('texts: {}')).toThrow(/no text/);
    expect(() => load('texts: { a: { sms: { templateId: 1, body: x } } }')).toThrow(/texts\.a\.sms\.templateId/);
    expect(() => loadTemplates(path.join(dir, 'missing.yaml'), '')).toThrow(/TEXTS_FILE/);
  });
});

describe('segments', () => {
  it('counts 70 characters as one and then 67 each', () => {
    const figures: Array<[number, number]> = [
      [1, 1],
      [70, 1],
      [71, 2],
      [134, 2],
      [135, 3],
      [150, 3],
    ];
    for (const [length, expected] of figures) expect(segments('字'.repeat(length))).toBe(expected);
  });
});

describe('caseNumbers', () => {
  it('finds a number wherever it stands between Chinese characters', () => {
    const number = fc.stringMatching(/^[A-Z][0-9]{4}$/);
    const chinese = fc.stringMatching(/^[\u4e00-\u9fa5,。【】]{0,8}$/);
    fc.assert(
      fc.property(chinese, number, chinese, (before, n, after) => {
        expect(caseNumbers(before + n + after)).toEqual([n]);
      }),
    );
  });

  it('takes no part of a longer word, and each number once', () => {
    expect(caseNumbers('XA0123 A01234 a0123 A0123,A0123和B0001')).toEqual(['A0123', 'B0001']);
  });
});
