/** Signing a paper (签署): nothing required may lack; the form suggests, the person decides, and says why where it differs. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { checkAnswers } from '../../../../domain/forms/answers';
import { type Answers, type Form, itemsOf, type Suggestion } from '../../../../domain/forms/form';
import { answer, api, newKey, Refused } from '../../api/client';
import { type Risk, RISKS } from '../../api/types';
import { Choice, Field, RiskTag } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import type { PaperKeeper } from './keeper';
import { formWord } from './words';

interface Props {
  caseId: string;
  paperId: string;
  form: Form;
  answers: Answers;
  suggestion: Suggestion;
  keeper: PaperKeeper;
  onSigned: () => void;
  onClose: () => void;
}

/** What lacks, each leading to its place. */
function Missing({ form, paths, onClose }: { form: Form; paths: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const lead = (path: string): void => {
    onClose();
    // After the dialog is gone and has given the focus back.
    setTimeout(() => {
      const place = document.getElementsByName(path)[0] ?? document.getElementById(path);
      place?.scrollIntoView({ block: 'center' });
      place?.focus({ preventScroll: true });
    });
  };
  const nameOf = (path: string): string => {
    const [id = '', row, inner] = path.split('.');
    const item = itemsOf(form).find((one) => one.id === id);
    const name = formWord(t, item?.name ?? id);
    const within = item?.row.find((one) => one.id === inner);
    return within ? `${t('paper.row', { title: name, count: Number(row) + 1 })} · ${formWord(t, within.name)}` : name;
  };
  return (
    <>
      <p>{t('paper.lacks', { count: paths.length })}</p>
      <ul className="missing">
        {paths.map((path) => (
          <li key={path}>
            <button type="button" className="text-button" onClick={() => lead(path)}>
              {nameOf(path)}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Decide({ caseId, paperId, suggestion, keeper, onSigned, onClose }: Props) {
  const { t } = useTranslation();
  const [risk, setRisk] = useState<Risk>();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const suggested = suggestion.risk;
  const otherwise = suggested !== undefined && risk !== undefined && risk !== suggested;
  const ready = (suggested === undefined || risk !== undefined) && (!otherwise || reason.trim() !== '');

  const sign = async (): Promise<void> => {
    const rev = await keeper.whole();
    if (rev === undefined) return onClose();
    const body = { rev, ...(risk && { risk }), ...(otherwise && { reason: reason.trim() }) };
    const params = { path: { id: caseId, paperId }, header: { 'Idempotency-Key': newKey() } };
    await answer(api.POST('/api/v1/cases/{id}/papers/{paperId}/sign', { params, body }));
    onSigned();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    sign().catch((failed: unknown) => {
      setBusy(false);
      if (failed instanceof Refused && failed.status === 409) {
        onClose();
        return keeper.changed();
      }
      setError(failed);
    });
  };
  return (
    <form onSubmit={submit}>
      {suggested !== undefined && (
        <>
          <p>
            {t('paper.suggestion')} <RiskTag risk={suggested} />{' '}
            {t('paper.score', { score: suggestion.score, most: suggestion.most })}
          </p>
          <Choice
            legend={t('paper.decide')}
            name="decided"
            options={RISKS.map((value) => ({ value, label: t(`risk.${value}`), className: `risk-${value}` }))}
            value={risk}
            onChange={setRisk}
          />
        </>
      )}
      {otherwise && (
        <Field label={t('paper.whyOtherwise')}>
          {(ids) => (
            <textarea {...ids} rows={3} required value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
      )}
      <p className="hint">{t('paper.signHint')}</p>
      {error !== undefined && (
        <p className="wrong" role="alert">
          {messageOf(t, error)}
        </p>
      )}
      <button type="submit" className="button primary wide large" disabled={busy || !ready}>
        {busy ? t('state.busy') : t('paper.sign')}
      </button>
    </form>
  );
}

export function SignDialog(props: Props) {
  const { t } = useTranslation();
  const { form, answers, onClose } = props;
  const lacking = checkAnswers(form, answers, true).map(({ path }) => path.replace(/^answers\./, ''));
  return (
    <Dialog title={`${t('paper.sign')} · ${formWord(t, form.name)}`} onClose={onClose}>
      {lacking.length > 0 ? <Missing form={form} paths={lacking} onClose={onClose} /> : <Decide {...props} />}
    </Dialog>
  );
}
