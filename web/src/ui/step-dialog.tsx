/** Finishing a step (办结): two taps finish it; what there is to say may be written after, when the clock no longer runs. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { useCommand } from '../api/command';
import type { Step } from '../api/types';
import { Choice, Due, Field } from './bits';
import { Basis } from './basis';
import { Dialog } from './dialog';
import { messageOf } from './problem';
import { Extend } from './step-extend';
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

function Complete({ caseId, step, onDone }: Props & { onDone: (noted: boolean) => void }) {
  const { t } = useTranslation();
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
    command.mutate({ outcome, ...(said !== '' && { note: said }) }, { onSuccess: () => onDone(said !== '') });
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
      <p className="hint">{t('noteAfter.later')}</p>
      <details className="more">
        <summary>{t('step.otherwise')}</summary>
        <Choice
          legend={t('step.outcome')}
          name="outcome"
          columns={1}
          options={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) }))}
          value={outcome}
          onChange={setOutcome}
          wrong={missing ? t('noteAfter.needed') : undefined}
        />
        <Field label={t('step.note')} optional={outcome === 'done'} hint={t('step.noteHint')}>
          {(ids) => <textarea {...ids} rows={3} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      </details>
    </form>
  );
}

/** The step is done and the station knows it; now there is time to write. */
function NoteAfter({ caseId, step, onClose }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const [text, setText] = useState('');
  const command = useCommand(caseId, (body: { text: string; stepId: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/notes', { params: { path: { id: caseId }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    command.mutate(
      { text: text.trim(), stepId: step.id },
      {
        onSuccess: () => {
          say(t('noteAfter.saved'));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <p className="done-line" role="status">
        {t('step.saved', { name: stepName(t, step) })}
      </p>
      <Field label={t('noteAfter.label')} optional hint={t('step.noteHint')}>
        {(ids) => (
          <textarea {...ids} rows={4} autoFocus value={text} onChange={(event) => setText(event.target.value)} />
        )}
      </Field>
      {command.error && (
        <p className="wrong" role="alert">
          {messageOf(t, command.error)}
        </p>
      )}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          {t('noteAfter.without')}
        </button>
        <button type="submit" className="button primary" disabled={command.isPending || text.trim() === ''}>
          {command.isPending ? t('state.busy') : t('noteAfter.save')}
        </button>
      </div>
    </form>
  );
}

export function StepDialog(props: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const { number, step, now, onClose } = props;
  const [done, setDone] = useState(false);
  const finished = (noted: boolean): void => {
    if (!noted) return setDone(true);
    say(t('step.saved', { name: stepName(t, step) }));
    onClose();
  };
  return (
    <Dialog title={`${number} · ${stepName(t, step)}`} onClose={onClose}>
      {done ? (
        <NoteAfter {...props} />
      ) : (
        <>
          <p>
            <Due at={Date.parse(step.dueAt)} now={now} />
          </p>
          <Complete {...props} onDone={finished} />
          {step.extendable && step.extension === null && <Extend {...props} />}
          <Basis basis={step.basis} />
        </>
      )}
    </Dialog>
  );
}
