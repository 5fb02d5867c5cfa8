/** Small parts that many pages share. */
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useOnline } from '../api/queries';
import type { Risk } from '../api/types';
import { dateTime, leftOrLate } from '../lib/time';
import { messageOf } from './problem';

/** Colour is never alone: the level stands there as a word. */
export function RiskTag({ risk }: { risk: Risk }) {
  const { t } = useTranslation();
  return <span className={`tag risk-${risk}`}>{t(`risk.${risk}`)}</span>;
}

/** How much is left or late, and when that is. Both are milliseconds by the case's own clock. */
export function Due({ at, now, plain = false }: { at: number; now: number; plain?: boolean }) {
  const { t } = useTranslation();
  const state = at <= now ? 'late' : at - now <= 3 * 3_600_000 ? 'soon' : 'calm';
  return (
    <span className={`due due-${state}`}>
      <strong>{leftOrLate(t, at, now)}</strong>
      {!plain && <span className="due-at">{dateTime(t, at, now)}</span>}
    </span>
  );
}

/**
 * What a case's own clock shows, milliseconds. It may be ahead of the wall in the sandbox and in drills.
 * @param asOf as the API said it @param readAt when the API said it
 */
export const caseNow = (asOf: string, readAt: number, now: number): number =>
  Date.parse(asOf) + Math.max(0, now - readAt);

/** Without signal nothing is on its way: it is asked for when there is some again. */
export function Loading() {
  const { t } = useTranslation();
  const online = useOnline();
  return (
    <div className="state" role="status">
      {online && <span className="spinner" aria-hidden="true" />}
      {t(online ? 'state.loading' : 'state.noSignal')}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => unknown }) {
  const { t } = useTranslation();
  return (
    <div className="state state-failed" role="alert">
      <p>{messageOf(t, error)}</p>
      {retry && (
        <button type="button" className="button" onClick={() => void retry()}>
          {t('action.retry')}
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="state state-empty">{children}</p>;
}

/** A label, its control, a hint and what is wrong with it, tied together for those who hear the page. */
export function Field({
  label,
  hint,
  wrong,
  optional,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  wrong?: string | undefined;
  optional?: boolean;
  children: (ids: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean | undefined;
  }) => ReactNode;
}) {
  const { t } = useTranslation();
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter((one) => typeof one === 'string').join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional && <span className="optional">{t('form.optional')}</span>}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': wrong ? true : undefined,
      })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p className="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}

/** One of a few, as large buttons; real radio buttons beneath, so that keys and screen readers work. */
export function Choice<T extends string>({
  legend,
  name,
  options,
  value,
  onChange,
  columns = 2,
  optional,
  wrong,
}: {
  legend: string;
  name: string;
  options: readonly { value: T; label: string; hint?: string; className?: string }[];
  value: T | undefined;
  onChange: (value: T) => void;
  columns?: number;
  optional?: boolean;
  wrong?: string | undefined;
}) {
  const { t } = useTranslation();
  return (
    <fieldset className="field choice">
      <legend>
        {legend}
        {optional && <span className="optional">{t('form.optional')}</span>}
      </legend>
      <div className={`choices columns-${columns}`}>
        {options.map((one) => (
          <label key={one.value} className={`choice-option ${one.className ?? ''}`}>
            <input
              type="radio"
              name={name}
              value={one.value}
              checked={value === one.value}
              onChange={() => onChange(one.value)}
            />
            <span className="choice-label">
              {one.label}
              {one.hint && <small>{one.hint}</small>}
            </span>
          </label>
        ))}
      </div>
      {wrong && <p className="wrong">{wrong}</p>}
    </fieldset>
  );
}

/** Any of many, as large buttons over real check boxes. */
export function Choices<T extends string>({
  legend,
  options,
  value,
  onChange,
}: {
  legend: string;
  options: readonly { value: T; label: string }[];
  value: readonly T[];
  onChange: (value: T[]) => void;
}) {
  const { t } = useTranslation();
  const toggle = (one: T): void =>
    onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
  return (
    <fieldset className="field choice">
      <legend>
        {legend}
        <span className="optional">{t('form.optional')}</span>
      </legend>
      <div className="choices columns-2">
        {options.map((one) => (
          <label key={one.value} className="choice-option">
            <input type="checkbox" checked={value.includes(one.value)} onChange={() => toggle(one.value)} />
            <span className="choice-label">{one.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
