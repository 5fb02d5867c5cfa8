import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, newKey } from '../../api/client';
import type { StaffRole } from '../../api/types';
import { Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { type Link, makeLink } from './link';
import { useDoing, Wrong } from './parts';
import { RoleAndStation } from './role-and-station';

/** Makes an account, and the link for its owner. */
export function NewAccount({ onMade, onClose }: { onMade: (link: Link) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [staffId, setStaffId] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<StaffRole>('social_worker');
  const [stationId, setStationId] = useState('');
  const { doing, wrong, busy } = useDoing();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    doing(
      async () => {
        const body = { staffId, name, role, stationId };
        await answer(api.POST('/api/v1/accounts', { body, params: { header: { 'Idempotency-Key': newKey() } } }));
        onMade(await makeLink({ staffId, name }));
      },
      { 'account-known': t('account.known') },
    );
  };
  return (
    <Dialog title={t('account.new')} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={t('account.name')}>
          {(ids) => <input {...ids} required maxLength={40} value={name} onChange={(e) => setName(e.target.value)} />}
        </Field>
        <Field label={t('signIn.username')} hint={t('account.usernameHint')}>
          {(ids) => (
            <input
              {...ids}
              required
              pattern="[a-z0-9][a-z0-9_.]{2,29}"
              autoCapitalize="none"
              spellCheck={false}
              value={staffId}
              onChange={(event) => setStaffId(event.target.value)}
            />
          )}
        </Field>
        <RoleAndStation role={role} stationId={stationId} onRole={setRole} onStation={setStationId} />
        <Wrong>{wrong}</Wrong>
        <button type="submit" className="button primary wide" disabled={busy}>
          {t('account.make')}
        </button>
      </form>
    </Dialog>
  );
}
