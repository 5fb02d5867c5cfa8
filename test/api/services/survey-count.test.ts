/** Answers of the children's survey at the edges of a term, through the very functions that take and count them. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Contract, Indicator } from '../../../domain/services/contract';
import { FACES } from '../../../domain/services/survey';
import { momentsOf } from '../../../domain/services/term';
import { beijingDay, HOUR } from '../../../domain/zone';
import { type EvidencePlace, evidenceOf } from '../../../store/services/evidence';
import { figureOf } from '../../../store/services/figures';
import { answerSurvey, makeSurvey, readSurvey, tokenOf } from '../../../store/services/surveys';
import { startTestApi, type TestApi } from '../../support/api';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

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
const SATISFACTION: Indicator = {
  ...{ id: 'i', name: 'i', part: 'output', target: 90, count: { from: 'satisfaction' }, unit: 'rate' },
};

interface Answer {
  face: (typeof FACES)[number];
  at: number;
}
interface Asked {
  withdrawn: boolean;
  answers: Answer[];
}

/** Thick around both midnights in Beijing, to the millisecond. */
const momentArb = fc.oneof(
  fc.integer({ min: from - 3 * HOUR, max: until + 3 * HOUR }),
  fc.constantFrom(from - HOUR, from - 1, from, from + 1, until - HOUR, until - 1, until, until + 1),
);
const askedArb: fc.Arbitrary<Asked> = fc.record({
  withdrawn: fc.boolean(),
  answers: fc.array(fc.record({ face: fc.constantFrom(...FACES), at: momentArb }), { maxLength: 5 }),
});

/** A station of its own whose children were asked so, and answered then. */
async function stationWith(all: readonly Asked[]): Promise<string> {
  const { db, links, vault, survey: words } = t.api.deps;
  const stationId = randomUUID();
  for (const { withdrawn, answers } of all) {
    const [serviceId, id] = [randomUUID(), randomUUID()];
    const at = new Date(from - 24 * HOUR);
    await db.serviceRecord.create({
      data: {
        ...{ id: serviceId, stationId, kind: 'visit', minutes: 30, place: 'home', staffIds: [], headCount: 1 },
        ...{ at, enteredBy: 'x', enteredAt: at, withdrawnAt: withdrawn ? at : null },
      },
    });
    await makeSurvey(db, links, { id, stationId, serviceId, cards: 5, staffId: 'x', at: at.getTime() });
    const survey = await readSurvey(db, id);
    if (!survey) throw new Error('the survey is missing');
    for (const [n, { face, at: moment }] of answers.entries()) {
      const answering = { token: tokenOf(links, id, n), survey, face, satisfied: words.satisfied(face) };
      expect(await answerSurvey(db, vault, { ...answering, concern: 'none', at: moment })).toBe(true);
    }
  }
  return stationId;
}

test('an answer counts from the first midnight of the term to the one after its last day, in Beijing, to the millisecond', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(askedArb, { maxLength: 4 }), async (all) => {
      const contract = contractOf(await stationWith(all));
      const counted = all.filter(({ withdrawn }) => !withdrawn).flatMap(({ answers }) => answers);
      const inTerm = counted.filter(({ at }) => at >= from && at < until);
      expect(await figureOf(t.api.deps.db, contract, SATISFACTION, AFTER)).toEqual({
        count: inTerm.filter(({ face }) => face === 'good').length,
        whole: inTerm.length,
      });
    }),
    { numRuns: 25 },
  );
});

test('seen at a moment, an answer counts from its hour on; and the records behind hold each answer once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(askedArb, { maxLength: 4 }), momentArb, async (all, at) => {
      const { db } = t.api.deps;
      const contract = contractOf(await stationWith(all));
      const hours = all
        .filter(({ withdrawn }) => !withdrawn)
        .flatMap(({ answers }) => answers.map((one) => one.at - (one.at % HOUR)));
      const whole = hours.filter((hour) => hour >= from && hour < until && hour <= at).length;
      expect((await figureOf(db, contract, SATISFACTION, at)).whole).toBe(whole);
      const seen = [];
      for (let after: EvidencePlace | undefined; ;) {
        const page = await evidenceOf(db, contract, SATISFACTION, at, { after, take: 2 });
        seen.push(...page);
        const last = page.at(-1);
        if (page.length < 2 || !last) break;
        after = { at: last.at && last.at.getTime(), id: last.id };
      }
      expect(seen.reduce((sum, { answers }) => sum + (answers ?? 0), 0)).toBe(whole);
      expect(seen.every(({ answers, satisfied }) => (answers ?? 0) >= 3 || satisfied === null)).toBe(true);
    }),
    { numRuns: 15 },
  );
});
