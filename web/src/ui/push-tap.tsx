/** A tapped push opens its page within the app: what is being written on another one is not taken away without asking. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Ask } from './dialog';
import { isTyped } from '../lib/typed';

const pathIn = (data: unknown): string | undefined =>
  typeof data === 'object' && data !== null && 'open' in data && typeof data.open === 'string' ? data.open : undefined;

/** @param onLeave called before a page with words on it is left */
export function PushTap({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [wanted, setWanted] = useState<string>();
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return;
    const hear = ({ data, ports: [heard] }: MessageEvent): void => {
      const path = pathIn(data);
      if (path === undefined) return;
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- a port of a channel has none
      heard?.postMessage('heard');
      if (location.pathname === path) return;
      if (isTyped(document)) setWanted(path);
      else void navigate(path);
    };
    navigator.serviceWorker.addEventListener('message', hear);
    navigator.serviceWorker.startMessages();
    return () => navigator.serviceWorker.removeEventListener('message', hear);
  }, [navigate]);
  if (wanted === undefined) return null;
  const open = (): void => {
    onLeave();
    setWanted(undefined);
    void navigate(wanted);
  };
  return <Ask title={t('ask.push')} yes={t('ask.open')} onYes={open} onNo={() => setWanted(undefined)} />;
}
