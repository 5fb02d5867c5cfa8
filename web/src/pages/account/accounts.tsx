/** Accounts (账号管理): who may sign in as what. New people get a link by which they set their own password. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, newKey } from '../../api/client';
import { useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import { type AccountRow, ROLES, type StaffRole } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Failed, Field, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { useToast } from '../../ui/toast';
import { useDoing, Wrong } from './parts';

const ACCOUNTS = ['accounts'] as const;
const path = (id: string) => ({ params: { path: { id } } });
const keyed = (id: string) => ({ params: { path: { id }, header: { 'Idempotency-Key': newKey() } } });

interface Link {
  url: string;
  expiresAt: string;
  name: string;
}

async function makeLink({ staffId, name }: Pick<AccountRow, 'staffId' | 'name'>): Promise<Link> {
  const { url, expiresAt } = await answer(api.POST('/api/v1/accounts/{id}/setup-link', keyed(staffId)));
  return { url: url ?? '', expiresAt, name };
}

/** Shown once, to be handed over in person. */
function LinkDialog({ link, onClose }: { link: Link; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const id = useId();
  const copy = (): void => {
    void navigator.clipboard.writeText(link.url).then(() => say(t('account.copied')));
  };
  return (
    <Dialog title={t('account.linkTitle', { name: link.name })} onClose={onClose}>
      <p id={id}>{t('account.linkText', { until: dateTime(t, Date.parse(link.expiresAt)) })}</p>
      <textarea className="link-box" readOnly rows={3} value={link.url} aria-labelledby={id} />
      <div className="actions">
        <button type="button" className="button primary" onClick={copy}>
          {t('account.copy')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('action.close')}
        </button>
      </div>
    </Dialog>
  );
}

function RoleAndStation({
  role,
  stationId,
  onRole,
  onStation,
}: {
  role: StaffRole;
  stationId: string;
  onRole: (role: StaffRole) => void;
  onStation: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { me } = useSession();
  const stations = useStations();
  // A station's own administrator gives no role that sees more than the station.
  const roles = ROLES.filter((one) => me.bureau || !['duty_officer', 'admin'].includes(one));
  return (
    <>
      <Field label={t('account.role')}>
        {(ids) => (
          <select
            {...ids}
            value={role}
            onChange={(event) => onRole(ROLES.find((one) => one === event.target.value) ?? role)}
          >
            {roles.map((one) => (
              <option key={one} value={one}>
                {t(`role.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t('field.stationId')}>
        {(ids) => (
          <select {...ids} required value={stationId} onChange={(event) => onStation(event.target.value)}>
            <option value="">{t('form.choose')}</option>
            {stations.data?.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}

function NewAccount({ onMade, onClose }: { onMade: (link: Link) => void; onClose: () => void }) {
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

/** Everything that can be done to one account. */
function OneAccount({ row, onLink, onClose }: { row: AccountRow; onLink: (link: Link) => void; onClose: () => void }) {
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

function Standing({ row }: { row: AccountRow }) {
  const { t } = useTranslation();
  const words = [
    ...(row.active ? [] : [t('account.disabled')]),
    ...(row.active && !row.ready ? [t('account.notReady')] : []),
    ...(row.active && row.ready && row.secondFactor.length === 0 ? [t('account.factorOff')] : []),
    ...row.secondFactor.map((one) => t(`account.by.${one}`)),
    ...(row.held ? [t('account.held')] : []),
    ...(row.lastUsedAt ? [t('account.lastUsed', { at: dateTime(t, Date.parse(row.lastUsedAt)) })] : []),
  ];
  return <small className={row.held ? 'account-held' : 'meta'}>{words.join(' · ')}</small>;
}

export default function AccountsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const [shown, setShown] = useState<AccountRow>();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<Link>();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ACCOUNTS, queryFn: async () => (await answer(api.GET('/api/v1/accounts'))).items });
  if (list.isPending) return <Loading />;
  if (!list.data) return <Failed error={list.error} retry={list.refetch} />;
  const hand = (made: Link): void => {
    setAdding(false);
    setShown(undefined);
    setLink(made);
    void client.invalidateQueries({ queryKey: ACCOUNTS });
  };
  return (
    <>
      <div className="page-head">
        <h1>{t('nav.accounts')}</h1>
        {may('account:manage') && (
          <button type="button" className="button primary" onClick={() => setAdding(true)}>
            {t('account.new')}
          </button>
        )}
      </div>
      <ul className="plain account-rows card">
        {list.data.map((row) => (
          <li key={row.staffId} className="account-row">
            <span>
              <strong>{row.name}</strong> <span className="meta">{row.username ?? row.staffId}</span>
              <small className="meta">
                {t(`role.${row.role}`)} · {row.stationName}
              </small>
              <Standing row={row} />
            </span>
            <button
              type="button"
              className="button small"
              onClick={() => setShown(row)}
              aria-label={t('account.manageOne', { name: row.name })}
            >
              {t('account.manage')}
            </button>
          </li>
        ))}
      </ul>
      {adding && <NewAccount onMade={hand} onClose={() => setAdding(false)} />}
      {shown && <OneAccount row={shown} onLink={hand} onClose={() => setShown(undefined)} />}
      {link && <LinkDialog link={link} onClose={() => setLink(undefined)} />}
    </>
  );
}
