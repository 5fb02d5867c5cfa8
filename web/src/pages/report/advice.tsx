/** What must happen now, by type (现在就做): the numbers to call, and what helps or harms the child. */
import { useTranslation } from 'react-i18next';
import type { CaseType, Risk } from '../../api/types';

/** Whom to call, the first one first. 12356 is the psychological hotline (心理援助热线). */
const CALLS: Record<CaseType, readonly string[]> = {
  sexual_abuse: ['110', '120'],
  physical_abuse: ['110', '120'],
  domestic_violence: ['110', '120'],
  abandonment: ['110', '120'],
  neglect: ['110', '120'],
  bullying: ['110', '120'],
  missing: ['110'],
  self_harm: ['120', '110', '12356'],
  other_emergency: ['110', '120', '119'],
};

export function Advice({ type, risk }: { type: CaseType; risk?: Risk | 'unsure' | undefined }) {
  const { t } = useTranslation();
  const items = t(`advice.${type}`, { returnObjects: true });
  return (
    <section className={`advice ${risk === 'critical' ? 'advice-critical' : ''}`} aria-label={t('advice.title')}>
      <h2>{t('advice.title')}</h2>
      <div className="calls">
        {CALLS[type].map((number) => (
          <a key={number} className="call" href={`tel:${number}`}>
            <strong>{number}</strong>
            <span>{t(`advice.call.${number}`)}</span>
          </a>
        ))}
      </div>
      <ul>{Array.isArray(items) && items.map((item) => <li key={String(item)}>{String(item)}</li>)}</ul>
    </section>
  );
}
