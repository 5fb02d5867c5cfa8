/** The fields of a service record, as far as its kind asks for them. */
import { useTranslation } from 'react-i18next';
import { PLACES } from '../../../../domain/services/kinds';
import { dateTime, inputValue, momentOf } from '../../lib/time';
import { Choice, Field } from '../../ui/bits';
import { asksFor, type RecordForm, withChildren } from './form';
import { Group } from './groups';
import { Children } from './several';

function Stepper({
  label,
  value,
  onChange,
  wrong,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  wrong?: string | undefined;
}) {
  const { t } = useTranslation();
  return (
    <Field label={label} wrong={wrong}>
      {(ids) => (
        <span className="stepper">
          <button
            type="button"
            className="button"
            onClick={() => onChange(Math.max(0, value - 1))}
            aria-label={t('services.less', { label })}
          >
            −
          </button>
          <input
            {...ids}
            type="number"
            inputMode="numeric"
            min={0}
            value={value}
            onChange={(event) => onChange(Math.max(0, Math.trunc(Number(event.target.value))))}
          />
          <button
            type="button"
            className="button"
            onClick={() => onChange(value + 1)}
            aria-label={t('services.more', { label })}
          >
            +
          </button>
        </span>
      )}
    </Field>
  );
}

interface PartProps {
  form: RecordForm;
  set: (form: RecordForm) => void;
  /** Words for a field that is not right; undefined while nobody has tried to save. */
  wrong: (field: string) => string | undefined;
}

/** Whom it was for, as far as the kind asks. */
export function Whom({ form, set, wrong }: PartProps) {
  const { t } = useTranslation();
  const asks = asksFor(form.kind);
  return (
    <>
      {asks.title && (
        <Field label={t('services.titleLabel')} hint={t('services.titleHint')} wrong={wrong('title')}>
          {(ids) => (
            <input
              {...ids}
              maxLength={60}
              value={form.title}
              onChange={(event) => set({ ...form, title: event.target.value })}
            />
          )}
        </Field>
      )}
      {asks.group && (
        <Group value={form.groupId} wrong={wrong('groupId')} onChange={(groupId) => set({ ...form, groupId })} />
      )}
      {asks.headCount && (
        <Stepper
          label={t('services.headCount')}
          value={form.headCount}
          wrong={wrong('headCount')}
          onChange={(headCount) => set({ ...form, headCount })}
        />
      )}
      {asks.children && (
        <Children
          chosen={form.childIds}
          wrong={wrong('childIds')}
          needed={!asks.headCount}
          onChange={(ids) => set(withChildren(form, ids))}
        />
      )}
      {asks.answers && (
        <div className="two">
          <Stepper
            label={t('services.answers')}
            value={form.answers}
            wrong={wrong('answers')}
            onChange={(answers) => set({ ...form, answers })}
          />
          <Stepper
            label={t('services.satisfied')}
            value={form.satisfied}
            wrong={wrong('satisfied')}
            onChange={(satisfied) => set({ ...form, satisfied })}
          />
        </div>
      )}
    </>
  );
}

/** When, how long and where; folded up, since it is mostly as usual. */
export function When({ form, set, wrong }: PartProps) {
  const { t } = useTranslation();
  return (
    <details
      className="card record-when"
      open={wrong('at') !== undefined || wrong('minutes') !== undefined ? true : undefined}
    >
      <summary>
        {dateTime(t, form.at)} · {t('services.minutes', { count: form.minutes })} · {t(`services.place.${form.place}`)}
        <span className="record-change">{t('services.change')}</span>
      </summary>
      <div className="two">
        <Field label={t('services.at')} wrong={wrong('at')}>
          {(ids) => (
            <input
              {...ids}
              type="datetime-local"
              value={Number.isNaN(form.at) ? '' : inputValue(form.at)}
              onChange={(event) => set({ ...form, at: momentOf(event.target.value) ?? NaN })}
            />
          )}
        </Field>
        <Field label={t('services.minutesLabel')} wrong={wrong('minutes')}>
          {(ids) => (
            <input
              {...ids}
              type="number"
              inputMode="numeric"
              min={1}
              max={1440}
              value={form.minutes}
              onChange={(event) => set({ ...form, minutes: Number(event.target.value) })}
            />
          )}
        </Field>
      </div>
      <Choice
        legend={t('services.where')}
        name="place"
        columns={3}
        options={PLACES.map((value) => ({ value, label: t(`services.place.${value}`) }))}
        value={form.place}
        onChange={(place) => set({ ...form, place })}
      />
    </details>
  );
}
