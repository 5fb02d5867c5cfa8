/** Files of the case (附件): pictures as they are, others by name; a picture from the camera goes along, without signal later. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, contentOf } from '../../api/client';
import { useCommand } from '../../api/command';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { Attachment, CaseFile } from '../../api/types';
import { postFromField } from '../../device/posts';
import { dateTime } from '../../lib/time';
import { Failed, Field, Loading } from '../../ui/bits';
import { Camera } from '../../ui/camera';
import { Dialog } from '../../ui/dialog';
import { usePosts } from '../../ui/posts';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';

const useAttachments = (id: string) =>
  useQuery({
    queryKey: ['case', id, 'attachments'],
    queryFn: async () => (await answer(api.GET('/api/v1/cases/{id}/attachments', { params: { path: { id } } }))).items,
  });

function Withdraw({ caseId, one, onClose }: { caseId: string; one: Attachment; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const [reason, setReason] = useState('');
  const command = useCommand(caseId, (body: { reason: string }, header) =>
    answer(api.POST('/api/v1/attachments/{id}/withdraw', { params: { path: { id: one.id }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    command.mutate(
      { reason: reason.trim() },
      {
        onSuccess: () => {
          say(t('photo.withdrawnNow'));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={t('photo.withdraw')} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="hint">{t('photo.withdrawHint')}</p>
        <Field label={t('field.reason')}>
          {(ids) => (
            <textarea {...ids} rows={2} required value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {command.error && (
          <p className="wrong" role="alert">
            {messageOf(t, command.error)}
          </p>
        )}
        <button type="submit" className="button danger wide" disabled={command.isPending || reason.trim() === ''}>
          {t('photo.withdraw')}
        </button>
      </form>
    </Dialog>
  );
}

function Item({ caseId, one, now }: { caseId: string; one: Attachment; now: number }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const { data: staff = [] } = useStaff();
  const [asking, setAsking] = useState(false);
  const name = one.caption ?? one.name ?? t('photo.erased');
  const by = staff.find(({ id }) => id === one.addedBy.id)?.name ?? t(`photo.by.${one.addedBy.kind}`);
  const gone = one.withdrawnAt !== null || one.erasedAt !== null;
  return (
    <li className={gone ? 'is-gone' : ''}>
      {!gone && (
        <a href={contentOf(one.id, 'clean')} download>
          {one.thumbnail ? <img src={contentOf(one.id, 'thumb')} alt={name} /> : name}
        </a>
      )}
      <p className="meta">
        {(gone || one.thumbnail) && `${name} · `}
        {by} · {dateTime(t, Date.parse(one.addedAt), now)}
      </p>
      {one.withdrawnAt !== null && <p className="meta">{t('photo.withdrawn', { reason: one.reason ?? '' })}</p>}
      {!gone && may('attachment:write') && (
        <button type="button" className="button small no-print" onClick={() => setAsking(true)}>
          {t('photo.withdraw')}
          <span className="hidden">{name}</span>
        </button>
      )}
      {asking && <Withdraw caseId={caseId} one={one} onClose={() => setAsking(false)} />}
    </li>
  );
}

export function Attachments({ file, now }: { file: CaseFile; now: number }) {
  const { t } = useTranslation();
  const { may, me } = useSession();
  const say = useToast();
  const found = useAttachments(file.id);
  const waiting = usePosts().filter(({ kind, caseId }) => kind === 'photo' && caseId === file.id).length;
  const add = async (files: File[]): Promise<void> => {
    const about = { kind: 'photo' as const, caseId: file.id, number: file.number };
    for (const one of files) await postFromField(me.staffId, { ...about, name: one.name, type: one.type }, one);
  };
  return (
    <section className="card" aria-labelledby="case-attachments">
      <h2 id="case-attachments">{t('photo.files')}</h2>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {found.data?.length === 0 && <p className="hint">{t('photo.none')}</p>}
      <ul className="plain thumbs">
        {found.data?.map((one) => (
          <Item key={one.id} caseId={file.id} one={one} now={now} />
        ))}
      </ul>
      {waiting > 0 && (
        <p className="due-soon" role="status">
          {t('photo.waiting', { count: waiting })}
        </p>
      )}
      {may('attachment:write') && (
        <div className="no-print">
          <Camera
            onPicture={(files) => {
              add(files).catch((error: unknown) => say(messageOf(t, error), 'bad'));
            }}
          />
        </div>
      )}
    </section>
  );
}
