/** Who may know of a case: the rule on its own. */
import fc from 'fast-check';
import { isShielded, mayHear, mayKnowReporter, maySee, namedFor, type Shield } from '../../domain/sight';

const STAFF = ['a', 'b', 'c', 'd'];
const ROLES = ['social_worker', 'supervisor', 'duty_officer'];
const NOW = 1_000_000;
const who = fc.constantFrom(...STAFF);
const shields: fc.Arbitrary<Shield> = fc.record({
  restricted: fc.boolean(),
  named: fc.uniqueArray(who),
  conflicts: fc.uniqueArray(fc.record({ staffId: who, role: fc.constantFrom(...ROLES) }), {
    selector: ({ staffId }) => staffId,
  }),
  glass: fc.array(fc.record({ staffId: who, until: fc.integer({ min: NOW - 5, max: NOW + 5 }) })),
});
const has = (shield: Shield, staffId: string) => shield.conflicts.some((one) => one.staffId === staffId);

test('whoever has a conflict sees nothing, named or not, glass broken or not, and hears nothing', () => {
  fc.assert(
    fc.property(shields, who, fc.boolean(), fc.constantFrom(...ROLES), (shield, staffId, inScope, role) => {
      const shut = { ...shield, conflicts: [...shield.conflicts, { staffId, role }] };
      expect(maySee({ staffId, inScope }, shut, NOW)).toBe(false);
      expect(mayHear(shut, { kind: 'staff', id: staffId, role })).toBe(false);
      expect(namedFor({ ...shut, restricted: true }, 'worker', new Map())).not.toContain(staffId);
    }),
  );
});

test('a restriction only ever takes away, and never from the named of the station', () => {
  fc.assert(
    fc.property(shields, who, fc.boolean(), (shield, staffId, inScope) => {
      const open = maySee({ staffId, inScope }, { ...shield, restricted: false }, NOW);
      const narrow = maySee({ staffId, inScope }, { ...shield, restricted: true }, NOW);
      expect(narrow && !open).toBe(false);
      if (inScope && shield.named.includes(staffId) && !has(shield, staffId)) expect(narrow).toBe(true);
    }),
  );
});

test('broken glass opens until its moment and not a millisecond longer', () => {
  fc.assert(
    fc.property(shields, who, fc.integer({ min: NOW + 1, max: NOW + 9 }), (shield, staffId, until) => {
      const own = { ...shield, restricted: true, named: [], conflicts: [], glass: [{ staffId, until }] };
      expect(maySee({ staffId, inScope: false }, own, until - 1)).toBe(true);
      expect(maySee({ staffId, inScope: false }, own, until)).toBe(false);
    }),
  );
});

test('a restricted case never leaves the ladder empty: a named person without conflict stands on it, or a duty officer hears', () => {
  fc.assert(
    fc.property(shields, (shield) => {
      const narrow = { ...shield, restricted: true };
      const free = narrow.named.filter((id) => !has(narrow, id));
      expect(namedFor(narrow, 'worker', new Map())).toEqual(free);
      expect(mayHear({ ...narrow, conflicts: [] }, { kind: 'staff', id: 'x', role: 'duty_officer' })).toBe(true);
    }),
  );
});

test('groups, and phones that others carry, hear nothing that one of them must not know', () => {
  const none: Shield = { restricted: false, named: [], conflicts: [], glass: [] };
  const restricted = { ...none, restricted: true };
  const conflicted = { ...none, conflicts: [{ staffId: 'a', role: 'social_worker' }] };
  expect([none, restricted, conflicted].map(isShielded)).toEqual([false, true, true]);
  const group = { kind: 'robot', id: 'r' } as const;
  expect([none, restricted, conflicted].map((one) => mayHear(one, group))).toEqual([true, false, false]);
  const phone = (role: string) => ({ kind: 'contact', id: 'p', role }) as const;
  expect([restricted, conflicted].map((one) => mayHear(one, phone('worker')))).toEqual([false, false]);
  expect([restricted, conflicted].map((one) => mayHear(one, phone('duty_officer')))).toEqual([true, true]);
  expect(mayHear(conflicted, phone('supervisor'))).toBe(true);
  expect(mayHear(restricted, { kind: 'partner', id: 'police' })).toBe(true);
  const roles = new Map([['b', 'supervisor']]);
  expect(namedFor({ ...restricted, named: ['a', 'b'] }, 'supervisor', roles)).toEqual(['b']);
  expect(namedFor({ ...restricted, named: ['a', 'b'] }, 'duty_officer', roles)).toEqual([]);
});

test('the reporter is for supervisors, officers, and the worker whose case it is or who took the report', () => {
  const row = { assigneeId: 'a', reportedBy: 'b' };
  const worker = (staffId: string) => mayKnowReporter({ staffId, role: 'social_worker' }, row);
  expect(['a', 'b', 'c'].map(worker)).toEqual([true, true, false]);
  expect(mayKnowReporter({ staffId: 'c', role: 'supervisor' }, row)).toBe(true);
  expect(mayKnowReporter({ staffId: 'c', role: 'social_worker' }, { ...row, assigneeId: null })).toBe(true);
});
