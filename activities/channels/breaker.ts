/**
 * When a provider is left alone: after some failures in a row it is not asked for a while, then one message tries it
 * again. Pure; times in milliseconds of the caller's clock.
 */

export interface BreakerState {
  /** Failures in a row. */
  failures: number;
  /** Not asked before this moment; absent: open to everybody. */
  restsUntil?: number;
}

export interface BreakerSetting {
  /** So many failures in a row open it. */
  after: number;
  /** How long it rests; then one message at a time probes it. */
  restMs: number;
}

export const WELL: BreakerState = { failures: 0 };

/** Is the provider worth asking at `now`? */
export const isOpenTo = ({ restsUntil }: BreakerState, now: number): boolean =>
  restsUntil === undefined || now >= restsUntil;

/** A message is about to be handed over: a probe keeps the others away until it has ended, or for one rest. */
export function begun(state: BreakerState, now: number, { restMs }: BreakerSetting): BreakerState {
  return state.restsUntil === undefined ? state : { ...state, restsUntil: now + restMs };
}

/** The provider answered, if only to refuse. */
export const answered = (): BreakerState => WELL;

/** It could not be reached, broke off or said nothing that makes sense. */
export function failedAt(state: BreakerState, now: number, { after, restMs }: BreakerSetting): BreakerState {
  const failures = state.failures + 1;
  return failures >= after ? { failures, restsUntil: now + restMs } : { ...state, failures };
}
