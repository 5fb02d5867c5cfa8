/** The figures that SQL counts, against the rules as plain words in TypeScript. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Contract, CountRule, Indicator, Unit } from '../../../domain/services/contract';
import { momentsOf } from '../../../domain/services/term';
import { beijingDay, HOUR } from '../../../domain/zone';
import type { ServiceKind } from '../../../domain/services/kinds';
import { type Db, openDb } from '../../../store/db';
import { evidenceOf, type EvidencePlace } from '../../../store/services/evidence';
import { figureOf } from '../../../store/services/figures';
import { infra, type TestDatabase } from '../../support/infra';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await (await infra()).createDatabase();
  db = openDb(database.url, 4);
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

const TERM = {
  fromDay: beijingDay(Date.parse('2025-03-01T12:00+08:00')),
  toDay: beijingDay(Date.parse('2025-03-10T12:00+08:00')),
};
const { from, until } = momentsOf(TERM);
const AFTER = until + 30 * 24 * HOUR;

const contractOf = (stationId: string): Contract => ({
  ...{ id: 'c', name: 'c', buyer: 'b', contractor: 'c', file: 'c', stationId, term: TERM },
  ...{ evaluations: [], budget: 0, payments: [], quietDays: 0, indicators: [] },
});
const indicatorOf = (count: CountRule, unit: Unit): Indicator => ({
  ...{ id: 'i', name: 'i', part: 'output', target: 1, count, unit },
});

interface Made {
  kind: ServiceKind;
  at: number;
  children: number[];
  headCount: number;
  group: number;
  withdrawn: boolean;
  answers: number;
  satisfied: number;
}

/** Thick around both midnights in Beijing. */
const momentArb = fc.oneof(
  fc.integer({ min: from - 3 * HOUR, max: until + 3 * HOUR }),
  fc.constantFrom(from - 1, from, from + 1, until - 1, until, until + 1),
);
const recordArb: fc.Arbitrary<Made> = fc
  .record({
    kind: fc.constantFrom<ServiceKind>(
      'visit',
      'home_visit',
      'casework',
      'group_session',
      'supervision',
      'satisfaction',
    ),
    at: momentArb,
    children: fc.uniqueArray(fc.nat(5), { maxLength: 4 }),
    headCount: fc.nat(9),
    group: fc.nat(3),
    withdrawn: fc.boolean(),
    answers: fc.nat(20),
    satisfied: fc.nat(20),
  })
  .map(({ answers, satisfied, ...same }) => ({ ...same, answers: Math.max(answers, satisfied), satisfied }));

/** A station of its own with these records. */
async function stationWith(records: Made[]): Promise<string> {
  const stationId = randomUUID();
  await db.serviceRecord.createMany({
    data: records.map(({ kind, at, children, headCount, group, withdrawn, answers, satisfied }) => ({
      ...{ id: randomUUID(), stationId, kind, minutes: 30, place: 'home', staffIds: [], headCount },
      at: new Date(at),
      childIds: children.map((n) => `${stationId}-${n}`),
      groupId: kind === 'group_session' ? `${stationId}-g${group}` : null,
      ...(kind === 'satisfaction' && { answers, satisfied }),
      enteredBy: 'x',
      enteredAt: new Date(at),
      withdrawnAt: withdrawn ? new Date(at) : null,
    })),
  });
  return stationId;
}

const KINDS: ServiceKind[] = ['visit', 'casework', 'group_session'];
const rule = (
  each: 'person' | 'person_time' | 'session' | 'group',
  kinds: ServiceKind[],
  leastSessions = 1,
): CountRule => ({
  ...{ from: 'records', each, kinds, leastSessions },
});

test('persons once, person-times each time, sessions, groups, answers; edges and withdrawals as the words say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(recordArb, { maxLength: 40 }), momentArb, async (records, at) => {
      const contract = contractOf(await stationWith(records));
      const figure = (count: CountRule, unit: Unit) => figureOf(db, contract, indicatorOf(count, unit), at);
      const counted = records.filter((one) => !one.withdrawn && one.at >= from && one.at < until && one.at <= at);
      const ofKinds = (kinds: ServiceKind[]) => counted.filter(({ kind }) => kinds.includes(kind));
      const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

      const persons = new Set(ofKinds(KINDS).flatMap(({ children }) => children)).size;
      expect(await figure(rule('person', KINDS), 'persons')).toEqual({ count: persons });
      const times = sum(ofKinds(KINDS).map(({ children, headCount }) => children.length + headCount));
      expect(await figure(rule('person_time', KINDS), 'person_times')).toEqual({ count: times });
      expect(await figure(rule('session', KINDS), 'sessions')).toEqual({ count: ofKinds(KINDS).length });
      const sessions = ofKinds(['group_session']).map(({ group }) => group);
      const groups = [0, 1, 2, 3].filter((n) => sessions.filter((group) => group === n).length >= 2).length;
      expect(await figure(rule('group', ['group_session'], 2), 'groups')).toEqual({ count: groups });
      const answers = ofKinds(['satisfaction']);
      expect(await figure({ from: 'satisfaction' }, 'rate')).toEqual({
        count: sum(answers.map(({ satisfied }) => satisfied)),
        whole: sum(answers.map(({ answers: all }) => all)),
      });
    }),
    { numRuns: 25 },
  );
});

test('the pages of an indicator hold each of its records once, and their people add up to the figure', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(recordArb, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (records, take) => {
      const contract = contractOf(await stationWith(records));
      const indicator = indicatorOf(rule('person_time', KINDS), 'person_times');
      const seen = [];
      for (let after: EvidencePlace | undefined; ;) {
        const page = await evidenceOf(db, contract, indicator, AFTER, { after, take });
        seen.push(...page);
        const last = page.at(-1);
        if (page.length < take || !last) break;
        after = { at: last.at && last.at.getTime(), id: last.id };
      }
      expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
      const { count } = await figureOf(db, contract, indicator, AFTER);
      expect(seen.reduce((total, { people }) => total + (people ?? 0), 0)).toBe(count);
    }),
    { numRuns: 15 },
  );
});
