import { join } from 'node:path';
import fc from 'fast-check';
import {
  CASE_TYPES,
  type CaseFacts,
  type PlannedStep,
  RISKS,
  type Risk,
  START_EVENTS,
  type Step,
  TRIGGERS,
} from '../../../domain/model';
import { type PlanEvent, planFrom } from '../../../domain/policy';
import { DAY, HOUR } from '../../../domain/zone';
import { loadPolicy } from '../../../store/policies';

export const POLICIES = join(__dirname, '../../../policies');
export const policy = loadPolicy(POLICIES);

export const at = (text: string): number => Date.parse(text);

/** A Friday at 15:00, Beijing time, with no holiday for weeks. */
export const PLAIN = at('2026-07-10T15:00+08:00');

export const facts = (more: Partial<CaseFacts> = {}): CaseFacts => ({
  type: 'neglect',
  risk: 'high',
  receivedAt: PLAIN,
  triggers: [],
  guardianIsSuspect: false,
  ...more,
});

export const event = (start: PlanEvent['start'], when: number, more: Partial<PlanEvent> = {}): PlanEvent => ({
  start,
  at: when,
  occurrences: {},
  ...more,
});

export const intake = (of: CaseFacts) => planFrom(policy, of, event('receipt', of.receivedAt));

/** A planned step as the case holds it before anything happened to it. */
export const open = (steps: PlannedStep[]): Step[] =>
  steps.map((step, ord): Step => ({ ...step, ord, state: 'pending' }));

export const worseFirst: [Risk, Risk][] = RISKS.slice(1).map((lesser, i) => [RISKS[i] ?? lesser, lesser]);

const around = (text: string): fc.Arbitrary<number> =>
  fc.integer({ min: -12 * 24 * 60, max: 12 * 24 * 60 }).map((minutes) => at(text) + minutes * 60_000);

/** Moments in years whose calendar is known and not, thick around 国庆, 春节, month ends and year ends. */
export const momentArb = fc.oneof(
  fc.integer({ min: at('2024-01-01T00:00+08:00'), max: at('2031-12-31T23:59+08:00') }),
  ...[
    ...['2025-10-01', '2026-10-01', '2026-02-17', '2025-01-29', '2024-12-31', '2025-12-31', '2026-12-31'],
    ...['2027-02-28', '2028-02-29', '2028-10-01'],
  ].map((day) => around(`${day}T00:00+08:00`)),
);

const sometime = fc.integer({ min: -3 * DAY, max: 30 * DAY });

export const factsArb: fc.Arbitrary<CaseFacts> = fc
  .record({
    type: fc.constantFrom(...CASE_TYPES),
    risk: fc.constantFrom(...RISKS),
    receivedAt: momentArb,
    ago: fc.option(fc.integer({ min: 0, max: 200 * HOUR }), { nil: undefined }),
    learnt: fc.uniqueArray(fc.record({ trigger: fc.constantFrom(...TRIGGERS), after: sometime }), {
      selector: (one) => one.trigger,
      maxLength: 4,
    }),
    guardianIsSuspect: fc.boolean(),
    underSix: fc.boolean(),
  })
  .map(({ ago, learnt, ...same }) => ({
    ...same,
    ...(ago === undefined ? {} : { occurredAt: same.receivedAt - ago }),
    triggers: learnt.map(({ trigger, after }) => ({ trigger, at: same.receivedAt + after })),
  }));

const kinds = Object.keys(policy.names);

/** Every event that can start a clock, with cases that have had steps before. */
const eventArb = (when: number): fc.Arbitrary<PlanEvent> =>
  fc.record({
    start: fc.constantFrom(...START_EVENTS),
    at: sometime.map((after) => when + after),
    of: fc.constantFrom(...kinds),
    referralId: fc.constantFrom(undefined, 'r1'),
    occurrences: fc.dictionary(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 14 }), { maxKeys: 5 }),
  });

export const situationArb = factsArb.chain((of) => fc.record({ of: fc.constant(of), event: eventArb(of.receivedAt) }));
