/** What may follow from a signed paper, if somebody says so (签署之后): nothing of it happens by itself, and each only once. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answers, Form, Row } from '../../../../domain/forms/form';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import type { CaseFile, PaperFile } from '../../api/types';
import { messageOf } from '../../ui/problem';
import { stepName } from '../../ui/step-name';
import { useToast } from '../../ui/toast';
import { isOpen } from '../../lib/steps';

interface Follow {
  finish?: string;
  steps?: boolean;
  order?: boolean;
  risk?: boolean;
}

/** What this paper can lead to in the case as it stands. */
function possibleOf(form: Form, paper: PaperFile, answers: Answers, file: CaseFile) {
  const list = form.steps && answers[form.steps.list];
  return {
    finish: file.steps.find((step) => form.finishes.includes(step.kind) && isOpen(step)),
    rows: Array.isArray(list) ? (list as Row[]).length : 0,
    order: form.expires !== undefined && answers['kind'] === 'protection' && answers['result'] === 'granted',
    risk: paper.decided !== null && paper.decided !== file.risk ? paper.decided : null,
  };
}

export function FollowCard({
  form,
  paper,
  answers,
  file,
}: {
  form: Form;
  paper: PaperFile;
  answers: Answers;
  file: CaseFile;
}) {
  const { t } = useTranslation();
  const say = useToast();
  const { finish, rows, order, risk } = possibleOf(form, paper, answers, file);
  const [chosen, setChosen] = useState<Record<string, boolean>>({ finish: true, risk: true });
  const [done, setDone] = useState(false);
  const command = useCommand(file.id, (body: Follow, header) =>
    answer(
      api.POST('/api/v1/cases/{id}/papers/{paperId}/follow', {
        params: { path: { id: file.id, paperId: paper.id }, header },
        body: { steps: false, order: false, risk: false, ...body },
      }),
    ),
  );
  const offers = [
    ...(finish ? [['finish', t('paper.follow.finish', { step: stepName(t, finish) })]] : []),
    ...(risk ? [['risk', t('paper.follow.risk', { from: t(`risk.${file.risk}`), to: t(`risk.${risk}`) })]] : []),
    ...(rows > 0 ? [['steps', t('paper.follow.steps', { count: rows })]] : []),
    ...(order ? [['order', t('paper.follow.order')]] : []),
  ] as [keyof Follow, string][];
  if (done || offers.length === 0 || file.status === 'closed') return null;
  const wanted = offers.filter(([key]) => chosen[key]).map(([key]) => key);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body: Follow = Object.fromEntries(wanted.map((key) => [key, key === 'finish' ? finish?.id : true]));
    command.mutate(body, {
      onSuccess: () => {
        setDone(true);
        say(t('paper.follow.done'));
      },
    });
  };
  return (
    <section className="card follow no-print" aria-labelledby="paper-follow">
      <h2 id="paper-follow">{t('paper.follow.title')}</h2>
      <form onSubmit={submit}>
        {offers.map(([key, words]) => (
          <label key={key} className="check">
            <input
              type="checkbox"
              name={key}
              checked={chosen[key] ?? false}
              onChange={(event) => setChosen((known) => ({ ...known, [key]: event.target.checked }))}
            />
            {words}
          </label>
        ))}
        <p className="hint">{t('paper.follow.hint')}</p>
        {command.error && (
          <p className="wrong" role="alert">
            {messageOf(t, command.error)}
          </p>
        )}
        <button type="submit" className="button primary" disabled={command.isPending || wanted.length === 0}>
          {command.isPending ? t('state.busy') : t('paper.follow.do')}
        </button>
      </form>
    </section>
  );
}
