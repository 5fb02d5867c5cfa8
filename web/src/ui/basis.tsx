/** Why a deadline is what it is (依据): law and article, local rule, or judgement. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Step } from '../api/types';

export function basisWords(
  t: TFunction,
  { kind, law, article, word, figure }: Omit<Step['basis'], 'figure'> & { figure?: string },
) {
  const source = [law && `《${law}》`, article, word && `“${word}”`].filter((one) => typeof one === 'string').join('');
  return [t(`basis.${kind}`), source, figure].filter((one) => one !== undefined && one !== '').join(' · ');
}

export function Basis({ basis }: { basis: Step['basis'] }) {
  const { t } = useTranslation();
  return (
    <p className="basis">
      <span className="basis-label">{t('basis.label')}</span> {basisWords(t, basis)}
      {basis.note && <span className="basis-note">{basis.note}</span>}
    </p>
  );
}
