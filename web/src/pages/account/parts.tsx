/** Controls that the pages about sign-ins share. */
import { encode } from 'uqr';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { Field } from '../../ui/bits';
import { messageOf } from '../../ui/problem';

/** A form of one or two fields: what is wrong is said beside the button, and nothing is sent twice. */
export function useDoing() {
  const { t } = useTranslation();
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  /** @param words what a refusal means here, by its status or type */
  const doing = (work: () => Promise<void>, words: Record<string, string> = {}) => {
    setBusy(true);
    setWrong(undefined);
    work()
      .catch((error: unknown) => {
        const known = error instanceof Refused ? (words[error.type] ?? words[error.status]) : undefined;
        setWrong(known ?? messageOf(t, error));
      })
      .finally(() => setBusy(false));
  };
  return { doing, wrong, busy };
}

export function Wrong({ children }: { children: ReactNode }) {
  return children ? (
    <p className="wrong" role="alert">
      {children}
    </p>
  ) : null;
}

export function PasswordField({
  label,
  hint,
  fresh = false,
  value,
  onChange,
}: {
  label: string;
  hint?: string;
  /** Being chosen, not typed again. */
  fresh?: boolean;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <div className="password">
      <Field label={label} hint={hint}>
        {(ids) => (
          <input
            {...ids}
            type={shown ? 'text' : 'password'}
            name={fresh ? 'new-password' : 'password'}
            autoComplete={fresh ? 'new-password' : 'current-password'}
            autoCapitalize="none"
            spellCheck={false}
            minLength={fresh ? 10 : undefined}
            maxLength={128}
            required
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      <button type="button" className="text-button" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {t('account.showPassword')}
      </button>
    </div>
  );
}

export function CodeField({ label, hint, value, onChange }: CodeFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <input
          {...ids}
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
interface CodeFieldProps {
  label: string;
  hint?: string | undefined;
  value: string;
  onChange: (value: string) => void;
}

/** Drawn here: the secret in it leaves the page for the authenticator's camera alone. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** Shown once; whoever loses the authenticator gets in by one of them. */
export function BackupCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="backup-codes">
      <h2 id="backup-codes">{t('account.backupTitle')}</h2>
      <p>{t('account.backupText')}</p>
      <ul className="plain backup-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="actions">
        <button type="button" className="button" onClick={() => print()}>
          {t('action.print')}
        </button>
        <button type="button" className="button primary" onClick={onKept}>
          {t('account.backupKept')}
        </button>
      </div>
    </section>
  );
}
