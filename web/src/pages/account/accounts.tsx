/** Accounts (账号管理): who may sign in as what. New people get a link by which they set their own password. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import type { AccountRow } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Failed, Loading } from '../../ui/bits';
import { type Link, LinkDialog } from './link';
import { NewAccount } from './new-account';
import { ACCOUNTS, OneAccount } from './one-account';

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
