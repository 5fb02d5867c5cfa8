/** What waits for a supervisor's decision in this case: more time, closing. The asker cannot decide. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { CaseFile, JournalEntry } from '../../api/types';
import { afterwards } from '../../api/write';
import { dateTime } from '../../lib/time';
import { Field } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { stepName } from '../../ui/step-name';
import { useToast } from '../../ui/toast';

interface Asked {
  /** The step that more time is asked for; undefined: closing. */
  stepId?: string;
  title: string;
  by: string;
  at: string;
  reason: string | null;
}

function Decide({ caseId, asked }: { caseId: string; asked: Asked }) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const { data: staff = [] } = useStaff();
  const say = useToast();
  const [note, setNote] = useState('');
  const command = useCommand(caseId, (body: { approve: boolean; note?: string }, header) =>
    asked.stepId === undefined
      ? answer(api.POST('/api/v1/cases/{id}/close/decision', { params: { path: { id: caseId }, header }, body }))
      : answer(
          api.POST('/api/v1/cases/{id}/steps/{stepId}/extend/decision', {
            params: { path: { id: caseId, stepId: asked.stepId }, header },
            body,
          }),
        ),
  );
  const decide = (approve: boolean): void =>
    afterwards(
      command.mutateAsync({ approve, ...(note.trim() !== '' && { note: note.trim() }) }),
      () => say(t(approve ? 'decision.approved' : 'decision.refused')),
      (error) => say(messageOf(t, error), 'bad'),
    );
  const name = staff.find(({ id }) => id === asked.by)?.name ?? asked.by;
  return (
    <li className="decision">
      <strong>{asked.title}</strong>
      <p>{t('decision.by', { name, at: dateTime(t, Date.parse(asked.at)) })}</p>
      {asked.reason && <blockquote>{asked.reason}</blockquote>}
      {asked.by === me.staffId && <p className="hint">{t('decision.notYou')}</p>}
      {may('case:approve') && asked.by !== me.staffId && (
        <>
          <Field label={t('decision.note')} optional>
            {(ids) => <textarea {...ids} rows={2} value={note} onChange={(event) => setNote(event.target.value)} />}
          </Field>
          <div className="actions">
            <button type="button" className="button" disabled={command.isPending} onClick={() => decide(false)}>
              {t('decision.refuse')}
            </button>
            <button type="button" className="button primary" disabled={command.isPending} onClick={() => decide(true)}>
              {t('decision.approve')}
            </button>
          </div>
        </>
      )}
    </li>
  );
}

interface Props {
  file: CaseFile;
  journal: readonly JournalEntry[];
  now: number;
  /** This step's request alone, or with null that for closing; left out: all that waits. */
  only?: string | null;
}

/** Does nothing wait any more? @param stepId null: the request for closing */
export const isDecided = (file: CaseFile, stepId: string | null): boolean =>
  stepId === null ? file.status !== 'closing' : file.steps.find(({ id }) => id === stepId)?.extension == null;

export function Decisions({ file, journal, now, only }: Props) {
  const { t } = useTranslation();
  const lastOf = (kind: string, stepId?: string): JournalEntry | undefined =>
    journal.findLast((entry) => entry.kind === kind && (stepId === undefined || entry.data['stepId'] === stepId));
  const waiting: Asked[] = file.steps.flatMap((step) =>
    step.extension === null
      ? []
      : {
          stepId: step.id,
          title: t('decision.extension', {
            name: stepName(t, step),
            until: dateTime(t, Date.parse(step.extension.until), now),
          }),
          by: step.extension.askedBy,
          at: step.extension.askedAt,
          reason: lastOf('extension_asked', step.id)?.note ?? null,
        },
  );
  const closing = file.status === 'closing' ? lastOf('closing_asked') : undefined;
  if (closing)
    waiting.push({ title: t('decision.closing'), by: closing.actor.id, at: closing.at, reason: closing.note });
  const shown = waiting.filter(({ stepId = null }) => only === undefined || only === stepId);
  if (shown.length === 0) return null;
  return (
    <section className="card decisions" aria-labelledby="case-decisions">
      <h2 id="case-decisions">{t('decision.title')}</h2>
      <ul className="plain">
        {shown.map((asked) => (
          <Decide key={asked.stepId ?? 'closing'} caseId={file.id} asked={asked} />
        ))}
      </ul>
    </section>
  );
}
