/** Setting up a second factor (第二步验证): an authenticator by its QR code, or texts to one's own verified phone. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askForText, newAuthenticator, sendCode } from '../../api/auth';
import { answer, api } from '../../api/client';
import { Failed, Loading } from '../../ui/bits';
import { BackupCodes, CodeField, PasswordField, QrCode, useDoing, Wrong } from './parts';

export const ACCOUNT = ['account'] as const;

export const useAccount = () =>
  useQuery({ queryKey: ACCOUNT, queryFn: () => answer(api.GET('/api/v1/account')), networkMode: 'always' });

/** The secret in groups of four, for who has no camera. */
const spelled = (uri: string): string =>
  (new URL(uri).searchParams.get('secret') ?? '').replaceAll(/(.{4})(?=.)/g, '$1 ');

function Authenticator({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [made, setMade] = useState<{ uri: string; backupCodes: string[] }>();
  const [code, setCode] = useState('');
  const { doing, wrong, busy } = useDoing();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!made) {
      doing(async () => setMade(await newAuthenticator(password)), { 400: t('account.wrongPassword') });
      return;
    }
    doing(
      async () => {
        await sendCode('totp', code.trim());
        onCodes(made.backupCodes);
      },
      { 401: t('signIn.wrongCode') },
    );
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>{t('account.totp')}</h2>
      {made ? (
        <>
          <p>{t('account.scan')}</p>
          <QrCode text={made.uri} label={t('account.qr')} />
          <details className="more">
            <summary>{t('account.noCamera')}</summary>
            <p>{t('account.secret')}</p>
            <code className="secret">{spelled(made.uri)}</code>
          </details>
          <CodeField label={t('signIn.code')} hint={t('signIn.codeHint')} value={code} onChange={setCode} />
        </>
      ) : (
        <>
          <p>{t('account.totpText')}</p>
          <PasswordField label={t('account.currentPassword')} value={password} onChange={setPassword} />
        </>
      )}
      <Wrong>{wrong}</Wrong>
      <button type="submit" className="button primary wide" disabled={busy}>
        {t(made ? 'account.confirm' : 'account.begin')}
      </button>
    </form>
  );
}

function Texts({ tail, onCodes }: { tail: string; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState('');
  const { doing, wrong, busy } = useDoing();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!sent) {
      doing(async () => {
        await askForText();
        setSent(true);
      });
      return;
    }
    doing(async () => onCodes(await sendCode('text', code.trim())), {
      400: t('signIn.wrongCode'),
      401: t('signIn.wrongCode'),
    });
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>{t('account.text')}</h2>
      <p>{t('account.textText', { tail })}</p>
      {sent && <CodeField label={t('signIn.textCode')} hint={t('signIn.textHint')} value={code} onChange={setCode} />}
      <Wrong>{wrong}</Wrong>
      <button type="submit" className="button wide" disabled={busy}>
        {t(sent ? 'account.confirm' : 'signIn.sendText')}
      </button>
    </form>
  );
}

/** @param onBegun set up, and the backup codes are on the page @param onDone they are kept */
export function FactorSetUp({ onBegun, onDone }: { onBegun?: () => void; onDone: () => void }) {
  const account = useAccount();
  const [codes, setShown] = useState<string[]>();
  const setCodes = (made: string[]): void => {
    onBegun?.();
    setShown(made);
  };
  if (codes) return <BackupCodes codes={codes} onKept={onDone} />;
  if (account.isPending) return <Loading />;
  if (!account.data) return <Failed error={account.error} retry={account.refetch} />;
  const { allowed, phoneTail, methods } = account.data.secondFactor;
  return (
    <>
      {allowed.includes('totp') && !methods.includes('totp') && <Authenticator onCodes={setCodes} />}
      {allowed.includes('text') && methods.length === 0 && phoneTail && <Texts tail={phoneTail} onCodes={setCodes} />}
    </>
  );
}
