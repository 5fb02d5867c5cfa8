/** Sign-in (登录): name and password, then the second step where somebody has one: an authenticator, a text, or a backup code. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askForText, type Method, sendCode, signIn } from '../api/auth';
import { Refused } from '../api/client';
import { entered, ME } from '../api/session';
import { Field } from '../ui/bits';
import { LanguageButton } from '../ui/layout';
import { messageOf } from '../ui/problem';

/** The second step. */
function SecondStep({
  methods,
  onDone,
  onBack,
}: {
  methods: Method[];
  onDone: () => Promise<void>;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const [method, setMethod] = useState<Method>(methods[0] ?? 'backup');
  const [tail, setTail] = useState<string>();
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);

  const work = async (send: boolean): Promise<void> => {
    setBusy(true);
    setWrong(undefined);
    try {
      if (send) return setTail(await askForText());
      await sendCode(method, code.trim());
      await onDone();
    } catch (error) {
      // Too many tries end this way in: it begins again with the password.
      const mistaken = error instanceof Refused && [400, 401].includes(error.status);
      setWrong(mistaken ? t('signIn.wrongCode') : messageOf(t, error));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void work(false);
  };
  const change = (next: Method): void => {
    setMethod(next);
    setCode('');
    setWrong(undefined);
  };
  const labels = { totp: 'signIn.code', text: 'signIn.textCode', backup: 'signIn.backupCode' } as const;
  const hints = { totp: 'signIn.codeHint', text: 'signIn.textHint', backup: 'signIn.backupHint' } as const;
  return (
    <form className="card" onSubmit={submit}>
      {method === 'text' && (
        <p>
          <button type="button" className="button wide" disabled={busy} onClick={() => void work(true)}>
            {t(tail === undefined ? 'signIn.sendText' : 'signIn.sendAgain')}
          </button>
          {tail !== undefined && <small role="status">{t('signIn.sentTo', { tail })}</small>}
        </p>
      )}
      <Field label={t(labels[method])} hint={t(hints[method])}>
        {(ids) => (
          <input
            {...ids}
            key={method}
            name="code"
            autoComplete="one-time-code"
            inputMode={method === 'backup' ? 'text' : 'numeric'}
            autoCapitalize="none"
            spellCheck={false}
            required
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
      <button type="submit" className="button primary wide" disabled={busy}>
        {busy ? t('state.busy') : t('signIn.enter')}
      </button>
      <div className="other-ways">
        {methods
          .filter((one) => one !== method)
          .map((one) => (
            <button key={one} type="button" className="text-button" onClick={() => change(one)}>
              {t(`signIn.by.${one}`)}
            </button>
          ))}
        <button type="button" className="text-button" onClick={onBack}>
          {t('signIn.back')}
        </button>
      </div>
    </form>
  );
}

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
        <SecondStep methods={methods} onDone={done} onBack={() => setMethods([])} />
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
