/** Short words about what has just happened; read out, and gone after a while. */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

type Tone = 'good' | 'bad';
interface Toast {
  id: number;
  text: string;
  tone: Tone;
}
type Say = (text: string, tone?: Tone) => void;

const SHOWN_MS = 6_000;
const ToastContext = createContext<Say>(() => undefined);
export const useToast = (): Say => useContext(ToastContext);

let last = 0;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const say = useCallback<Say>((text, tone = 'good') => {
    last += 1;
    const toast = { id: last, text, tone };
    setToasts((shown) => [...shown, toast]);
    setTimeout(() => setToasts((shown) => shown.filter(({ id }) => id !== toast.id)), SHOWN_MS);
  }, []);
  const value = useMemo(() => say, [say]);
  return (
    <ToastContext.Provider value={value}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text, tone }) => (
          <div key={id} className={`toast toast-${tone}`}>
            {text}
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
}
