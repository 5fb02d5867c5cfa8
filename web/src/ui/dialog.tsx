/**
 * A question in front of the page. The browser's own dialog keeps the focus and closes on Escape, and on a phone by the gesture
 * back; what was typed in it is not lost by either without being asked for.
 */
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isTyped } from '../lib/typed';

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    // The page takes the dialog away rather than closing it, so the focus is given back by us.
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const leave = (): void => {
    if (!ref.current || !isTyped(ref.current)) return onClose();
    // A second Escape closes it past our asking: it comes back with what stood in it.
    if (!ref.current.open) ref.current.showModal();
    setAsking(true);
  };
  return (
    <>
      <dialog
        ref={ref}
        className="dialog"
        aria-labelledby={id}
        onClose={leave}
        onCancel={(event) => {
          event.preventDefault();
          leave();
        }}
      >
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="icon-button" onClick={leave} aria-label={t('action.close')}>
            ×
          </button>
        </header>
        {children}
      </dialog>
      {asking && <Ask title={t('ask.close')} yes={t('action.close')} onYes={onClose} onNo={() => setAsking(false)} />}
    </>
  );
}

interface AskProps {
  title: string;
  /** What the button says that goes through with it. */
  yes: string;
  onYes: () => void;
  onNo: () => void;
  children?: ReactNode;
}

/** Whether really. */
export function Ask({ title, yes, onYes, onNo, children }: AskProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} onClose={onNo}>
      {children}
      <div className="actions">
        <button type="button" className="button" onClick={onNo}>
          {t('ask.back')}
        </button>
        <button type="button" className="button danger" onClick={onYes}>
          {yes}
        </button>
      </div>
    </Dialog>
  );
}
