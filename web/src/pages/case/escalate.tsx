/** Escalating at once (立即上报): the next rung is told now, without waiting for its time. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import { useTold } from '../../api/desk-queries';
import type { Alert } from '../../api/types';
import { Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';

interface Props {
  caseId: string;
  alert: Alert;
  /** Which case and step, for those who hear the page. */
  label: string;
}

/** Whom it will reach, as far as the ladder is known. */
function Next({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const { data: told } = useTold(alert.id);
  const next = told?.ladder[alert.rung + 1];
  if (!told) return null;
  return <p>{next ? t('escalate.next', { rung: t(`rung.${next.to}`) }) : t('escalate.top')}</p>;
}

function Ask({ caseId, alert, onDone }: Props & { onDone: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const [note, setNote] = useState('');
  const command = useCommand(caseId, (body: { note?: string }, header) =>
    answer(api.POST('/api/v1/alerts/{id}/escalate', { params: { path: { id: alert.id }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const said = note.trim();
    command.mutate(said === '' ? {} : { note: said }, {
      onSuccess: () => {
        say(t('escalate.done'));
        onDone();
      },
    });
  };
  return (
    <form onSubmit={submit}>
      <Next alert={alert} />
      <button type="submit" className="button danger wide large" disabled={command.isPending} autoFocus>
        {command.isPending ? t('state.busy') : t('escalate.now')}
      </button>
      {command.error && (
        <p className="wrong" role="alert">
          {messageOf(t, command.error)}
        </p>
      )}
      <Field label={t('field.note')} optional hint={t('step.noteHint')}>
        {(ids) => <textarea {...ids} rows={2} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
    </form>
  );
}

export function EscalateButton(props: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {t('escalate.now')}
        <span className="hidden">{props.label}</span>
      </button>
      {open && (
        <Dialog title={t('escalate.title', { label: props.label })} onClose={() => setOpen(false)}>
          <Ask {...props} onDone={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}
