import type { TFunction } from 'i18next';

const SYSTEMS = [
  [/android/i, 'Android'],
  [/iphone|ipad/i, 'iPhone / iPad'],
  [/harmony/i, 'HarmonyOS'],
  [/windows/i, 'Windows'],
  [/mac os/i, 'macOS'],
  [/linux/i, 'Linux'],
] as const;
const BROWSERS = [
  [/micromessenger/i, '微信'],
  [/edg\//i, 'Edge'],
  [/firefox/i, 'Firefox'],
  [/chrome/i, 'Chrome'],
  [/safari/i, 'Safari'],
] as const;

/** What a browser calls itself, in words that its owner knows it by. */
export function agentWords(t: TFunction, agent: string): string {
  const of = (known: readonly (readonly [RegExp, string])[]) => known.find(([pattern]) => pattern.test(agent))?.[1];
  const words = [of(SYSTEMS), of(BROWSERS)].filter((one) => one !== undefined);
  return words.length > 0 ? words.join(' · ') : t('account.unknownDevice');
}
