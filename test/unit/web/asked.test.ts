import fc from 'fast-check';
import { askedFor } from '../../../web/src/lib/asked';

test.each([
  ['A0001', { number: 'A0001' }],
  [' ａ００01 ', { number: 'A0001' }],
  ['138 0000 1234', { phone: '13800001234' }],
  ['+86-13800001234', { phone: '+8613800001234' }],
  ['11010120180101234x', { idNumber: '11010120180101234X' }],
  ['柏小舟', { name: '柏小舟' }],
  ['买买提·艾力', { name: '买买提·艾力' }],
  ['柏', undefined],
  ['  ', undefined],
])('%j is asked for as %j', (typed, asked) => expect(askedFor(typed)).toEqual(asked));

test('whatever is typed is one thing or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (typed) => expect(Object.keys(askedFor(typed) ?? { nothing: 1 })).toHaveLength(1)),
  );
});
