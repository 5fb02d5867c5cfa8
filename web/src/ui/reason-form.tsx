/** A few words and one button (理由): what many decisions ask for before they are done. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from './bits';
import { messageOf } from './problem';

/** As far as the form knows of what it sets off. */
export interface Writing {
  isPending: boolean;
  error: unknown;
}

export function Wrong({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!error) return null;
  return (
    <p className="wrong" role="alert">
      {messageOf(t, error)}
    </p>
  );
}

export function ReasonForm({
  label,
  hint,
  button,
  danger = false,
  optional = false,
  ready = true,
  writing,
  onSend,
  children,
}: {
  label: string;
  hint?: string;
  button: string;
  danger?: boolean;
  optional?: boolean;
  /** What else the form asks is chosen. */
  ready?: boolean;
  writing: Writing;
  onSend: (reason: string) => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const said = reason.trim();
  const whole = ready && (optional || said !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (whole) onSend(said);
  };
  return (
    <form onSubmit={submit}>
      {hint && <p className="hint">{hint}</p>}
      {children}
      <Field label={label} optional={optional}>
        {(ids) => (
          <textarea
            {...ids}
            name="reason"
            rows={3}
            required={!optional}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Wrong error={writing.error} />
      <button
        type="submit"
        className={`button ${danger ? 'danger' : 'primary'} wide`}
        disabled={writing.isPending || !whole}
      >
        {writing.isPending ? t('state.busy') : button}
      </button>
    </form>
  );
}
