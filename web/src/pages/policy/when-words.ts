/** When a rule holds, in words. */
import type { TFunction } from 'i18next';
import type { PolicyTable } from '../../api/types';
import { stepName } from '../../ui/step-name';

export type When = PolicyTable['rules'][number]['when'];

export function conditionWords(t: TFunction, when: When): string[] {
  const { types, risks, triggers, guardianIsSuspect, underSix, safe, returned, happenedWithinHours, once, unless } =
    when;
  const kinds = (list: readonly string[]): string =>
    list.map((kind) => stepName(t, { kind, name: kind })).join(t('list'));
  return [
    ...(types ? [types.map((one) => t(`type.${one}`)).join(t('list'))] : []),
    ...(risks ? [risks.map((one) => t(`risk.${one}`)).join(t('list'))] : []),
    ...(triggers ? [t('policy.triggers', { list: triggers.map((one) => t(`trigger.${one}`)).join(t('list')) })] : []),
    ...(guardianIsSuspect === undefined ? [] : [t(guardianIsSuspect ? 'policy.guardian' : 'policy.notGuardian')]),
    ...(underSix === undefined ? [] : [t(underSix ? 'policy.underSix' : 'policy.sixOrOlder')]),
    ...(safe === undefined ? [] : [t(safe ? 'publish.safe' : 'publish.notSafe')]),
    ...(returned === undefined ? [] : [t(returned ? 'publish.returned' : 'publish.notReturned')]),
    ...(happenedWithinHours === undefined ? [] : [t('policy.within', { count: happenedWithinHours })]),
    ...(once ? [t('policy.once', { list: kinds(once) })] : []),
    ...(unless ? [t('policy.unless', { list: kinds(unless) })] : []),
  ];
}
