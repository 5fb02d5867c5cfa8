/** A list in a form: rows that ask something themselves, added and taken away. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Item, Row, Value } from '../../../../domain/forms/form';
import { formWord } from './words';

interface Props {
  item: Item;
  name: string;
  value: Row[] | undefined;
  onChange: (value: Row[] | undefined) => void;
  /** The control of one thing that a row asks. */
  control: (
    item: Item,
    name: string,
    value: Value | undefined,
    onChange: (value: Value | undefined) => void,
  ) => ReactNode;
}

export function ListItem({ item, name, value = [], onChange, control }: Props) {
  const { t } = useTranslation();
  const give = (rows: Row[]): void => onChange(rows.length === 0 ? undefined : rows);
  const change = (n: number, id: string, one: Value | undefined): void =>
    give(
      value.map((row, at) => {
        if (at !== n) return row;
        const { [id]: _before, ...rest } = row;
        // A row holds no list of its own.
        return one === undefined ? rest : { ...rest, [id]: one as Row[string] };
      }),
    );
  const title = formWord(t, item.name);
  return (
    <fieldset className="field rows" id={name} tabIndex={-1}>
      <legend>
        {title}
        {!item.required && <span className="optional">{t('form.optional')}</span>}
      </legend>
      {value.map((row, n) => (
        // Rows have no name of their own; one that is taken away takes its place with it.
        <fieldset key={n} className="row-box">
          <legend className="hidden">{t('paper.row', { title, count: n + 1 })}</legend>
          <div className="row-fields">
            {item.row.map((one) =>
              control(one, `${name}.${n}.${one.id}`, row[one.id], (said) => change(n, one.id, said)),
            )}
          </div>
          <button type="button" className="button small" onClick={() => give(value.filter((_one, at) => at !== n))}>
            {t('paper.dropRow')}
            <span className="hidden">{t('paper.row', { title, count: n + 1 })}</span>
          </button>
        </fieldset>
      ))}
      {value.length < item.most && (
        <button type="button" className="button" onClick={() => give([...value, {}])}>
          {t('paper.addRow', { title })}
        </button>
      )}
    </fieldset>
  );
}
