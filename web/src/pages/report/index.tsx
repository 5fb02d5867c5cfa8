/** Reporting a case (接报), on one page: type and danger first, then who and where. Nothing typed is ever lost. */
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { serverNow } from '../../api/client';
import { useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import { CASE_TYPES, RISKS } from '../../api/types';
import { type Draft, REPORT } from '../../device/drafts';
import { post } from '../../device/outbox';
import { Choice, Failed, Loading } from '../../ui/bits';
import { DraftLine, useKept, useSaving } from '../../ui/draft';
import { Advice } from './advice';
import { People } from './people';
import { bodyOf, check, emptyForm, type Form, isEmpty, type Wrong } from './form';
import { When } from './when';

export function ReportPage() {
  const { me } = useSession();
  const kept = useKept(me.staffId, REPORT);
  return kept === undefined ? <Loading /> : <Report kept={kept} />;
}

function Report({ kept }: { kept: Draft | null }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const navigate = useNavigate();
  const [form, setForm] = useState<Form>(() => ({
    ...emptyForm(),
    ...(kept?.value as Partial<Form> | undefined),
  }));
  const saving = useSaving(me.staffId, REPORT, isEmpty(form) ? undefined : form, kept?.savedAt);
  const [wrong, setWrong] = useState<Wrong>({});
  const [failed, setFailed] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const page = useRef<HTMLFormElement>(null);
  const set = (change: Partial<Form>): void => setForm({ ...form, ...change });

  const send = async (): Promise<void> => {
    // A second tap would be a second report of the same child.
    if (sending.current) return;
    const found = check(form, me.role === 'duty_officer');
    setWrong(found);
    if (Object.keys(found).length > 0) {
      requestAnimationFrame(() =>
        page.current?.querySelector<HTMLElement>('[aria-invalid], .choice .wrong')?.scrollIntoView({ block: 'center' }),
      );
      page.current?.querySelector<HTMLElement>(`[name="${Object.keys(found)[0] ?? ''}"]`)?.focus();
      return;
    }
    sending.current = true;
    setBusy(true);
    try {
      const id = await post(me.staffId, bodyOf(form, serverNow()));
      // It is on its way, whatever becomes of the draft.
      await saving.drop().catch((cause: unknown) => console.warn('the draft stays', cause));
      await navigate(`/report/sent/${id}`);
    } catch (cause) {
      setFailed(cause);
      sending.current = false;
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send();
  };
  const startOver = (): void => {
    setForm(emptyForm());
    setWrong({});
  };

  return (
    <form className="report" data-draft="" onSubmit={submit} noValidate ref={page}>
      <h1>{t('report.title')}</h1>
      {me.role === 'duty_officer' && <StationChoice form={form} set={set} wrong={wrong} />}
      <Choice
        legend={t('report.type')}
        name="type"
        options={CASE_TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
        value={form.type}
        onChange={(type) => set({ type })}
        wrong={wrong.type && t(wrong.type)}
      />
      <Choice
        legend={t('report.danger')}
        name="risk"
        columns={1}
        options={[
          ...RISKS.map((value) => ({
            value,
            label: t(`risk.${value}`),
            hint: t(`risk.hint.${value}`),
            className: `risk-${value}`,
          })),
          { value: 'unsure' as const, label: t('risk.unsure'), hint: t('risk.hint.unsure') },
        ]}
        value={form.risk}
        onChange={(risk) => set({ risk })}
      />
      {form.type && <Advice type={form.type} risk={form.risk} />}
      <People form={form} set={set} wrong={wrong} />
      <When form={form} set={set} wrong={wrong} />
      {failed !== undefined && <Failed error={failed} />}
      <div className="send-bar">
        <DraftLine saving={saving} onAnew={startOver} />
        <button type="submit" className="button primary wide large" disabled={busy}>
          {t(busy ? 'state.busy' : 'report.send')}
        </button>
      </div>
    </form>
  );
}

function StationChoice({ form, set, wrong }: { form: Form; set: (change: Partial<Form>) => void; wrong: Wrong }) {
  const { t } = useTranslation();
  const { data: stations = [] } = useStations();
  return (
    <Choice
      legend={t('report.station')}
      name="stationId"
      columns={1}
      options={stations.map(({ id, name }) => ({ value: id, label: name }))}
      value={form.stationId}
      onChange={(stationId) => set({ stationId })}
      wrong={wrong.stationId && t(wrong.stationId)}
    />
  );
}
