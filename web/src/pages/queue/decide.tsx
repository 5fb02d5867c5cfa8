/** What else is done with a report: join it to a case (并入), ask to screen it out (不予受理), decide on that. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useOpenCases } from '../../api/desk-queries';
import type { ReportFile } from '../../api/types';
import { afterwards } from '../../api/write';
import { Field } from '../../ui/bits';
import { ReasonForm, Wrong } from '../../ui/reason-form';
import { useTriage } from './reads';
import { pathOf } from '../../api/command';

export interface PartProps {
  report: ReportFile;
  onDone: (caseId: string | null) => void;
}

/** Which case, candidates first; they may be about the same child, and nobody but a person says so. */
export function JoinCase({ report, onDone }: PartProps) {
  const { t } = useTranslation();
  const { data: cases = [] } = useOpenCases();
  const possible = report.possible.filter(({ stationId }) => stationId === report.stationId);
  const [caseId, setCaseId] = useState('');
  const writing = useTriage((body: { caseId: string }, header) =>
    answer(api.POST('/api/v1/reports/{id}/join', { ...pathOf(report.id, header), body })),
  );
  const others = cases.filter(
    ({ id, stationId, drill }) =>
      stationId === report.stationId && !drill && !possible.some((one) => one.caseId === id),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    afterwards(writing.mutateAsync({ caseId }), () => onDone(caseId));
  };
  return (
    <form onSubmit={submit}>
      <p className="hint">{t('queue.joinHint')}</p>
      <Field label={t('queue.intoCase')}>
        {(ids) => (
          <select {...ids} name="case" required value={caseId} onChange={(event) => setCaseId(event.target.value)}>
            <option value="">{t('form.choose')}</option>
            {possible.length > 0 && (
              <optgroup label={t('queue.possible')}>
                {possible.map((one) => (
                  <option key={one.caseId} value={one.caseId}>
                    {one.number} · {t(`queue.why.${one.why}`)}
                  </option>
                ))}
              </optgroup>
            )}
            <optgroup label={t('queue.others')}>
              {others.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.number} · {t(`type.${one.type}`)}
                </option>
              ))}
            </optgroup>
          </select>
        )}
      </Field>
      <Wrong error={writing.error} />
      <button type="submit" className="button primary wide" disabled={writing.isPending || caseId === ''}>
        {writing.isPending ? t('state.busy') : t('queue.do.join')}
      </button>
    </form>
  );
}

export function ScreenOut({ report, onDone }: PartProps) {
  const { t } = useTranslation();
  const writing = useTriage((body: { reason: string }, header) =>
    answer(api.POST('/api/v1/reports/{id}/screen-out', { ...pathOf(report.id, header), body })),
  );
  return (
    <ReasonForm
      {...{ label: t('field.reason'), hint: t('queue.outHint'), button: t('queue.do.screen_out'), writing }}
      onSend={(reason) => afterwards(writing.mutateAsync({ reason }), () => onDone(null))}
    />
  );
}

/** The second person's word. */
export function DecideOut({ report, onDone }: PartProps) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  const writing = useTriage((body: { approve: boolean; note?: string }, header) =>
    answer(api.POST('/api/v1/reports/{id}/screen-out/decision', { ...pathOf(report.id, header), body })),
  );
  const say = (approve: boolean): void =>
    afterwards(writing.mutateAsync({ approve, ...(note.trim() !== '' && { note: note.trim() }) }), () => onDone(null));
  return (
    <>
      <p>{t('queue.reason', { reason: report.reason ?? '' })}</p>
      <Field label={t('decision.note')} optional>
        {(ids) => (
          <textarea {...ids} name="note" rows={3} value={note} onChange={(event) => setNote(event.target.value)} />
        )}
      </Field>
      <Wrong error={writing.error} />
      <div className="actions">
        <button type="button" className="button primary" disabled={writing.isPending} onClick={() => say(true)}>
          {t('queue.outYes')}
        </button>
        <button type="button" className="button" disabled={writing.isPending} onClick={() => say(false)}>
          {t('queue.outNo')}
        </button>
      </div>
    </>
  );
}
