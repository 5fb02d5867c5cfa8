/** The second step of a sign-in: an authenticator, a text, or a backup code. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askForText, type Method, sendCode } from '../api/auth';
import { Refused } from '../api/client';
import { Field } from '../ui/bits';
import { messageOf } from '../ui/problem';

export default function SecondStep({
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
