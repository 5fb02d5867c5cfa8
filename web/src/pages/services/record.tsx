/**
 * A record from the phone (随手记): what it was, then save; everything else begins as it usually is and can be put right. It is
 * sealed on the device with its photos before anything is sent, so that it is there without signal too.
 */
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { SERVICE_KINDS, type ServiceKind } from '../../../../domain/services/kinds';
import { serverNow } from '../../api/client';
import { useSession } from '../../api/session';
import { type Draft, SERVICE } from '../../device/drafts';
import { type Post, postsSnapshot, type Service } from '../../device/posts';
import { postService, proofsWith } from '../../device/service-posts';
import { Choice, Field, Loading } from '../../ui/bits';
import { Ask } from '../../ui/dialog';
import { DraftLine, useKept, useSaving } from '../../ui/draft';
import { messageOf } from '../../ui/problem';
import { usePosts } from '../../ui/posts';
import { useToast } from '../../ui/toast';
import { When, Whom } from './fields';
import { begin, bodyOf, formOf, isUsual, missing, type RecordForm } from './form';
import { useGroups } from './groups';
import { type Made, OnWay } from './on-way';
import { Pictures } from '../../ui/pictures';
import { Colleagues } from './several';

type Returned = Post & Service;

const returnedIn = (posts: readonly Post[], id: unknown): Returned | undefined =>
  posts.find((one): one is Returned => one.kind === 'service' && one.id === id);

/** The record that came back, where somebody wants to put it right from the list of what is on the device. */
function returned(state: unknown): Returned | undefined {
  const again = typeof state === 'object' && state !== null && 'again' in state ? state.again : undefined;
  return returnedIn(postsSnapshot(), again);
}

interface Kept {
  /** A moment that was taken out is null. */
  form: Omit<RecordForm, 'at'> & { at: number | null };
  /** The post of the record that came back and is being put right. */
  instead?: string;
}

function begun(draft: Kept | undefined, again: Returned | undefined, self: string): RecordForm | undefined {
  if (draft) return { ...draft.form, at: draft.form.at ?? NaN };
  return again && formOf(again.body, self);
}

export function RecordPage() {
  const { me } = useSession();
  const kept = useKept(me.staffId, SERVICE);
  return kept === undefined ? <Loading /> : <Entry kept={kept} />;
}

function Entry({ kept }: { kept: Draft | null }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const say = useToast();
  const { state } = useLocation();
  const draft = kept?.value as Kept | undefined;
  const [again] = useState(() => returned(state));
  const [insteadId, setInstead] = useState(draft ? draft.instead : again?.id);
  const [form, setForm] = useState(() => begun(draft, again, me.staffId));
  // What is half written is not written over unasked by the one that came back.
  const [overwriting, setOverwriting] = useState(draft && draft.instead !== again?.id ? again : undefined);
  const [files, setFiles] = useState<File[]>([]);
  const [tried, setTried] = useState(insteadId !== undefined);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Made[]>([]);
  const head = useRef<HTMLHeadingElement>(null);
  const groups = useGroups();
  const posts = usePosts();
  const instead = returnedIn(posts, insteadId);
  const photosBefore = insteadId === undefined ? 0 : proofsWith(posts, insteadId).length;
  const written = form !== undefined && (insteadId !== undefined || !isUsual(form));
  const saving = useSaving(
    me.staffId,
    SERVICE,
    written ? ({ form, ...(insteadId !== undefined && { instead: insteadId }) } satisfies Kept) : undefined,
    kept?.savedAt,
  );

  const choose = (kind: ServiceKind): void => {
    setTried(false);
    setForm({ ...begin(kind, serverNow(), groups.data?.[0]?.id), note: form?.note ?? '', others: form?.others ?? [] });
  };
  const putRight = (post: Returned): void => {
    setOverwriting(undefined);
    setInstead(post.id);
    setForm(formOf(post.body, me.staffId));
    // Pictures of the record that was being entered are not this one's.
    setFiles([]);
    setTried(true);
  };
  const wanted = (post: Returned): void => {
    if ((written && insteadId !== post.id) || files.length > 0) setOverwriting(post);
    else putRight(post);
  };
  const anew = (): void => {
    setInstead(undefined);
    setForm(undefined);
    setFiles([]);
  };
  const wrongFields = form && tried ? missing(form, serverNow()) : [];
  const wrong = (field: string): string | undefined =>
    wrongFields.some((one) => one === field) || instead?.problem?.errors.some(({ path }) => path === field)
      ? t(`services.wrong.${field}`)
      : undefined;

  const save = async (done: RecordForm): Promise<void> => {
    const id = await postService(me.staffId, bodyOf(done, me.staffId), files, insteadId);
    // It is on its way, whatever becomes of the draft.
    await saving.drop().catch((cause: unknown) => console.warn('the draft stays', cause));
    const photos = files.length + photosBefore;
    setMade((before) => [{ id, kind: done.kind, photos }, ...before.filter((one) => one.id !== insteadId)]);
    anew();
    scrollTo(0, 0);
    head.current?.focus();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!form) return;
    setTried(true);
    if (missing(form, serverNow()).length > 0) return say(t('services.incomplete'), 'bad');
    setBusy(true);
    save(form)
      .catch((error: unknown) => say(messageOf(t, error), 'bad'))
      .finally(() => setBusy(false));
  };
  return (
    <form className="record" data-draft="" noValidate onSubmit={submit}>
      <div className="page-head">
        <h1 ref={head} tabIndex={-1}>
          {t('services.record')}
        </h1>
        <Link to="/services">{t('services.toCalendar')}</Link>
      </div>
      {overwriting && (
        <Ask
          title={t('outbox.overwrite')}
          yes={t('outbox.overwriteYes')}
          onYes={() => putRight(overwriting)}
          onNo={() => setOverwriting(undefined)}
        />
      )}
      <div role="status">
        {made.map((one) => (
          <OnWay key={one.id} made={one} putRight={wanted} />
        ))}
      </div>
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
          <Whom key={form.kind} form={form} set={setForm} wrong={wrong} />
          <Colleagues chosen={form.others} onChange={(others) => setForm({ ...form, others })} />
          <When form={form} set={setForm} wrong={wrong} />
          <Pictures
            title={
              <>
                {t('services.evidence')}
                <span className="optional">{t('form.optional')}</span>
              </>
            }
            hint={t('services.evidenceHint')}
            files={files}
            onChange={setFiles}
          />
          {photosBefore > 0 && <p className="hint">{t('services.photosBefore', { count: photosBefore })}</p>}
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
            <DraftLine saving={saving} onAnew={anew} />
            <button type="submit" className="button primary large wide" disabled={busy}>
              {t(busy ? 'state.busy' : 'services.save')}
            </button>
          </div>
        </>
      )}
    </form>
  );
}
