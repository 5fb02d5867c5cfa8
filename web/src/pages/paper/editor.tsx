/** A paper that is being written: its sections, what is counted so far, whether it is with the station, and signing. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { type Form, itemsOf, suggest } from '../../../../domain/forms/form';
import { tidy } from '../../../../domain/forms/answers';
import { useStaff } from '../../api/queries';
import { messageOf } from '../../ui/problem';
import { Conflict } from './conflict';
import { ItemField } from './item';
import type { PaperKeeper, Shown } from './keeper';
import { SignDialog } from './sign';
import { SuggestionCard } from './suggestion';
import { formWord } from './words';

/** Is it with the station? Always said, and read out when it changes for the worse. */
function Saved({ shown }: { shown: Shown }) {
  const { t } = useTranslation();
  const { state, error } = shown;
  return (
    <p className={`save-state save-${state}`} role="status">
      {t(`paper.state.${state}`)}
      {state === 'refused' && ` ${messageOf(t, error)}`}
    </p>
  );
}

function useKept(keeper: PaperKeeper): Shown {
  useEffect(() => {
    keeper.start();
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') void keeper.leave();
    };
    document.addEventListener('visibilitychange', hidden);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      void keeper.leave();
    };
  }, [keeper]);
  return useSyncExternalStore(keeper.subscribe, keeper.snapshot);
}

export function Editor({
  caseId,
  paperId,
  form,
  keeper,
  onOver,
}: {
  caseId: string;
  paperId: string;
  form: Form;
  keeper: PaperKeeper;
  /** It was signed or taken back, by this person or another one. */
  onOver: (byOther: boolean) => void;
}) {
  const { t } = useTranslation();
  const { data: staff = [] } = useStaff();
  const shown = useKept(keeper);
  const [signing, setSigning] = useState(false);
  const { answers, clash, state } = shown;
  useEffect(() => {
    if (state === 'over') onOver(true);
  }, [state, onOver]);
  const by = staff.find(({ id }) => id === clash?.theirs.editedBy)?.name ?? clash?.theirs.editedBy ?? '';
  const asked = itemsOf(form);
  const filled = Object.keys(tidy(answers)).length;
  if (clash)
    return <Conflict form={form} clash={clash} mine={answers} by={by} onSettle={(settled) => keeper.settle(settled)} />;
  const suggestion = suggest(form, answers);
  return (
    <div className={suggestion.risk === undefined ? 'paper-body' : 'paper-body paper-scored'}>
      <div data-draft="">
        {form.sections.map((section) => (
          <section key={section.id} className="card" aria-labelledby={`section-${section.id}`}>
            <h2 id={`section-${section.id}`}>{formWord(t, section.name)}</h2>
            {section.items.map((item) => (
              <ItemField
                key={item.id}
                item={item}
                name={item.id}
                value={answers[item.id]}
                onChange={(value) => keeper.set(item.id, value)}
              />
            ))}
          </section>
        ))}
      </div>
      <SuggestionCard form={form} suggestion={suggestion} />
      <div className="send-bar paper-bar">
        <Saved shown={shown} />
        <span className="meta">{t('paper.filled', { count: filled, all: asked.length })}</span>
        <button type="button" className="button primary" onClick={() => setSigning(true)}>
          {t('paper.signNext')}
        </button>
      </div>
      {signing && (
        <SignDialog
          {...{ caseId, paperId, form, answers, suggestion, keeper }}
          onSigned={() => onOver(false)}
          onClose={() => setSigning(false)}
        />
      )}
    </div>
  );
}
