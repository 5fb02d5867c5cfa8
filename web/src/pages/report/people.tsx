/** Who and where, what happened, who says so. */
import { useTranslation } from 'react-i18next';
import { REPORTER_ROLES, TRIGGERS } from '../../api/types';
import { inputValue } from '../../lib/time';
import { Choice, Choices, Field } from '../../ui/bits';
import type { Form, Wrong } from './form';

export interface PartProps {
  form: Form;
  set: (change: Partial<Form>) => void;
  wrong: Wrong;
}

const SEXES = ['female', 'male', 'unknown'] as const;

function Child({ form, set, wrong }: PartProps) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="report-child">
      <h2 id="report-child">{t('report.child')}</h2>
      <Field label={t('field.child.name')} optional>
        {(ids) => (
          <input
            {...ids}
            autoComplete="off"
            value={form.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Choice
        legend={t('field.child.sex')}
        name="sex"
        columns={3}
        optional
        options={SEXES.map((value) => ({ value, label: t(`sex.${value}`) }))}
        value={form.sex}
        onChange={(sex) => set({ sex })}
      />
      <Field label={t('field.child.address')} optional hint={t('report.addressHint')}>
        {(ids) => (
          <input
            {...ids}
            autoComplete="off"
            value={form.address}
            onChange={(event) => set({ address: event.target.value })}
          />
        )}
      </Field>
      <div className="two">
        <Field label={t('field.child.birthDate')} optional>
          {(ids) => (
            <input
              {...ids}
              type="date"
              max={inputValue(Date.now()).slice(0, 10)}
              value={form.birthDate}
              onChange={(event) => set({ birthDate: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('field.child.phone')} optional wrong={wrong.childPhone && t(wrong.childPhone)}>
          {(ids) => (
            <input
              {...ids}
              name="childPhone"
              type="tel"
              autoComplete="off"
              value={form.childPhone}
              onChange={(event) => set({ childPhone: event.target.value })}
            />
          )}
        </Field>
      </div>
    </section>
  );
}

function Story({ form, set, wrong }: PartProps) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="report-story">
      <h2 id="report-story">{t('report.story')}</h2>
      <Field label={t('field.narrative')} hint={t('report.storyHint')} wrong={wrong.narrative && t(wrong.narrative)}>
        {(ids) => (
          <textarea
            {...ids}
            name="narrative"
            rows={5}
            value={form.narrative}
            onChange={(event) => set({ narrative: event.target.value })}
          />
        )}
      </Field>
      <Choices
        legend={t('report.triggers')}
        options={TRIGGERS.map((value) => ({ value, label: t(`trigger.${value}`) }))}
        value={form.triggers}
        onChange={(triggers) => set({ triggers })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={form.guardianIsSuspect}
          onChange={(event) => set({ guardianIsSuspect: event.target.checked })}
        />
        {t('report.guardian')}
      </label>
    </section>
  );
}

function Reporter({ form, set, wrong }: PartProps) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="report-reporter">
      <h2 id="report-reporter">{t('report.reporter')}</h2>
      <p className="hint">{t('report.reporterHint')}</p>
      <Choice
        legend={t('field.reporter.role')}
        name="reporterRole"
        columns={3}
        optional
        options={REPORTER_ROLES.map((value) => ({ value, label: t(`reporterRole.${value}`) }))}
        value={form.reporterRole}
        onChange={(reporterRole) => set({ reporterRole })}
      />
      <div className="two">
        <Field label={t('field.reporter.name')} optional>
          {(ids) => (
            <input
              {...ids}
              autoComplete="off"
              value={form.reporterName}
              onChange={(event) => set({ reporterName: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('field.reporter.phone')} optional wrong={wrong.reporterPhone && t(wrong.reporterPhone)}>
          {(ids) => (
            <input
              {...ids}
              name="reporterPhone"
              type="tel"
              autoComplete="off"
              value={form.reporterPhone}
              onChange={(event) => set({ reporterPhone: event.target.value })}
            />
          )}
        </Field>
      </div>
    </section>
  );
}

export function People(props: PartProps) {
  return (
    <>
      <Child {...props} />
      <Story {...props} />
      <Reporter {...props} />
    </>
  );
}
