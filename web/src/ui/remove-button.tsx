/** Takes something off this device for good, after asking (从本机删除). */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Ask } from './dialog';

export function RemoveButton({ onRemove }: { onRemove: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const remove = (): void => {
    setAsking(false);
    onRemove().catch((error: unknown) => console.error('it stays on the device', error));
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        {t('posts.remove')}
      </button>
      {asking && (
        <Ask title={t('posts.removeAsk')} yes={t('posts.removeYes')} onYes={remove} onNo={() => setAsking(false)} />
      )}
    </>
  );
}
