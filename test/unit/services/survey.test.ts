import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { concernOf, FACES, parseSurvey } from '../../../domain/services/survey';
import { SERVICE_KINDS } from '../../../domain/services/kinds';
import { PolicyInvalid } from '../../../domain/policy';

const FILE = join(__dirname, '../../../policies/survey.yaml');
const SOURCE = readFileSync(FILE, 'utf8');
const words = parseSurvey(SOURCE, 'survey.yaml');

test('every kind of service has a question, short and a question', () => {
  for (const kind of SERVICE_KINDS) {
    expect(words.question(kind)).toMatch(/？$/);
    expect(words.question(kind).length).toBeLessThanOrEqual(16);
  }
  expect(words.question('group_session')).not.toBe(words.question('satisfaction'));
  expect(words.faces.map(({ id }) => id)).toEqual([...FACES]);
  expect(FACES.map((face) => words.satisfied(face))).toEqual([true, false, false]);
  expect(words.help.map(({ number }) => number)).toEqual(expect.arrayContaining(['110', '12345', '12355']));
});

test.each([
  ['爸爸打我', true],
  ['爸 爸 打。我', true],
  ['他们老是 欺 负 我！', true],
  ['我不 想 回家', true],
  ['老师很好', false],
  ['想再来玩', false],
  ['不好玩', false],
])('%s: hints at harm %s', (text, harm) => {
  expect(words.hintsAtHarm(text)).toBe(harm);
});

test('harm counts whatever the face; a low answer without words asks for nothing', () => {
  expect(concernOf(words, { face: 'good', text: '有人打我' })).toBe('harm');
  expect(concernOf(words, { face: 'bad', text: '太短了' })).toBe('low');
  expect(concernOf(words, { face: 'so_so', text: '太短了' })).toBe('low');
  expect(concernOf(words, { face: 'good', text: '好玩' })).toBe('none');
  expect(concernOf(words, { face: 'bad' })).toBe('none');
});

test('signs and spaces between the letters hide no word', () => {
  const noise = fc.array(fc.constantFrom(' ', '，', '。', '!', '　', '\n', '…'), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(noise, { minLength: 4, maxLength: 4 }), (gaps) => {
      const letters = [...'不敢回家'].map((letter, i) => letter + (gaps[i] ?? []).join(''));
      return words.hintsAtHarm(`今天${letters.join('')}了`);
    }),
  );
});

test('a wrong file does not load, and the line is named', () => {
  const wrong = SOURCE.replace('id: so_so', 'id: maybe').replace("number: '110'", "number: 'eleven'");
  const lineOf = (part: string): number => wrong.slice(0, wrong.indexOf(part)).split('\n').length;
  expect(() => parseSurvey(wrong, 'survey.yaml')).toThrow(PolicyInvalid);
  try {
    parseSurvey(wrong, 'survey.yaml');
  } catch (error) {
    const lines = (error as PolicyInvalid).problems.map(({ line }) => line);
    expect(lines).toEqual(expect.arrayContaining([lineOf('id: maybe'), lineOf('eleven')]));
  }
});

describe('in English', () => {
  const texts = words.in('en');

  test('every kind has a question of its own, the faces stay in their order, the numbers stay', () => {
    for (const kind of SERVICE_KINDS) expect(texts.question(kind)).toMatch(/^[\x20-\x7e’]{10,60}\?$/);
    expect(texts.faces.map(({ id }) => id)).toEqual([...FACES]);
    expect(texts.help.map(({ number }) => number)).toEqual(words.help.map(({ number }) => number));
    expect(texts.help.every(({ what }) => /^[\x20-\x7e]+$/.test(what))).toBe(true);
  });

  test.each([
    ['My dad HITS me', true],
    ['i don’t want to go home', true],
    ['I am scared', true],
    ['I like skipping', false],
    ['I studied and it was fun', false],
  ])('%s: hints at harm %s', (text, harm) => {
    expect(words.hintsAtHarm(text)).toBe(harm);
  });

  test('where a file says nothing in English, its Chinese stands in', () => {
    const chinese = parseSurvey(SOURCE.slice(0, SOURCE.indexOf('\nen:')), 'survey.yaml');
    expect(chinese.in('en').question('visit')).toBe(chinese.question('visit'));
    expect(chinese.in('en').faces.map(({ name }) => name)).toEqual(['很好', '一般', '不好']);
  });
});
