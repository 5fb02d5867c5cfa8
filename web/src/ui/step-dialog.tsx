/** Finishing a step (办结) or asking for more time (延期). Two taps finish it; a note may go along. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { useCommand } from '../api/command';
import type { Step } from '../api/types';
import { DAY, inputValue, momentOf } from '../lib/time';
import { Choice, Due, Field } from './bits';
import { Basis } from './basis';
import { Dialog } from './dialog';
import { messageOf } from './problem';
import { stepName } from './step-name';
import { useToast } from './toast';

const OUTCOMES = ['done', 'not_possible', 'not_applicable'] as const;
type Outcome = (typeof OUTCOMES)[number];

interface Props {
  caseId: string;
  number: string;
  step: Step;
  /** The case's own time, milliseconds. */
  now: number;
  onClose: () => void;
}

function Complete({ caseId, step, onClose }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const [outcome, setOutcome] = useState<Outcome>('done');
  const [note, setNote] = useState('');
  const command = useCommand(caseId, (body: { outcome: Outcome; note?: string }, header) =>
    answer(
      api.POST('/api/v1/cases/{id}/steps/{stepId}/complete', {
        params: { path: { id: caseId, stepId: step.id }, header },
        body,
      }),
    ),
  );
  const missing = outcome !== 'done' && note.trim() === '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing) return;
    const said = note.trim();
    command.mutate(
      { outcome, ...(said !== '' && { note: said }) },
      {
        onSuccess: () => {
          say(t('step.saved', { name: stepName(t, step) }));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <button type="submit" className="button primary wide large" disabled={command.isPending || missing} autoFocus>
        {command.isPending ? t('state.busy') : t(`outcome.button.${outcome}`)}
      </button>
      {command.error && (
        <p className="wrong" role="alert">
          {messageOf(t, command.error)}
        </p>
      )}
      <Field label={t('step.note')} optional={outcome === 'done'} hint={t('step.noteHint')}>
        {(ids) => <textarea {...ids} rows={3} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      <details className="more">
        <summary>{t('step.otherwise')}</summary>
        <Choice
          legend={t('step.outcome')}
          name="outcome"
          columns={1}
          options={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) }))}
          value={outcome}
          onChange={setOutcome}
          wrong={missing ? t('step.noteNeeded') : undefined}
        />
      </details>
    </form>
  );
}

function Extend({ caseId, step, now, onClose }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const [until, setUntil] = useState(() => inputValue(Math.max(Date.parse(step.dueAt), now) + DAY));
  const [reason, setReason] = useState('');
  const command = useCommand(caseId, (body: { until: string; reason: string }, header) =>
    answer(
      api.POST('/api/v1/cases/{id}/steps/{stepId}/extend', {
        params: { path: { id: caseId, stepId: step.id }, header },
        body,
      }),
    ),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (momentOf(until) === undefined || reason.trim() === '') return;
    command.mutate(
      { until: `${until}:00+08:00`, reason: reason.trim() },
      {
        onSuccess: () => {
          say(t('step.asked'));
          onClose();
        },
      },
    );
  };
  return (
    <details className="more">
      <summary>{t('step.extend')}</summary>
      <form onSubmit={submit}>
        <p className="hint">{t('step.extendHint')}</p>
        <Field label={t('field.until')}>
          {(ids) => (
            <input
              {...ids}
              type="datetime-local"
              required
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('field.reason')}>
          {(ids) => (
            <textarea {...ids} rows={2} required value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {command.error && (
          <p className="wrong" role="alert">
            {messageOf(t, command.error)}
          </p>
        )}
        <button type="submit" className="button wide" disabled={command.isPending}>
          {t('step.ask')}
        </button>
      </form>
    </details>
  );
}

export function StepDialog(props: Props) {
  const { t } = useTranslation();
  const { number, step, now, onClose } = props;
  return (
    <Dialog title={`${number} · ${stepName(t, step)}`} onClose={onClose}>
      <p>
        <Due at={Date.parse(step.dueAt)} now={now} />
      </p>
      <Complete {...props} />
      {step.extendable && step.extension === null && <Extend {...props} />}
      <Basis basis={step.basis} />
    </Dialog>
  );
}
