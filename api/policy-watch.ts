/** Takes up policies (时限规则) that another process published. */
import type { Logger } from 'pino';
import { repeat, type Repeated } from '../runtime/repeat';
import type { ApiDeps } from './deps';

/** A new case asks for itself; this is for screens. */
const EVERY_MS = 10_000;

const failureOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** Says that a published version does not load here; the one before stays in force. */
export const unloaded =
  (log: Logger) =>
  (version: string, error: unknown): void =>
    log.error({ failure: failureOf(error), version }, 'a published policy does not load');

export const watchPolicies = ({ policies, log }: Pick<ApiDeps, 'policies' | 'log'>): Repeated =>
  repeat(
    EVERY_MS,
    async () => void (await policies.refresh()),
    (error) => log.warn({ failure: failureOf(error) }, 'published policies are not read'),
  );
