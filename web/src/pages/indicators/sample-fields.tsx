/** How many records are drawn, and by which seed: the same for a pack and for a sample. */
import { useTranslation } from 'react-i18next';
import { Field } from '../../ui/bits';

/** The API draws no more. */
const MOST_SAMPLE = 200;

interface Props {
  size: number;
  least: number;
  seed: string;
  onSize: (size: number) => void;
  onSeed: (seed: string) => void;
}

export function SampleFields({ size, least, seed, onSize, onSeed }: Props) {
  const { t } = useTranslation();
  return (
    <div className="two">
      <Field label={t('evaluation.size')}>
        {(ids) => (
          <input
            {...ids}
            type="number"
            inputMode="numeric"
            min={least}
            max={MOST_SAMPLE}
            value={size}
            onChange={(event) => onSize(Math.min(MOST_SAMPLE, Math.max(least, Math.trunc(Number(event.target.value)))))}
          />
        )}
      </Field>
      <Field label={t('evaluation.seed')} hint={t('evaluation.seedHint')}>
        {(ids) => <input {...ids} maxLength={100} value={seed} onChange={(event) => onSeed(event.target.value)} />}
      </Field>
    </div>
  );
}
