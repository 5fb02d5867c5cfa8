import type { TFunction } from 'i18next';

/** A step's name: the policy's own in Chinese; other languages by its kind, as far as they know it. */
export const stepName = (t: TFunction, { kind, name }: { kind: string; name: string }): string =>
  t(`stepKind.${kind}`, { defaultValue: name });
