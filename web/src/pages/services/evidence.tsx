/** Evidence of a record (佐证材料): opened from it, added to it, taken back, and by a supervisor found fit for the evaluator. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, contentOf } from '../../api/client';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { Attachment, ServiceFile } from '../../api/types';
import { useWrite } from '../../api/write';
import { isProof, postProofs } from '../../device/service-posts';
import { dateTime } from '../../lib/time';
import { Failed, Field, Loading } from '../../ui/bits';
import { Camera } from '../../ui/camera';
import { Dialog } from '../../ui/dialog';
import { usePosts } from '../../ui/posts';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';

function Withdraw({ one, onClose }: { one: Attachment; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const write = useWrite(['service', 'indicators'], (body: { reason: string }, header) =>
    answer(api.POST('/api/v1/attachments/{id}/withdraw', { body, params: { path: { id: one.id }, header } })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    write.mutate({ reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <p className="hint">{t('photo.withdrawHint')}</p>
      <Field label={t('field.reason')}>
        {(ids) => (
          <textarea {...ids} rows={2} required value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      {write.error && (
        <p className="wrong" role="alert">
          {messageOf(t, write.error)}
        </p>
      )}
      <button type="submit" className="button danger wide" disabled={write.isPending || reason.trim() === ''}>
        {t('photo.withdraw')}
      </button>
    </form>
  );
}

/** Nobody is to be known from it: a supervisor has looked and says so. */
function Fit({ one, fit, name }: { one: Attachment; fit: boolean; name: string }) {
  const { t } = useTranslation();
  const say = useToast();
  const write = useWrite(['service', 'indicators'], (body: { fit: boolean }, header) =>
    answer(api.POST('/api/v1/attachments/{id}/evidence', { body, params: { path: { id: one.id }, header } })),
  );
  const mark = (wanted: boolean): void =>
    write.mutate({ fit: wanted }, { onError: (error) => say(messageOf(t, error), 'bad') });
  return (
    <label className="fit">
      <input
        type="checkbox"
        checked={fit}
        disabled={write.isPending}
        onChange={(event) => mark(event.target.checked)}
      />
      {t('services.fit')}
      <span className="hidden"> {name}</span>
    </label>
  );
}

interface ItemProps {
  one: Attachment;
  name: string;
  fit: boolean;
  may: { mark: boolean; withdraw: boolean };
}

function Item({ one, name, fit, may }: ItemProps) {
  const { t } = useTranslation();
  const staff = useStaff();
  const [open, setOpen] = useState<'picture' | 'withdraw'>();
  const by = staff.data?.find(({ id }) => id === one.addedBy.id)?.name ?? t(`photo.by.${one.addedBy.kind}`);
  if (one.withdrawnAt !== null || one.erasedAt !== null) {
    const words = one.erasedAt === null ? t('photo.withdrawn', { reason: one.reason ?? '' }) : t('photo.erased');
    return (
      <li className="is-gone">
        <p className="meta">{words}</p>
      </li>
    );
  }
  return (
    <li>
      {one.thumbnail ? (
        <button type="button" className="thumb-button" onClick={() => setOpen('picture')}>
          <img src={contentOf(one.id, 'thumb')} alt={t('services.openPicture', { name })} />
        </button>
      ) : (
        <a href={contentOf(one.id, 'clean')} download>
          {name}
        </a>
      )}
      <p className="meta">
        {name} · {by} · {dateTime(t, Date.parse(one.addedAt))}
      </p>
      {may.mark && one.thumbnail && <Fit one={one} fit={fit} name={name} />}
      {!may.mark && fit && <p className="meta">✓ {t('services.fit')}</p>}
      {may.withdraw && (
        <button type="button" className="button small" onClick={() => setOpen('withdraw')}>
          {t('photo.withdraw')}
          <span className="hidden"> {name}</span>
        </button>
      )}
      {open && (
        <Dialog title={open === 'picture' ? name : t('photo.withdraw')} onClose={() => setOpen(undefined)}>
          {open === 'picture' ? (
            <img className="whole-picture" src={contentOf(one.id, 'clean')} alt={name} />
          ) : (
            <Withdraw one={one} onClose={() => setOpen(undefined)} />
          )}
        </Dialog>
      )}
    </li>
  );
}

export function Evidence({ record }: { record: ServiceFile }) {
  const { t } = useTranslation();
  const { may, me } = useSession();
  const say = useToast();
  const path = { id: record.id };
  const files = useQuery({
    queryKey: ['service', record.id, 'attachments'],
    queryFn: async () => (await answer(api.GET('/api/v1/services/{id}/attachments', { params: { path } }))).items,
  });
  const marks = useQuery({
    queryKey: ['service', record.id, 'evidence'],
    queryFn: async () => (await answer(api.GET('/api/v1/services/{id}/evidence', { params: { path } }))).items,
  });
  const waiting = usePosts().filter((one) => isProof(one) && one.serviceId === record.id).length;
  const there = files.data?.filter(({ withdrawnAt, erasedAt }) => withdrawnAt === null && erasedAt === null) ?? [];
  const adds = may('service:write') && record.withdrawnAt === null;
  const takesBack = (one: Attachment): boolean =>
    may('attachment:write') && (one.addedBy.id === me.staffId || may('attachment:original'));
  return (
    <section className="card" aria-labelledby="service-evidence">
      <h2 id="service-evidence">
        {t('services.evidence')} {files.data && <span className="count">{there.length}</span>}
      </h2>
      {files.isPending && <Loading />}
      {files.error && <Failed error={files.error} retry={files.refetch} />}
      {files.data?.length === 0 && <p className="hint">{t('services.noEvidence')}</p>}
      <ul className="plain thumbs">
        {files.data?.map((one, n) => (
          <Item
            key={one.id}
            one={one}
            name={one.caption ?? t('photo.number', { count: n + 1 })}
            fit={marks.data?.some(({ attachmentId, fit }) => attachmentId === one.id && fit) ?? false}
            may={{ mark: may('service:correct'), withdraw: takesBack(one) }}
          />
        ))}
      </ul>
      {waiting > 0 && (
        <p className="due-soon" role="status">
          {t('services.photosWaiting', { count: waiting })}
        </p>
      )}
      {may('service:correct') && there.length > 0 && <p className="hint">{t('services.fitHint')}</p>}
      {adds && (
        <Camera
          onPicture={(more) => {
            postProofs(me.staffId, more, { serviceId: record.id }).catch((error: unknown) =>
              say(messageOf(t, error), 'bad'),
            );
          }}
        />
      )}
    </section>
  );
}
