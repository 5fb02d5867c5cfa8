/**
 * What was seen on a visit (走访记录): written down in the doorway, with pictures, with or without signal. It finishes the
 * step it belongs to; what was written is put together into the step's note.
 */
import type { TFunction } from 'i18next';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useNow, useWork } from '../../api/queries';
import { useSession } from '../../api/session';
import type { WorkItem } from '../../api/types';
import { type Draft, visitDraft } from '../../device/drafts';
import { postFromField } from '../../device/posts';
import { inputValue, momentOf } from '../../lib/time';
import { caseNow, Choice, Due, Failed, Field, Loading } from '../../ui/bits';
import { DraftLine, useKept, useSaving } from '../../ui/draft';
import { messageOf } from '../../ui/problem';
import { stepName } from '../../ui/step-name';
import { useToast } from '../../ui/toast';
import { NotFoundPage } from '../not-found';
import { Pictures } from '../../ui/pictures';

const SEEN = ['alone', 'together', 'not'] as const;
const SAFE = ['safe', 'unsure', 'danger'] as const;
const TEXTS = ['living', 'words', 'next'] as const;

interface Form {
  at: string;
  seen?: (typeof SEEN)[number];
  safe?: (typeof SAFE)[number];
  living: string;
  words: string;
  next: string;
}

const begin = (now: number): Form => ({ at: inputValue(now), living: '', words: '', next: '' });
/** The time is filled in by itself: it alone is nothing written. */
const isEmpty = ({ at: _at, ...said }: Form): boolean => Object.values(said).every((one) => (one ?? '') === '');

/** The draft, with the step as it was read: it can be opened when the step is not this person's any more. */
interface Kept {
  form: Form;
  item: WorkItem;
  readAt: number;
}

/** A line an answer, so that it reads like the form. */
function noteOf(t: TFunction, form: Form): string {
  const lines = [
    form.seen && `${t('visit.seen')}：${t(`visit.seenIs.${form.seen}`)}`,
    form.safe && `${t('visit.safe')}：${t(`visit.safeIs.${form.safe}`)}`,
    ...TEXTS.map((key) => (form[key].trim() === '' ? undefined : `${t(`visit.${key}`)}：${form[key].trim()}`)),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

interface FormProps {
  item: WorkItem;
  readAt: number;
  now: number;
  /** The step is not this person's to do any more. */
  left: boolean;
  kept: Draft | null;
}

function VisitForm({ item, readAt, now, left, kept }: FormProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const say = useToast();
  const navigate = useNavigate();
  const [form, setForm] = useState<Form>(() => (kept?.value as Kept | undefined)?.form ?? begin(now));
  const [files, setFiles] = useState<File[]>([]);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const set = (change: Partial<Form>): void => setForm((known) => ({ ...known, ...change }));
  const at = momentOf(form.at);
  const missing = { seen: form.seen === undefined, safe: form.safe === undefined, at: at === undefined };
  const { caseId, number, step } = item;
  // As it was when the page was opened: a draft is not written anew each time the work is read.
  const [about] = useState({ item, readAt });
  const saving = useSaving(
    me.staffId,
    visitDraft(caseId, step.id),
    isEmpty(form) ? undefined : ({ ...about, form } satisfies Kept),
    kept?.savedAt,
  );
  const anew = (): void => {
    setForm(begin(now));
    setTried(false);
  };

  const save = async (): Promise<void> => {
    const about = { caseId, number };
    for (const file of files) {
      await postFromField(me.staffId, { ...about, kind: 'photo', name: file.name, type: file.type }, file);
    }
    const outcome = form.seen === 'not' ? ('not_possible' as const) : ('done' as const);
    const doneAt = `${form.at}:00+08:00`;
    await postFromField(me.staffId, {
      ...about,
      ...{ kind: 'visit', stepId: step.id, outcome, doneAt, note: noteOf(t, form) },
    });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.values(missing).some(Boolean)) return;
    setBusy(true);
    save()
      // It is on its way, whatever becomes of the draft.
      .then(() => saving.drop().catch((cause: unknown) => console.warn('the draft stays', cause)))
      .then(() => {
        say(t('visit.saved'));
        return navigate('/work');
      })
      .catch((error: unknown) => {
        setBusy(false);
        say(messageOf(t, error), 'bad');
      });
  };
  return (
    <form onSubmit={submit} className="visit" data-draft="" noValidate>
      <h1>
        {stepName(t, step)} · {number}
      </h1>
      <p className={left ? 'room' : undefined}>
        <Due at={Date.parse(step.dueAt)} now={now} />
      </p>
      <section className="card">
        <Field label={t('visit.at')} wrong={tried && missing.at ? t('report.wrong.time') : undefined}>
          {(ids) => (
            <input
              {...ids}
              type="datetime-local"
              value={form.at}
              onChange={(event) => set({ at: event.target.value })}
            />
          )}
        </Field>
        <Choice
          legend={t('visit.seen')}
          name="seen"
          columns={1}
          options={SEEN.map((value) => ({ value, label: t(`visit.seenIs.${value}`) }))}
          value={form.seen}
          onChange={(seen) => set({ seen })}
          wrong={tried && missing.seen ? t('form.choose') : undefined}
        />
        <Choice
          legend={t('visit.safe')}
          name="safe"
          columns={1}
          options={SAFE.map((value) => ({
            value,
            label: t(`visit.safeIs.${value}`),
            className: value === 'danger' ? 'risk-critical' : '',
          }))}
          value={form.safe}
          onChange={(safe) => set({ safe })}
          wrong={tried && missing.safe ? t('form.choose') : undefined}
        />
        {form.safe === 'danger' && (
          <p className="calls" role="alert">
            <a className="call" href="tel:110">
              <strong>110</strong> {t('advice.call.110')}
            </a>
          </p>
        )}
      </section>
      <section className="card">
        {TEXTS.map((key) => (
          <Field key={key} label={t(`visit.${key}`)} optional hint={t(`visit.${key}Hint`)}>
            {(ids) => (
              <textarea
                {...ids}
                name={key}
                rows={3}
                value={form[key]}
                onChange={(event) => set({ [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </section>
      <Pictures title={t('photo.title')} hint={t('photo.sealed')} files={files} onChange={setFiles} />
      <div className="send-bar">
        {/* Here it is seen wherever somebody is writing, and nothing above it moves. */}
        {left && (
          <p className="hint" role="status">
            {t('visit.left')}
          </p>
        )}
        <DraftLine saving={saving} onAnew={anew} />
        <button type="submit" className="button primary wide large" disabled={busy}>
          {busy ? t('state.busy') : t('visit.send')}
        </button>
      </div>
    </form>
  );
}

export default function VisitPage() {
  const { caseId = '', stepId = '' } = useParams();
  const { me } = useSession();
  const work = useWork(me.staffId);
  const kept = useKept(me.staffId, visitDraft(caseId, stepId));
  const wall = useNow();
  const begun = useRef<{ key: string; item: WorkItem; readAt: number }>(undefined);
  const draft = kept?.value as Kept | undefined;
  if (kept === undefined || (work.isPending && !draft)) return <Loading />;
  if (!work.data && !draft) return <Failed error={work.error} retry={work.refetch} />;
  const item = work.data?.items.find((one) => one.caseId === caseId && one.step.id === stepId);
  const key = `${caseId}/${stepId}`;
  if (item && work.data) begun.current = { key, item, readAt: work.data.readAt };
  // What is being written stays, though somebody else has finished the step meanwhile or has been given the case.
  const known = begun.current?.key === key ? begun.current : draft;
  if (!known) return <NotFoundPage />;
  const left = work.data !== undefined && !item;
  const now = caseNow(known.item.asOf, known.readAt, wall);
  return <VisitForm item={known.item} readAt={known.readAt} kept={kept} key={key} {...{ now, left }} />;
}
