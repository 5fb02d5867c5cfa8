/** One thing that a form asks (表单项), as a control that fits it: large on a phone, in one line at a desk. */
import { useTranslation } from 'react-i18next';
import type { Item, Row, Value } from '../../../../domain/forms/form';
import { inputValue } from '../../lib/time';
import { Field } from '../../ui/bits';
import { ListItem } from './list-item';
import { formWord } from './words';

export interface ItemProps<V extends Value = Value> {
  item: Item;
  /** Of the control, so that a list of what is missing can lead there. */
  name: string;
  value: V | undefined;
  onChange: (value: V | undefined) => void;
}

const INPUTS: Partial<Record<Item['type'], string>> = { number: 'number', date: 'date', time: 'datetime-local' };
/** Longer texts get room; a name or a number has a line. */
const LINE = 200;

function Options({ item, name, value, onChange, several }: ItemProps & { several: boolean }) {
  const { t } = useTranslation();
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
  const scored = item.options.some(({ score }) => score !== undefined);
  const options =
    item.type === 'yes_no'
      ? [true, false].map((one) => ({ value: one, words: t(one ? 'paper.yes' : 'paper.no'), score: undefined }))
      : item.options.map((one) => ({ value: one.value, words: formWord(t, one.name), score: one.score }));
  const pick = (one: string | boolean): void => {
    if (!several) return onChange(one);
    const list = Array.isArray(value) ? (value as string[]) : [];
    const left = list.includes(String(one)) ? list.filter((other) => other !== one) : [...list, String(one)];
    onChange(left.length === 0 ? undefined : left);
  };
  return (
    <fieldset className={`field choice ${scored ? 'scored' : ''}`} id={name} tabIndex={-1}>
      <legend>
        {formWord(t, item.name)}
        {!item.required && <span className="optional">{t('form.optional')}</span>}
      </legend>
      <div className={`options options-${Math.min(options.length, 4)}`}>
        {options.map((one) => (
          <label key={String(one.value)} className="choice-option">
            <input
              type={several ? 'checkbox' : 'radio'}
              name={name}
              value={String(one.value)}
              checked={chosen.includes(one.value)}
              onChange={() => pick(one.value)}
            />
            <span className="choice-label">
              {one.words}
              {one.score !== undefined && <small>{t('paper.points', { count: one.score })}</small>}
            </span>
          </label>
        ))}
      </div>
      {item.hint && <p className="hint">{formWord(t, item.hint)}</p>}
    </fieldset>
  );
}

function Written({ item, name, value, onChange }: ItemProps) {
  const { t } = useTranslation();
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const take = (said: string): void => {
    if (said === '') return onChange(undefined);
    if (item.type === 'number') return onChange(Number(said));
    onChange(item.type === 'time' ? `${said}:00+08:00` : said);
  };
  const shown = item.type === 'time' && text !== '' ? inputValue(Date.parse(text)) : text;
  const type = INPUTS[item.type] ?? 'text';
  return (
    <Field label={formWord(t, item.name)} optional={!item.required} hint={item.hint && formWord(t, item.hint)}>
      {(ids) => {
        const common = { ...ids, name };
        return item.type === 'text' && item.most > LINE ? (
          <textarea
            {...common}
            rows={3}
            maxLength={item.most}
            value={text}
            onChange={(event) => take(event.target.value)}
          />
        ) : (
          <input
            {...common}
            type={type}
            step={item.type === 'number' ? 'any' : undefined}
            maxLength={item.type === 'text' ? item.most : undefined}
            value={shown}
            onChange={(event) => take(event.target.value)}
          />
        );
      }}
    </Field>
  );
}

export function ItemField(props: ItemProps) {
  const { item, value, onChange } = props;
  switch (item.type) {
    case 'choice':
    case 'yes_no':
      return <Options {...props} several={false} />;
    case 'several':
      return <Options {...props} several />;
    case 'list':
      return (
        <ListItem
          {...props}
          value={Array.isArray(value) ? (value as Row[]) : undefined}
          onChange={onChange}
          control={(one, name, said, change) => (
            <ItemField key={one.id} item={one} name={name} value={said} onChange={change} />
          )}
        />
      );
    default:
      return <Written {...props} />;
  }
}
