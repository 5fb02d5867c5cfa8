/** Takes up policies (时限规则) that were published while the worker runs, and moves the day's digest where they say so. */
import type { Logger } from 'pino';
import type { Policies } from '../store/policies';

/** Deadlines ask for their version when they need it; this is for what nobody asks for. */
export const POLICY_EVERY_MS = 30_000;

export const failureOf = (error: unknown): { failure: string } => ({
  failure: error instanceof Error ? error.name : 'unknown',
});

/** Says that a published version does not load here; the one before stays in force. */
export const unloaded =
  (log: Logger) =>
  (version: string, error: unknown): void =>
    log.error({ ...failureOf(error), version }, 'a published policy does not load');

/** @param ensure sets the schedules to a minute of the Beijing day */
export function keepSchedules(policies: Policies, ensure: (digestMinute: number) => Promise<void>) {
  let set: number | undefined;
  const again = async (): Promise<void> => {
    await policies.refresh();
    const { digestMinute } = policies.current;
    if (set === digestMinute) return;
    await ensure(digestMinute);
    set = digestMinute;
  };
  return { begin: again, again };
}
