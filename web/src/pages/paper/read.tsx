/** A paper to be read: signed, taken back, or somebody else's draft; and what two people wrote at once. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answers, Form } from '../../../../domain/forms/form';
import { useStaff } from '../../api/queries';
import type { PaperFile } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Failed, Loading } from '../../ui/bits';
import { differencesOf } from './merge';
import { useCopy } from './reads';
import { answerWords, formWord } from './words';

export function AnswersRead({ form, answers }: { form: Form; answers: Answers }) {
  const { t } = useTranslation();
  return (
    <>
      {form.sections.map((section) => (
        <section key={section.id} className="card" aria-labelledby={`read-${section.id}`}>
          <h2 id={`read-${section.id}`}>{formWord(t, section.name)}</h2>
          <dl className="facts answers">
            {section.items.map((item) => (
              <div key={item.id}>
                <dt>{formWord(t, item.name)}</dt>
                <dd>{answerWords(t, item, answers[item.id]) || '—'}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

/** What differs in a copy from what stands now. */
function Copy({ caseId, paper, form, copyId }: { caseId: string; paper: PaperFile; form: Form; copyId: string }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useCopy(caseId, paper.id, copyId);
  if (isPending) return <Loading />;
  if (!data) return <Failed error={error} retry={refetch} />;
  const differences = differencesOf(form, undefined, (data.answers ?? {}) as Answers, (paper.answers ?? {}) as Answers);
  if (differences.length === 0) return <p>{t('paper.copySame')}</p>;
  return (
    <dl className="facts answers">
      {differences.map((one) => (
        <div key={one.item.id}>
          <dt>{formWord(t, one.item.name)}</dt>
          <dd>{answerWords(t, one.item, one.mine) || t('paper.empty')}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Nothing that somebody wrote is lost: what came second lies here. */
export function Copies({ caseId, paper, form }: { caseId: string; paper: PaperFile; form: Form }) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const [open, setOpen] = useState<string>();
  if (paper.copies.length === 0) return null;
  return (
    <section className="card no-print" aria-labelledby="paper-copies">
      <h2 id="paper-copies">{t('paper.copies')}</h2>
      <p className="hint">{t('paper.copiesHint')}</p>
      <ul className="plain">
        {paper.copies.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className="text-button"
              aria-expanded={open === one.id}
              onClick={() => setOpen(open === one.id ? undefined : one.id)}
            >
              {staff.find(({ id }) => id === one.staffId)?.name ?? one.staffId} · {dateTime(t, Date.parse(one.at))}
            </button>
            {open === one.id && <Copy caseId={caseId} paper={paper} form={form} copyId={one.id} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
