/** What a form's answers count (得分) and which risk they suggest (建议等级), while it is filled in. A person decides. */
import { useTranslation } from 'react-i18next';
import { type Form, itemsOf, type Suggestion } from '../../../../domain/forms/form';
import { RiskTag } from '../../ui/bits';
import { formWord } from './words';

/** Names of the items that by themselves ask for the risk. */
function Alarms({ form, alarms }: { form: Form; alarms: readonly string[] }) {
  const { t } = useTranslation();
  if (alarms.length === 0) return null;
  const names = itemsOf(form)
    .filter(({ id }) => alarms.includes(id))
    .map(({ name }) => formWord(t, name));
  return <p className="due-soon">{t('paper.alarms', { items: names.join(t('list')) })}</p>;
}

export function SuggestionCard({ form, suggestion }: { form: Form; suggestion: Suggestion }) {
  const { t } = useTranslation();
  const { score, most, sections, risk, alarms, open } = suggestion;
  if (risk === undefined) return null;
  return (
    <section className="card suggestion" aria-labelledby="paper-suggestion">
      <h2 id="paper-suggestion">{t('paper.suggestion')}</h2>
      <p className="suggested">
        <RiskTag risk={risk} /> <strong>{t('paper.score', { score, most })}</strong>
      </p>
      <Alarms form={form} alarms={alarms} />
      <ul className="plain scores">
        {sections.map((one) => (
          <li key={one.id}>
            <span>{formWord(t, form.sections.find(({ id }) => id === one.id)?.name ?? one.id)}</span>
            <meter min={0} max={one.most} value={one.score} aria-hidden="true" />
            <span>{t('paper.score', { score: one.score, most: one.most })}</span>
          </li>
        ))}
      </ul>
      <p className="hint">
        {open.length > 0 ? t('paper.unscored', { count: open.length }) : t('paper.allScored')} {t('paper.youDecide')}
      </p>
    </section>
  );
}
