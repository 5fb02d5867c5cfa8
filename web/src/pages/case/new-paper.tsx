/** Beginning a paper (新建文书): forms that finish an open step first; a draft that is there is gone on with. */
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import type { CaseFile, FormDef, PaperLine, Step } from '../../api/types';
import { Failed, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { stepName } from '../../ui/step-name';
import { useForms } from '../paper/reads';
import { formWord } from '../paper/words';
import { isOpen } from '../../lib/steps';

export function NewPaper({
  file,
  papers,
  onClose,
}: {
  file: CaseFile;
  papers: readonly PaperLine[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const forms = useForms(true);
  const command = useCommand(file.id, (body: { form: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/papers', { params: { path: { id: file.id }, header }, body })),
  );
  const finished = ({ finishes }: FormDef): Step | undefined =>
    file.steps.find((step) => finishes.includes(step.kind) && isOpen(step));
  const dueOf = (form: FormDef): number => Date.parse(finished(form)?.dueAt ?? '9999-01-01');
  const sorted = (forms.data ?? []).toSorted((a, b) => dueOf(a) - dueOf(b));
  return (
    <Dialog title={`${file.number} · ${t('paper.new')}`} onClose={onClose}>
      {forms.isPending && <Loading />}
      {forms.error && <Failed error={forms.error} retry={forms.refetch} />}
      {command.error && (
        <p className="wrong" role="alert">
          {messageOf(t, command.error)}
        </p>
      )}
      <ul className="plain form-list">
        {sorted.map((form) => {
          const step = finished(form);
          const draft = papers.find((one) => one.form === form.id && one.state === 'draft');
          const name = formWord(t, form.name);
          return (
            <li key={form.id}>
              <span>
                <strong>{name}</strong>
                {step && <p className="meta">{t('paper.finishes', { step: stepName(t, step) })}</p>}
              </span>
              {draft ? (
                <Link className="button small" to={`/cases/${file.id}/papers/${draft.id}`}>
                  {t('paper.draftThere')}
                  <span className="hidden">{name}</span>
                </Link>
              ) : (
                <button
                  type="button"
                  className="button small"
                  disabled={command.isPending}
                  onClick={() =>
                    command.mutate(
                      { form: form.id },
                      { onSuccess: ({ id }) => void navigate(`/cases/${file.id}/papers/${id}`) },
                    )
                  }
                >
                  {t('paper.go')}
                  <span className="hidden">{name}</span>
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
