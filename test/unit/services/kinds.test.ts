import fc from 'fast-check';
import {
  mayCorrect,
  OWN_CORRECTION_MS,
  recordProblems,
  SERVICE_KINDS,
  type ServiceFacts,
} from '../../../domain/services/kinds';
import { childNumber, identityOf } from '../../../domain/services/names';

const facts = (more: Partial<ServiceFacts> & Pick<ServiceFacts, 'kind'>): ServiceFacts => ({
  childIds: [],
  headCount: 0,
  ...more,
});
const paths = (more: Partial<ServiceFacts> & Pick<ServiceFacts, 'kind'>): string[] =>
  recordProblems(facts(more)).map(({ path }) => path);

test.each<[Partial<ServiceFacts> & Pick<ServiceFacts, 'kind'>, string[]]>([
  [{ kind: 'visit', headCount: 1 }, []],
  [{ kind: 'visit', childIds: ['a'] }, []],
  [{ kind: 'visit' }, ['headCount']],
  [{ kind: 'casework', headCount: 3 }, ['headCount']],
  [{ kind: 'casework' }, ['childIds']],
  [{ kind: 'casework', caseId: 'c' }, []],
  [{ kind: 'group_session', headCount: 8 }, ['groupId']],
  [{ kind: 'group_session', headCount: 8, groupId: 'g' }, []],
  [{ kind: 'visit', headCount: 8, groupId: 'g' }, ['groupId']],
  [{ kind: 'community_event', headCount: 80 }, ['title']],
  [{ kind: 'community_event', headCount: 80, title: '六一游园会' }, []],
  [{ kind: 'community_event', headCount: 80, title: '请致电１３８００００１２３４' }, ['title']],
  [{ kind: 'supervision' }, []],
  [{ kind: 'staff_training', headCount: 5 }, ['headCount']],
  [{ kind: 'supervision', caseId: 'c' }, ['caseId']],
  [{ kind: 'satisfaction' }, ['answers']],
  [{ kind: 'satisfaction', answers: 10 }, ['satisfied']],
  [{ kind: 'satisfaction', answers: 10, satisfied: 11 }, ['satisfied']],
  [{ kind: 'satisfaction', answers: 10, satisfied: 9 }, []],
  [{ kind: 'visit', headCount: 1, answers: 2 }, ['answers']],
])('%j needs %j', (record, expected) => {
  expect(paths(record)).toEqual(expected);
});

test('a record of nobody is never whole, but where staff or answers are what counts', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SERVICE_KINDS), (kind) => {
      const whole = paths({ kind, title: '活动' }).length === 0;
      return whole === (kind === 'supervision' || kind === 'staff_training');
    }),
  );
});

test('who entered a record corrects it for a day, a supervisor always, nobody else ever', () => {
  const record = { enteredBy: 'a', enteredAt: 0 };
  fc.assert(
    fc.property(fc.constantFrom('a', 'b'), fc.boolean(), fc.nat(3 * OWN_CORRECTION_MS), (staffId, corrects, at) => {
      const own = staffId === 'a' && at < OWN_CORRECTION_MS;
      return mayCorrect(record, { staffId, corrects }, at) === (corrects || own);
    }),
  );
});

test('a child is the same whoever typed it', () => {
  expect(identityOf({ idNumber: '65400220160504002x' })).toBe(
    identityOf({ idNumber: '６５４００２２０１６０５０４００２Ｘ' }),
  );
  expect(identityOf({ name: '测试 童甲', birthDate: '2016-05-04' })).toBe(
    identityOf({ name: '测试童甲', birthDate: '2016-05-04' }),
  );
  expect(identityOf({ name: '测试童甲' })).toBeUndefined();
  expect(childNumber(7)).toBe('C0007');
});
