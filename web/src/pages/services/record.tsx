/** A record from the phone (随手记): what it was, then save; everything else begins as it usually is and can be put right. */
import '../../styles/desk.css';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { PLACES, SERVICE_KINDS, type ServiceKind } from '../../../../domain/services/kinds';
import { answer, api, serverNow } from '../../api/client';
import type { ServiceBody } from '../../api/types';
import { useWrite } from '../../api/write';
import { dateTime, inputValue, momentOf } from '../../lib/time';
import { Choice, Field } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { Children } from './children';
import { asksFor, begin, bodyOf, missing, type RecordForm, withChildren } from './form';

const SERVICE_READS = ['services', 'service-groups', 'indicators', 'progress'] as const;

export const useGroups = (enabled: boolean) =>
  useQuery({
    queryKey: ['service-groups'],
    queryFn: async () => {
      const { items } = await answer(api.GET('/api/v1/service-groups', { params: { query: { limit: 100 } } }));
      return items.filter(({ endedAt }) => endedAt === null);
    },
    enabled,
  });

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
function Whom({ form, set, wrong }: PartProps) {
  const { t } = useTranslation();
  const asks = asksFor(form.kind);
  const groups = useGroups(asks.group);
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
        <Field
          label={t('services.group')}
          wrong={wrong('groupId')}
          hint={groups.data?.length === 0 ? t('services.noGroup') : undefined}
        >
          {(ids) => (
            <select {...ids} value={form.groupId} onChange={(event) => set({ ...form, groupId: event.target.value })}>
              <option value="">{t('form.choose')}</option>
              {groups.data?.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
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

function When({ form, set, wrong }: PartProps) {
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

export default function RecordPage() {
  const { t } = useTranslation();
  const say = useToast();
  const [form, setForm] = useState<RecordForm>();
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState<ServiceKind>();
  const head = useRef<HTMLHeadingElement>(null);
  const groups = useGroups(true);
  const write = useWrite(SERVICE_READS, (body: ServiceBody, header) =>
    answer(api.POST('/api/v1/services', { body, params: { header } })),
  );
  const choose = (kind: ServiceKind): void => {
    setTried(false);
    setSaved(undefined);
    setForm(begin(kind, serverNow(), groups.data?.[0]?.id));
  };
  const wrongFields = form && tried ? missing(form, serverNow()) : [];
  const wrong = (field: string): string | undefined =>
    wrongFields.some((one) => one === field) ? t(`services.wrong.${field}`) : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!form) return;
    setTried(true);
    if (missing(form, serverNow()).length > 0) return say(t('services.incomplete'), 'bad');
    write.mutate(bodyOf(form), {
      onSuccess: () => {
        setSaved(form.kind);
        setForm(undefined);
        scrollTo(0, 0);
        head.current?.focus();
      },
      onError: (error) => say(messageOf(t, error), 'bad'),
    });
  };
  return (
    <form className="record" noValidate onSubmit={submit}>
      <div className="page-head">
        <h1 ref={head} tabIndex={-1}>
          {t('services.record')}
        </h1>
        <Link to="/services">{t('services.toCalendar')}</Link>
      </div>
      {saved && (
        <p className="record-saved" role="status">
          ✓ {t('services.saved', { kind: t(`services.kind.${saved}`) })}
        </p>
      )}
      <Choice
        legend={t('services.what')}
        name="kind"
        columns={3}
        options={SERVICE_KINDS.map((value) => ({ value, label: t(`services.kind.${value}`) }))}
        value={form?.kind}
        onChange={choose}
      />
      {form && (
        <>
          <Whom form={form} set={setForm} wrong={wrong} />
          <When form={form} set={setForm} wrong={wrong} />
          <Field label={t('services.note')} hint={t('services.noteHint')} optional>
            {(ids) => (
              <textarea
                {...ids}
                rows={2}
                value={form.note}
                onChange={(event) => setForm({ ...form, note: event.target.value })}
              />
            )}
          </Field>
          <div className="record-save">
            <button type="submit" className="button primary large wide" disabled={write.isPending}>
              {t(write.isPending ? 'state.busy' : 'services.save')}
            </button>
          </div>
        </>
      )}
    </form>
  );
}
