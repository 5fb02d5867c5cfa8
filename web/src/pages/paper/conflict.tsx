/** Another person saved first (他人已修改): both versions side by side, and nothing goes on until somebody has chosen. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answers, Form, Value } from '../../../../domain/forms/form';
import { type Difference, differencesOf, settled, type Side } from './merge';
import type { Clash } from './keeper';
import { answerWords, formWord } from './words';

function Version({ title, words }: { title: string; words: string }) {
  const { t } = useTranslation();
  return (
    <>
      <small>{title}</small>
      <span className="version">{words === '' ? t('paper.empty') : words}</span>
    </>
  );
}

function Choose({
  one,
  by,
  value,
  onChange,
}: {
  one: Difference;
  by: string;
  value: Side | undefined;
  onChange: (side: Side) => void;
}) {
  const { t } = useTranslation();
  const name = `clash.${one.item.id}`;
  const option = (side: Side, title: string, said: Value | undefined) => (
    <label className="choice-option">
      <input type="radio" name={name} value={side} checked={value === side} onChange={() => onChange(side)} />
      <span className="choice-label">
        {side === 'both' ? title : <Version title={title} words={answerWords(t, one.item, said)} />}
      </span>
    </label>
  );
  return (
    <fieldset className="field choice">
      <legend>
        {formWord(t, one.item.name)}
        {one.clear && (
          <span className="optional">{t(one.clear === 'mine' ? 'paper.onlyMine' : 'paper.onlyTheirs', { by })}</span>
        )}
      </legend>
      <div className="options options-2">
        {option('mine', t('paper.mine'), one.mine)}
        {option('theirs', t('paper.theirs', { by }), one.theirs)}
      </div>
      {one.both && <div className="options options-1">{option('both', t('paper.both'), undefined)}</div>}
    </fieldset>
  );
}

export function Conflict({
  form,
  clash,
  mine,
  by,
  onSettle,
}: {
  form: Form;
  clash: Clash;
  mine: Answers;
  by: string;
  onSettle: (answers: Answers) => void;
}) {
  const { t } = useTranslation();
  const theirs = clash.theirs.answers;
  const differences = useMemo(() => differencesOf(form, clash.base, mine, theirs), [form, clash, mine, theirs]);
  const [chosen, setChosen] = useState<Record<string, Side>>({});
  const sideOf = (one: Difference): Side | undefined => chosen[one.item.id] ?? one.clear;
  const left = differences.filter((one) => sideOf(one) === undefined).length;
  return (
    <section className="card clash" aria-labelledby="paper-clash">
      <div role="alert">
        <h2 id="paper-clash">{t('paper.changedBy', { by })}</h2>
        <p>{t('paper.nothingLost')}</p>
      </div>
      {differences.map((one) => (
        <Choose
          key={one.item.id}
          one={one}
          by={by}
          value={sideOf(one)}
          onChange={(side) => setChosen((known) => ({ ...known, [one.item.id]: side }))}
        />
      ))}
      <button
        type="button"
        className="button primary wide"
        disabled={left > 0}
        onClick={() => onSettle(settled(theirs, differences, chosen))}
      >
        {left > 0 ? t('paper.chooseFirst', { count: left }) : t('paper.settle')}
      </button>
    </section>
  );
}
