/** One's own account (我的账号): the second factor, the password, and where one is signed in. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changePassword, dropFactor, newBackupCodes } from '../../api/auth';
import { answer, api } from '../../api/client';
import { ME } from '../../api/session';
import { dateTime, span } from '../../lib/time';
import { Failed, Loading } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { agentWords } from './agent';
import { ACCOUNT, FactorSetUp, useAccount } from './factor';
import { BackupCodes, PasswordField, useDoing, Wrong } from './parts';

const SESSIONS = ['account', 'sessions'] as const;

function Factor() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const account = useAccount();
  const [setting, setSetting] = useState(false);
  const [codes, setCodes] = useState<string[]>();
  const [password, setPassword] = useState('');
  const { doing, wrong, busy } = useDoing();
  if (account.isPending) return <Loading />;
  if (!account.data) return <Failed error={account.error} retry={account.refetch} />;
  const done = async (): Promise<void> => {
    setSetting(false);
    setCodes(undefined);
    setPassword('');
    await Promise.all([ACCOUNT, ME].map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  if (codes) return <BackupCodes codes={codes} onKept={() => void done()} />;
  if (setting) return <FactorSetUp onDone={() => void done()} />;
  const { methods, demanded, allowed } = account.data.secondFactor;
  const wrongPassword = { 400: t('account.wrongPassword') };
  const drop = async (): Promise<void> => {
    await dropFactor(password);
    await done();
  };
  return (
    <section className="card" aria-labelledby="own-factor">
      <h2 id="own-factor">{t('account.factor')}</h2>
      <p>
        {methods.length > 0
          ? t('account.factorOn', { by: methods.map((one) => t(`account.by.${one}`)).join(t('list')) })
          : t('account.factorOff')}
        {demanded && <span className="meta"> {t('account.demanded')}</span>}
      </p>
      {!methods.includes('totp') && allowed.includes('totp') && (
        <button type="button" className="button primary" onClick={() => setSetting(true)}>
          {t('account.setUpFactor')}
        </button>
      )}
      {methods.length > 0 && (
        <details className="more">
          <summary>{t('account.changeFactor')}</summary>
          <PasswordField label={t('account.currentPassword')} value={password} onChange={setPassword} />
          <Wrong>{wrong}</Wrong>
          <div className="actions">
            <button
              type="button"
              className="button"
              disabled={busy || password === ''}
              onClick={() => doing(async () => setCodes(await newBackupCodes(password)), wrongPassword)}
            >
              {t('account.newCodes')}
            </button>
            <button
              type="button"
              className="button danger"
              disabled={busy || password === ''}
              onClick={() => doing(drop, wrongPassword)}
            >
              {t('account.dropFactor')}
            </button>
          </div>
        </details>
      )}
    </section>
  );
}

function Password() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useToast();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const { doing, wrong, busy } = useDoing();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    doing(
      async () => {
        await changePassword(current, next);
        setCurrent('');
        setNext('');
        say(t('account.passwordChanged'));
        await client.invalidateQueries({ queryKey: SESSIONS });
      },
      { 400: t('account.wrongPassword'), 'password-unfit': t('account.unfit') },
    );
  };
  return (
    <form className="card" onSubmit={submit} aria-labelledby="own-password">
      <h2 id="own-password">{t('account.password')}</h2>
      <PasswordField label={t('account.currentPassword')} value={current} onChange={setCurrent} />
      <PasswordField
        fresh
        label={t('account.newPassword')}
        hint={t('account.passwordHint')}
        value={next}
        onChange={setNext}
      />
      <Wrong>{wrong}</Wrong>
      <button type="submit" className="button" disabled={busy}>
        {t('account.changePassword')}
      </button>
    </form>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useToast();
  const account = useAccount();
  const list = useQuery({
    queryKey: SESSIONS,
    queryFn: async () => (await answer(api.GET('/api/v1/account/sessions'))).items,
  });
  const end = useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/v1/account/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: SESSIONS }),
    onError: (error) => say(messageOf(t, error), 'bad'),
  });
  if (list.isPending) return <Loading />;
  if (!list.data) return <Failed error={list.error} retry={list.refetch} />;
  return (
    <section className="card" aria-labelledby="own-sessions">
      <h2 id="own-sessions">{t('account.sessions')}</h2>
      {account.data && (
        <p className="meta">
          {t('account.ends', {
            idle: span(t, account.data.idleMinutes * 60_000),
            longest: span(t, account.data.longestMinutes * 60_000),
          })}
        </p>
      )}
      <ul className="plain account-rows">
        {list.data.map((one) => (
          <li key={one.id} className="account-row">
            <span>
              {agentWords(t, one.agent)}
              {one.current && ' '}
              {one.current && <span className="tag">{t('account.here')}</span>}
              <small className="meta">
                {t('account.used', { at: dateTime(t, Date.parse(one.usedAt)), address: one.address })}
              </small>
            </span>
            {!one.current && (
              <button
                type="button"
                className="button small"
                disabled={end.isPending}
                onClick={() => end.mutate(one.id)}
              >
                {t('account.end')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function AccountPage() {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t('account.own')}</h1>
      <Factor />
      <Password />
      <Sessions />
    </>
  );
}
