/** Reporting a case (接报), on one page: type and danger first, then who and where. Nothing typed is ever lost. */
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { serverNow } from '../../api/client';
import { useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import { CASE_TYPES, RISKS } from '../../api/types';
import { dropDraft, readDraft, saveDraft } from '../../device/drafts';
import { post } from '../../device/outbox';
import { clockTime } from '../../lib/time';
import { Choice, Failed, Loading } from '../../ui/bits';
import { Advice } from './advice';
import { People } from './people';
import { bodyOf, check, emptyForm, type Form, isEmpty, type Wrong } from './form';
import { When } from './when';

const SAVE_AFTER_MS = 400;

/** Reads the draft once, then keeps what is written. */
function useDraft(staffId: string) {
  const [form, setForm] = useState<Form>();
  const [savedAt, setSavedAt] = useState<number>();
  const [error, setError] = useState<unknown>();
  const dropped = useRef(false);
  /** One after the other: what is dropped is not put there again by a save that was under way. */
  const last = useRef<Promise<void>>(Promise.resolve());
  /** The save that the last word waits for. */
  const due = useRef<() => void>(undefined);
  useEffect(() => {
    readDraft(staffId)
      .then((kept) => {
        setForm({ ...emptyForm(), ...(kept?.value as Partial<Form> | undefined) });
        setSavedAt(kept?.savedAt);
      })
      // Sealed with a key that is gone: a new page is better than none.
      .catch(() => setForm(emptyForm()));
  }, [staffId]);
  useEffect(() => {
    due.current = undefined;
    if (!form || isEmpty(form)) return;
    const save = (): void => {
      due.current = undefined;
      if (dropped.current) return;
      last.current = last.current.then(() => saveDraft(staffId, form)).then(() => setSavedAt(Date.now()), setError);
    };
    due.current = save;
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [form, staffId]);
  // Whoever leaves the page right after a word has that word too.
  useEffect(() => () => due.current?.(), []);
  const clear = async (): Promise<void> => {
    dropped.current = true;
    await last.current;
    await dropDraft(staffId);
    setSavedAt(undefined);
  };
  const anew = (): void => {
    setForm(emptyForm());
    void clear().finally(() => (dropped.current = false));
  };
  return { form, setForm, savedAt, error, clear, anew };
}

export function ReportPage() {
  const { t } = useTranslation();
  const { me } = useSession();
  const navigate = useNavigate();
  const { form, setForm, savedAt, error, clear, anew } = useDraft(me.staffId);
  const [wrong, setWrong] = useState<Wrong>({});
  const [failed, setFailed] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const page = useRef<HTMLFormElement>(null);
  if (!form) return <Loading />;
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
      await clear().catch((cause: unknown) => console.warn('the draft stays', cause));
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
    anew();
    setWrong({});
  };

  return (
    <form className="report" onSubmit={submit} noValidate ref={page}>
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
        <p className="saved" role="status">
          {error !== undefined ? t('report.notSaved') : savedAt && t('report.saved', { at: clockTime(savedAt) })}
          {savedAt && (
            <button type="button" className="text-button" onClick={startOver}>
              {t('report.startOver')}
            </button>
          )}
        </p>
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
