import fc from 'fast-check';
import { type ClueKind, cluesOf } from '../../domain/same-child';

const words = (child: Parameters<typeof cluesOf>[0], kind: ClueKind): string[] =>
  cluesOf(child)
    .filter((clue) => clue.kind === kind)
    .map(({ word }) => word)
    .sort();
const share = (one: object, other: object, kind: ClueKind): boolean =>
  words(one, kind).some((word) => words(other, kind).includes(word));

test('a name heard is found under every way to write it', () => {
  for (const [one, other] of [
    ['张伟', '章玮'],
    ['王诗涵', '汪思涵'],
    ['陈鑫', '程新'],
    ['阿依古丽', '阿伊古丽'],
  ] as const) {
    expect(share({ name: one }, { name: other }, 'name_sound')).toBe(true);
    expect(share({ name: one }, { name: other }, 'name')).toBe(false);
  }
  expect(share({ name: '张伟' }, { name: '李娜' }, 'name_sound')).toBe(false);
});

test('a character with two readings is found under both', () => {
  // 曾 is zēng as a surname and céng otherwise; 单 is shàn and dān.
  expect(share({ name: '曾敏' }, { name: '增敏' }, 'name_sound')).toBe(true);
  expect(share({ name: '单丹' }, { name: '善丹' }, 'name_sound')).toBe(true);
});

test('how a name was typed makes no difference: blanks, dots, widths', () => {
  for (const other of ['买买提艾力', '买买提 · 艾力', '买买提・艾力', ' 买买提•艾力 '])
    expect(words({ name: '买买提·艾力' }, 'name')).toEqual(words({ name: other }, 'name'));
});

test('who is not known is nobody’s double', () => {
  for (const name of ['不详', '未知', '某某', '孩子', '小女孩', '张', ' ']) expect(cluesOf({ name })).toEqual([]);
  // A hotline is everybody's number.
  expect(cluesOf({ phone: '12345' })).toEqual([]);
});

test('numbers are compared as numbers', () => {
  expect(words({ idNumber: '65400220160504002x' }, 'id_number')).toEqual(['65400220160504002X']);
  expect(share({ phone: '138 0000 9901' }, { guardianPhone: '+86-13800009901' }, 'phone')).toBe(true);
});

describe('for any child', () => {
  const han = fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((code) => String.fromCodePoint(code));
  const name = fc.array(han, { minLength: 2, maxLength: 6 }).map((chars) => chars.join(''));

  test('the same words always give the same clues, few of them, and each once', () => {
    fc.assert(
      fc.property(name, (one) => {
        const clues = cluesOf({ name: one });
        expect(cluesOf({ name: [...one].join(' ') })).toEqual(clues);
        expect(clues.length).toBeLessThanOrEqual(9);
        expect(new Set(clues.map(({ kind, word }) => `${kind}${word}`)).size).toBe(clues.length);
      }),
    );
  });

  test('nothing typed into a form breaks it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (typed, idNumber, phone) => {
        for (const { word } of cluesOf({ name: typed, idNumber, phone })) expect(word).not.toBe('');
      }),
    );
  });
});
