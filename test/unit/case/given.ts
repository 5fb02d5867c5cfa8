/** Made-up cases for the rules' tests: small ladders and steps, so that a test says all that matters. */
import fc from 'fast-check';
import { newCase } from '../../../domain/case';
import type { Ladder } from '../../../domain/alert';
import type { CaseState, PlannedStep } from '../../../domain/model';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** 2026-03-02 10:00 Beijing time, a Monday. */
export const T0 = Date.UTC(2026, 2, 2, 2);

export const ladder = (over: Partial<Ladder> = {}): Ladder => ({
  rungs: [
    { to: 'worker', afterMs: 0, channels: ['sms', 'email'] },
    { to: 'supervisor', afterMs: 10 * MINUTE, channels: ['sms', 'email'] },
    { to: 'duty_officer', afterMs: 20 * MINUTE, channels: ['sms', 'email'] },
  ],
  repeatMs: 15 * MINUTE,
  ackBuysMs: 30 * MINUTE,
  deliverWithinMs: MINUTE,
  ...over,
});

export const step = (kind: string, dueInMs: number, over: Partial<PlannedStep> = {}): PlannedStep => ({
  id: kind,
  kind,
  binds: 'station',
  start: 'receipt',
  startAt: T0,
  dueAt: T0 + dueInMs,
  remindAt: T0 + dueInMs / 2,
  extendable: true,
  basis: { kind: 'judgement', figure: `${dueInMs / MINUTE} 分钟` },
  ...over,
});

export const WORKER = { kind: 'staff', id: 'worker-1' } as const;
export const SUPERVISOR = { kind: 'staff', id: 'supervisor-1' } as const;
export const PARTNER = { kind: 'partner', id: 'police-1' } as const;

export const given = (planned: PlannedStep[] = [step('first_contact', 2 * HOUR)], climb = ladder()): CaseState =>
  newCase(
    {
      caseId: 'case-1',
      number: 'A0001',
      stationId: 'station-1',
      policyVersion: 'test',
      facts: { type: 'neglect', risk: 'critical', receivedAt: T0, triggers: [], guardianIsSuspect: false },
      ladder: climb,
      planned,
    },
    T0,
    WORKER,
  ).state;

/** Any handful of steps that is due within a week. */
export const anySteps = fc
  .array(
    fc.record({ due: fc.integer({ min: 1, max: 7 * 24 * 60 }), remind: fc.double({ min: 0, max: 1, noNaN: true }) }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((list) =>
    list.map(({ due, remind }, i) =>
      step(`step_${i}`, due * MINUTE, { remindAt: T0 + Math.floor(due * remind) * MINUTE }),
    ),
  );
