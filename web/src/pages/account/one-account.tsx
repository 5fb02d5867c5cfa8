import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import type { AccountRow, StaffRole } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { useToast } from '../../ui/toast';
import { keyed, type Link, makeLink } from './link';
import { useDoing, Wrong } from './parts';
import { RoleAndStation } from './role-and-station';

/** What the list of accounts is kept under. */
export const ACCOUNTS = ['accounts'] as const;
const path = (id: string) => ({ params: { path: { id } } });

/** Everything that can be done to one account. */
export function OneAccount({
  row,
  onLink,
  onClose,
}: {
  row: AccountRow;
  onLink: (link: Link) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const client = useQueryClient();
  const say = useToast();
  const [role, setRole] = useState(row.role);
  const [stationId, setStationId] = useState(row.stationId);
  const { doing, wrong, busy } = useDoing();
  const { staffId } = row;
  const words = { 'last-admin': t('account.lastAdmin'), 'own-account': t('account.notOwn') };
  const run = (work: () => Promise<unknown>) =>
    doing(async () => {
      await work();
      await client.invalidateQueries({ queryKey: ACCOUNTS });
      say(t('account.done'));
      onClose();
    }, words);
  const change = (body: { role?: StaffRole; stationId?: string; active?: boolean }): void =>
    run(() => answer(api.PATCH('/api/v1/accounts/{id}', { ...keyed(staffId), body })));
  const moved = role !== row.role || stationId !== row.stationId;
  const own = staffId === me.staffId;
  return (
    <Dialog title={row.name} onClose={onClose}>
      {may('account:manage') && !own && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change({ role, stationId });
          }}
        >
          <RoleAndStation role={role} stationId={stationId} onRole={setRole} onStation={setStationId} />
          <button type="submit" className="button wide" disabled={busy || !moved}>
            {t('account.move')}
          </button>
          <p className="meta">{t('account.moveHint')}</p>
        </form>
      )}
      <Wrong>{wrong}</Wrong>
      <div className="actions">
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => run(() => answer(api.POST('/api/v1/accounts/{id}/unlock', keyed(staffId))))}
        >
          {t('account.unlock')}
        </button>
        {may('account:manage') && (
          <>
            <button
              type="button"
              className="button"
              disabled={busy || !row.active}
              onClick={() => doing(async () => onLink(await makeLink(row)))}
            >
              {t(row.ready ? 'account.resetLink' : 'account.setUpLink')}
            </button>
            <button
              type="button"
              className="button"
              disabled={busy || row.secondFactor.length === 0}
              onClick={() => run(() => answer(api.POST('/api/v1/accounts/{id}/reset-factor', keyed(staffId))))}
            >
              {t('account.resetFactor')}
            </button>
            <button
              type="button"
              className="button"
              disabled={busy || row.sessions === 0}
              onClick={() => run(() => answer(api.DELETE('/api/v1/accounts/{id}/sessions', path(staffId))))}
            >
              {t('account.endAll')}
            </button>
            {!own && (
              <button
                type="button"
                className={row.active ? 'button danger' : 'button primary'}
                disabled={busy}
                onClick={() => change({ active: !row.active })}
              >
                {t(row.active ? 'account.disable' : 'account.enable')}
              </button>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
