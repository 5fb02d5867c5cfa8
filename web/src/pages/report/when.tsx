/** When the report was taken. Asked for an hour, people may mean Xinjiang time, two hours behind: the form says which clock. */
import { useTranslation } from 'react-i18next';
import { dateTime, momentOf } from '../../lib/time';
import { Choice, Field } from '../../ui/bits';
import type { PartProps } from './people';

const CLOCKS = ['beijing', 'xinjiang'] as const;
const XINJIANG_BEHIND_MS = 2 * 3_600_000;

/** What a Xinjiang time is by the official clock, so that both can be compared. */
function useBeijing({ form }: Pick<PartProps, 'form'>): string | undefined {
  const { t } = useTranslation();
  const shown = momentOf(form.receivedAt);
  if (form.clock !== 'xinjiang' || shown === undefined) return undefined;
  return t('report.asBeijing', { at: dateTime(t, shown + XINJIANG_BEHIND_MS) });
}

export function When({ form, set, wrong }: PartProps) {
  const { t } = useTranslation();
  const beijing = useBeijing({ form });
  return (
    <section className="card" aria-labelledby="report-when">
      <h2 id="report-when">{t('report.when')}</h2>
      <Choice
        legend={t('field.receivedAt')}
        name="when"
        options={[
          { value: 'now' as const, label: t('report.now') },
          { value: 'earlier' as const, label: t('report.earlier') },
        ]}
        value={form.when}
        onChange={(when) => set({ when })}
      />
      {form.when === 'earlier' && (
        <>
          <Choice
            legend={t('report.clock')}
            name="clock"
            options={CLOCKS.map((value) => ({ value, label: t(`clock.${value}`), hint: t(`clock.hint.${value}`) }))}
            value={form.clock}
            onChange={(clock) => set({ clock })}
          />
          <div className="two">
            <Field label={t('field.receivedAt')} wrong={wrong.receivedAt && t(wrong.receivedAt)} hint={beijing}>
              {(ids) => (
                <input
                  {...ids}
                  name="receivedAt"
                  type="datetime-local"
                  value={form.receivedAt}
                  onChange={(event) => set({ receivedAt: event.target.value })}
                />
              )}
            </Field>
            <Field label={t('field.occurredAt')} optional>
              {(ids) => (
                <input
                  {...ids}
                  type="datetime-local"
                  value={form.occurredAt}
                  onChange={(event) => set({ occurredAt: event.target.value })}
                />
              )}
            </Field>
          </div>
        </>
      )}
    </section>
  );
}
