/** Screening in (立案): the report becomes a case, whose clocks run from the report's receipt. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { CASE_TYPES, type CaseType, type ReportFile, type Risk, RISKS, TRIGGERS, type Trigger } from '../../api/types';
import { afterwards } from '../../api/write';
import { Choice, Choices, Field } from '../../ui/bits';
import { Wrong } from '../../ui/reason-form';
import { useTriage } from './reads';

const CHILD = ['name', 'phone', 'address'] as const;
type Field3 = (typeof CHILD)[number];

interface Body {
  type?: CaseType;
  risk?: Risk;
  triggers?: Trigger[];
  guardianIsSuspect?: boolean;
  child?: Partial<Record<Field3, string>>;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function ScreenIn({ report, onDone }: { report: ReportFile; onDone: (caseId: string | null) => void }) {
  const { t } = useTranslation();
  const [type, setType] = useState<CaseType | undefined>(report.type ?? undefined);
  const [risk, setRisk] = useState<Risk | 'unsure'>('unsure');
  const [triggers, setTriggers] = useState<Trigger[]>(report.triggers);
  const [guardian, setGuardian] = useState(false);
  const before = (key: Field3): string => textOf(report.child?.[key]);
  const [child, setChild] = useState<Record<Field3, string>>({
    ...{ name: before('name'), phone: before('phone'), address: before('address') },
  });
  const writing = useTriage((body: Body, header) =>
    answer(api.POST('/api/v1/reports/{id}/screen-in', { params: { path: { id: report.id }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // What the report said stays as it was said; corrections alone go along.
    const changed = CHILD.filter((key) => child[key].trim() !== '' && child[key].trim() !== before(key));
    const body: Body = {
      ...(type && type !== report.type && { type }),
      ...(risk !== 'unsure' && { risk }),
      triggers,
      ...(guardian && { guardianIsSuspect: true }),
      ...(changed.length > 0 && { child: Object.fromEntries(changed.map((key) => [key, child[key].trim()])) }),
    };
    afterwards(writing.mutateAsync(body), ({ caseId }) => onDone(caseId));
  };
  return (
    <form onSubmit={submit}>
      <p className="hint">{t('queue.inHint')}</p>
      <Field label={t('report.type')}>
        {(ids) => (
          <select
            {...ids}
            name="type"
            required
            value={type ?? ''}
            onChange={(event) => setType(CASE_TYPES.find((one) => one === event.target.value))}
          >
            <option value="">{t('form.choose')}</option>
            {CASE_TYPES.map((one) => (
              <option key={one} value={one}>
                {t(`type.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Choice
        legend={t('report.danger')}
        name="risk"
        options={[...RISKS, 'unsure' as const].map((value) => ({
          ...{ value, label: t(`risk.${value}`), className: `risk-${value}` },
          ...(value === 'unsure' && { hint: t('risk.hint.unsure') }),
        }))}
        value={risk}
        onChange={setRisk}
      />
      <Choices
        legend={t('report.triggers')}
        options={TRIGGERS.map((value) => ({ value, label: t(`trigger.${value}`) }))}
        value={triggers}
        onChange={setTriggers}
      />
      <label className="check">
        <input type="checkbox" checked={guardian} onChange={(event) => setGuardian(event.target.checked)} />
        {t('report.guardian')}
      </label>
      {CHILD.map((key) => (
        <Field key={key} label={t(`field.child.${key}`)} optional>
          {(ids) => (
            <input
              {...ids}
              name={key}
              autoComplete="off"
              value={child[key]}
              onChange={(event) => setChild((known) => ({ ...known, [key]: event.target.value }))}
            />
          )}
        </Field>
      ))}
      <Wrong error={writing.error} />
      <button type="submit" className="button primary wide large" disabled={writing.isPending || !type}>
        {writing.isPending ? t('state.busy') : t('queue.do.screen_in')}
      </button>
    </form>
  );
}
