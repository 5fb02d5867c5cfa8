/** Sign-in (登录): name and password, then the second factor's code where somebody has one. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sendCode, signIn } from '../api/auth';
import { Refused } from '../api/client';
import { entered, ME } from '../api/session';
import { Field } from '../ui/bits';
import { LanguageButton } from '../ui/layout';
import { messageOf } from '../ui/problem';

export function SignInPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [wantsCode, setWantsCode] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);

  const enter = async (): Promise<void> => {
    setBusy(true);
    setWrong(undefined);
    try {
      if (wantsCode) await sendCode(code.trim());
      else if ((await signIn(username.trim(), password)) === 'code') return setWantsCode(true);
      entered();
      await client.invalidateQueries({ queryKey: ME });
    } catch (error) {
      const mistaken = error instanceof Refused && (error.status === 401 || error.status === 422);
      setWrong(mistaken ? t(wantsCode ? 'signIn.wrongCode' : 'signIn.wrong') : messageOf(t, error));
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
      <form className="card" onSubmit={submit}>
        {wantsCode ? (
          <Field label={t('signIn.code')} hint={t('signIn.codeHint')}>
            {(ids) => (
              <input
                {...ids}
                autoComplete="one-time-code"
                inputMode="numeric"
                required
                value={code}
                onChange={(event) => setCode(event.target.value)}
              />
            )}
          </Field>
        ) : (
          <>
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
                  type="password"
                  autoComplete="current-password"
                  required
                  value={password}
                  onChange={(event) => setPassword(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
        {wrong && (
          <p className="wrong" role="alert">
            {wrong}
          </p>
        )}
        <button type="submit" className="button primary wide" disabled={busy}>
          {busy ? t('state.busy') : t('signIn.enter')}
        </button>
      </form>
      <p className="urgent-line">{t('signIn.urgent')}</p>
      <LanguageButton />
    </main>
  );
}
