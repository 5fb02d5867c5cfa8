/** Behind a set-up link (设置链接): its person chooses a password, is signed in, and goes on to the second factor. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { finishSetup, openSetup, signIn } from '../../api/auth';
import { Refused } from '../../api/client';
import { entered, ME } from '../../api/session';
import { Failed, Loading } from '../../ui/bits';
import { LanguageButton } from '../../ui/layout';
import { PasswordField, useDoing, Wrong } from './parts';

function Choose({ token, username, name }: { token: string; username: string; name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const { doing, wrong, busy } = useDoing();
  const different = again !== '' && again !== password;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (again !== password) return;
    doing(
      async () => {
        await finishSetup(token, password);
        const methods = await signIn(username, password);
        // Whoever has a second factor already takes it on the page for signing in.
        if (methods.length === 0) entered();
        await navigate('/', { replace: true });
        await client.invalidateQueries({ queryKey: ME });
      },
      { 'password-unfit': t('account.unfit') },
    );
  };
  return (
    <form className="card" onSubmit={submit}>
      <p>{t('account.setUpFor', { name, username })}</p>
      <input
        type="text"
        className="hidden"
        name="username"
        autoComplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        fresh
        label={t('account.newPassword')}
        hint={t('account.passwordHint')}
        value={password}
        onChange={setPassword}
      />
      <PasswordField fresh label={t('account.again')} value={again} onChange={setAgain} />
      <Wrong>{different ? t('account.different') : wrong}</Wrong>
      <button type="submit" className="button primary wide" disabled={busy || different}>
        {t('account.setPassword')}
      </button>
    </form>
  );
}

export default function SetUpPage() {
  const { t } = useTranslation();
  const [token] = useState(() => location.hash.slice(1));
  const found = useQuery({
    queryKey: ['set-up', token],
    queryFn: () => openSetup(token),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const over = found.error instanceof Refused && [410, 422].includes(found.error.status);
  return (
    <main className="page sign-in">
      <h1>{t('account.setUpTitle')}</h1>
      {found.isPending && <Loading />}
      {found.data && <Choose token={token} {...found.data} />}
      {over && <p className="state">{t('account.linkOver')}</p>}
      {found.error && !over && <Failed error={found.error} retry={found.refetch} />}
      <LanguageButton />
    </main>
  );
}
