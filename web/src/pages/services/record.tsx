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
import { type Post, postsSnapshot, type Service } from '../../device/posts';
import { postService, proofsWith } from '../../device/service-posts';
import { Choice, Field } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { When, Whom } from './fields';
import { begin, bodyOf, formOf, missing, type RecordForm } from './form';
import { useGroups } from './groups';
import { type Made, OnWay } from './on-way';
import { Photos } from './photos';
import { Colleagues } from './several';

type Returned = Post & Service;

/** The record that came back, where somebody wants to put it right from the list of what is on the device. */
function returned(state: unknown): Returned | undefined {
  const again = typeof state === 'object' && state !== null && 'again' in state ? state.again : undefined;
  return postsSnapshot().find((one): one is Returned => one.kind === 'service' && one.id === again);
}

export function RecordPage() {
  const { t } = useTranslation();
  const { me } = useSession();
  const say = useToast();
  const { state } = useLocation();
  const [instead, setInstead] = useState<Returned | undefined>(() => returned(state));
  const [form, setForm] = useState<RecordForm | undefined>(() => instead && formOf(instead.body, me.staffId));
  const [files, setFiles] = useState<File[]>([]);
  const [tried, setTried] = useState(instead !== undefined);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Made[]>([]);
  const head = useRef<HTMLHeadingElement>(null);
  const groups = useGroups();
  const photosBefore = instead ? proofsWith(postsSnapshot(), instead.id).length : 0;

  const choose = (kind: ServiceKind): void => {
    setTried(false);
    setForm({ ...begin(kind, serverNow(), groups.data?.[0]?.id), note: form?.note ?? '', others: form?.others ?? [] });
  };
  const putRight = (post: Returned): void => {
    setInstead(post);
    setForm(formOf(post.body, me.staffId));
    // Pictures of the record that was being entered are not this one's.
    setFiles([]);
    setTried(true);
  };
  const wrongFields = form && tried ? missing(form, serverNow()) : [];
  const wrong = (field: string): string | undefined =>
    wrongFields.some((one) => one === field) || instead?.problem?.errors.some(({ path }) => path === field)
      ? t(`services.wrong.${field}`)
      : undefined;

  const save = async (done: RecordForm): Promise<void> => {
    const id = await postService(me.staffId, bodyOf(done, me.staffId), files, instead?.id);
    const photos = files.length + photosBefore;
    setMade((before) => [{ id, kind: done.kind, photos }, ...before.filter((one) => one.id !== instead?.id)]);
    setInstead(undefined);
    setForm(undefined);
    setFiles([]);
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
    <form className="record" noValidate onSubmit={submit}>
      <div className="page-head">
        <h1 ref={head} tabIndex={-1}>
          {t('services.record')}
        </h1>
        <Link to="/services">{t('services.toCalendar')}</Link>
      </div>
      <div role="status">
        {made.map((one) => (
          <OnWay key={one.id} made={one} putRight={putRight} />
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
          <Photos files={files} onChange={setFiles} />
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
            <button type="submit" className="button primary large wide" disabled={busy}>
              {t(busy ? 'state.busy' : 'services.save')}
            </button>
          </div>
        </>
      )}
    </form>
  );
}
