/** The child and who reported (儿童、报告人): what the vault holds, for those who may see it. */
import { useTranslation } from 'react-i18next';
import type { CaseFile } from '../../api/types';
import { CHILD_FIELDS, REPORTER_FIELDS } from '../../lib/people';
import { dayWords } from '../../lib/time';

export function PersonCards({ file }: { file: CaseFile }) {
  const { t } = useTranslation();
  if (file.child === null && file.narrative === null) return <p className="card hint">{t('case.noChild')}</p>;
  const wordsOf = (field: string, value: string): string => {
    if (field === 'sex') return t(`sex.${value}`);
    if (field === 'birthDate') return dayWords(t, value);
    return field === 'role' ? t(`reporterRole.${value}`) : value;
  };
  const rows = (who: 'child' | 'reporter', fields: readonly string[]) =>
    fields.flatMap((field) => {
      const value = file[who]?.[field];
      if (typeof value !== 'string' || value === '') return [];
      const words = wordsOf(field, value);
      return (
        <div key={field}>
          <dt>{t(`field.${who}.${field}`)}</dt>
          <dd>{field === 'phone' ? <a href={`tel:${value}`}>{words}</a> : words}</dd>
        </div>
      );
    });
  const reporter = rows('reporter', REPORTER_FIELDS);
  return (
    <>
      <section className="card" aria-labelledby="case-child">
        <h2 id="case-child">{t('report.child')}</h2>
        <dl className="facts">{rows('child', CHILD_FIELDS)}</dl>
        {file.triggers.length > 0 && (
          <p className="case-line">
            {file.triggers.map((trigger) => (
              <span key={trigger} className="tag">
                {t(`trigger.${trigger}`)}
              </span>
            ))}
          </p>
        )}
        {reporter.length > 0 && (
          <>
            <h3>{t('report.reporter')}</h3>
            <dl className="facts">{reporter}</dl>
          </>
        )}
      </section>
      <section className="card" aria-labelledby="case-story">
        <h2 id="case-story">{t('report.story')}</h2>
        <p className="story">{file.narrative}</p>
      </section>
    </>
  );
}
