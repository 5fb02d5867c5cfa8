/** Sending a new referral (新建转介). */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useCommand } from '../../api/command';
import { usePartners } from '../../api/desk-queries';
import { type CaseFile, type Purpose, PURPOSES } from '../../api/types';
import { Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';

export function NewReferral({ file, onClose }: { file: CaseFile; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: partners = [] } = usePartners();
  const say = useToast();
  const [partnerId, setPartnerId] = useState('');
  const [purpose, setPurpose] = useState<Purpose>('investigate');
  const [note, setNote] = useState('');
  const [phoned, setPhoned] = useState('');
  const command = useCommand(
    file.id,
    (body: { partnerId: string; purpose: Purpose; note?: string; phonedAt?: string }, header) =>
      answer(api.POST('/api/v1/cases/{id}/referrals', { params: { path: { id: file.id }, header }, body })),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    command.mutate(
      {
        ...{ partnerId, purpose },
        ...(note.trim() !== '' && { note: note.trim() }),
        ...(phoned !== '' && { phonedAt: `${phoned}:00+08:00` }),
      },
      {
        onSuccess: () => {
          say(t('referral.sentNow'));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={t('referral.new')} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={t('referral.partner')}>
          {(ids) => (
            <select {...ids} required value={partnerId} onChange={(event) => setPartnerId(event.target.value)}>
              <option value="">{t('form.choose')}</option>
              {partners.map((one) => (
                <option key={one.id} value={one.id}>
                  {t(`partner.${one.kind}`)} · {one.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('referral.purpose')}>
          {(ids) => (
            <select
              {...ids}
              value={purpose}
              onChange={(event) => setPurpose(PURPOSES.find((one) => one === event.target.value) ?? 'other')}
            >
              {PURPOSES.map((one) => (
                <option key={one} value={one}>
                  {t(`purpose.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('referral.phoned')} optional hint={t('referral.phonedHint')}>
          {(ids) => (
            <input
              {...ids}
              name="phoned"
              type="datetime-local"
              value={phoned}
              onChange={(event) => setPhoned(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('referral.note')} optional hint={t('referral.noteHint')}>
          {(ids) => <textarea {...ids} rows={3} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
        {command.error && (
          <p className="wrong" role="alert">
            {messageOf(t, command.error)}
          </p>
        )}
        <button type="submit" className="button primary wide" disabled={command.isPending || partnerId === ''}>
          {command.isPending ? t('state.busy') : t('referral.send')}
        </button>
      </form>
    </Dialog>
  );
}
