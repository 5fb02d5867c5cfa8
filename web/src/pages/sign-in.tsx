/** Sign-in (登录): name and password, then the second step where somebody has one: an authenticator, a text, or a backup code. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Method, signIn } from '../api/auth';
import { Refused } from '../api/client';
import { entered, ME } from '../api/session';
import { Field, Loading } from '../ui/bits';
import { chunk } from '../ui/chunk';
import { LanguageButton } from '../ui/layout';
import { messageOf } from '../ui/problem';

const SecondStep = chunk(() => import('./second-step'));

export function SignInPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [methods, setMethods] = useState<Method[]>([]);
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [seen, setSeen] = useState(false);

  const done = async (): Promise<void> => {
    entered();
    // Whoever was here before may have been somebody else, whose session has ended by itself: nothing they read is shown.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
    await client.invalidateQueries({ queryKey: ME });
  };
  const enter = async (): Promise<void> => {
    setBusy(true);
    setWrong(undefined);
    try {
      const wanted = await signIn(username.trim(), password);
      if (wanted.length > 0) return setMethods(wanted);
      await done();
    } catch (error) {
      const mistaken = error instanceof Refused && (error.status === 401 || error.status === 422);
      const held = error instanceof Refused && error.status === 429;
      setWrong(mistaken ? t('signIn.wrong') : messageOf(t, error) + (held ? t('signIn.held') : ''));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void enter();
  };

  return (
    <main className="page sign-in">
      <h1>
        <img src="/icon.svg" alt="" width="48" height="48" />
        {t('name')}
      </h1>
      <p className="lead">{t('signIn.lead')}</p>
      {methods.length > 0 ? (
        <Suspense fallback={<Loading />}>
          <SecondStep methods={methods} onDone={done} onBack={() => setMethods([])} />
        </Suspense>
      ) : (
        <form className="card" onSubmit={submit}>
          <Field label={t('signIn.username')}>
            {(ids) => (
              <input
                {...ids}
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                required
                value={username}
                onChange={(event) => setUsername(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('signIn.password')}>
            {(ids) => (
              <input
                {...ids}
                name="password"
                type={seen ? 'text' : 'password'}
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
          <label className="check">
            <input type="checkbox" checked={seen} onChange={(event) => setSeen(event.target.checked)} />
            {t('signIn.show')}
          </label>
          {wrong && (
            <p className="wrong" role="alert">
              {wrong}
            </p>
          )}
          <button type="submit" className="button primary wide" disabled={busy}>
            {busy ? t('state.busy') : t('signIn.enter')}
          </button>
        </form>
      )}
      <p className="urgent-line">{t('signIn.urgent')}</p>
      <p className="hint">{t('signIn.help')}</p>
      <LanguageButton />
    </main>
  );
}
