/** Asking for more time (延期) for a step. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { useCommand } from '../api/command';
import type { Step } from '../api/types';
import { DAY, inputValue, momentOf } from '../lib/time';
import { Field } from './bits';
import { messageOf } from './problem';
import { useToast } from './toast';

interface Props {
  caseId: string;
  step: Step;
  /** The case's own time, milliseconds. */
  now: number;
  onClose: () => void;
}

export function Extend({ caseId, step, now, onClose }: Props) {
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
