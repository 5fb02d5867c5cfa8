/** The second provider takes over (备用通道): who is tried, in which order, and what is passed on. */
import { passesOn, unwell } from '../../domain/faults';
import { WELL, answered, begun, failedAt, isOpenTo, type BreakerSetting, type BreakerState } from './breaker';
import type { Channel, Line, Outcome, Outgoing, Tried } from './channel';

/** Three messages pay for a dead provider's silence, then one in fifteen seconds does. */
const SETTING: BreakerSetting = { after: 3, restMs: 15_000 };

interface Options {
  now?: () => number;
  setting?: BreakerSetting;
}

const codeOf = (outcome: Outcome): string => (outcome.kind === 'sent' ? '' : outcome.code);

/** Was this the provider's own trouble, whatever the message? */
const failed = (outcome: Outcome): boolean =>
  outcome.kind === 'unknown' ? !outcome.code.startsWith('Unlisted:') : unwell(codeOf(outcome));

/** Certainly not taken, and not for a reason that every provider would have. */
const worthPassingOn = (outcome: Outcome): boolean =>
  (outcome.kind === 'retry_after' || outcome.kind === 'refused') && passesOn(outcome.code);

/** A line over one or more providers, in the order of preference. */
export function createLine(
  providers: readonly [Channel, ...Channel[]],
  { now = Date.now, setting = SETTING }: Options = {},
): Line {
  const breakers = new Map<string, BreakerState>();
  const stateOf = (provider: string): BreakerState => breakers.get(provider) ?? WELL;
  const [preferred, ...rest] = providers;
  const names: Line['providers'] = [preferred.provider, ...rest.map((one) => one.provider)];
  const named = (provider: string | null | undefined): Channel =>
    providers.find((one) => one.provider === provider) ?? preferred;

  async function tryOne(channel: Channel, message: Outgoing): Promise<Tried> {
    const { provider } = channel;
    const at = now();
    const started = performance.now();
    const outcome = await channel.send(message);
    breakers.set(provider, failed(outcome) ? failedAt(stateOf(provider), now(), setting) : answered());
    return { provider, at, ms: Math.round(performance.now() - started), outcome };
  }

  return {
    id: preferred.id,
    providers: names,
    route(avoid) {
      const at = now();
      // One that rests or is in doubt comes last rather than never: somebody has to be asked.
      const rank = ({ provider }: Channel): number =>
        (provider === avoid ? 2 : 0) + (isOpenTo(stateOf(provider), at) ? 0 : 1);
      const [first = names[0], ...others] = providers.toSorted((a, b) => rank(a) - rank(b)).map((one) => one.provider);
      breakers.set(first, begun(stateOf(first), at, setting));
      return [first, ...others];
    },
    async send(message, route, handTo) {
      let last = await tryOne(named(route[0]), message);
      const tried = [last];
      for (const provider of route.slice(1)) {
        if (!worthPassingOn(last.outcome)) break;
        await handTo(provider);
        last = await tryOne(named(provider), message);
        tried.push(last);
      }
      return { provider: last.provider, outcome: last.outcome, tried };
    },
    keepsRecords: (provider) => named(provider).askRecord !== undefined,
    longestMs: (provider) => named(provider).longestMs,
    askRecord: async (provider, message, since, taken) =>
      (await named(provider).askRecord?.(message, since, taken)) ?? 'not_found',
    close: () => providers.forEach((one) => one.close?.()),
  };
}
