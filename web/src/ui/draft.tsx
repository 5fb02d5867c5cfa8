/** A form that keeps what is written in it on the device, sealed, until it is sent (草稿). */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Draft, dropDraft, readDraft, saveDraft } from '../device/drafts';
import { clockTime } from '../lib/time';
import { Ask } from './dialog';

const SAVE_AFTER_MS = 400;

/** What lay on the device, once; null: nothing, undefined: not read yet. */
export function useKept(staffId: string, name: string): Draft | null | undefined {
  const [kept, setKept] = useState<{ name: string; draft: Draft | null }>();
  useEffect(() => {
    const show = (draft: Draft | null): void => setKept({ name, draft });
    // Sealed with a key that is gone: a new page is better than none.
    readDraft(staffId, name).then(
      (draft) => show(draft ?? null),
      () => show(null),
    );
  }, [staffId, name]);
  return kept?.name === name ? kept.draft : undefined;
}

export interface Saving {
  savedAt: number | undefined;
  error: unknown;
  /** Takes it off the device: it was sent. */
  drop(): Promise<void>;
}

/**
 * Keeps a value a moment after its last change, and when the page goes away.
 * @param value undefined: nothing is written, and nothing is kept
 */
export function useSaving(staffId: string, name: string, value: unknown, keptAt?: number): Saving {
  const [savedAt, setSavedAt] = useState(keptAt);
  const [error, setError] = useState<unknown>();
  const said = value === undefined ? '' : JSON.stringify(value);
  const kept = useRef(said);
  /** One after the other: what is dropped is not put there again by a save that was under way. */
  const last = useRef<Promise<void>>(Promise.resolve());
  /** The save that the last word waits for. */
  const due = useRef<() => void>(undefined);
  useEffect(() => {
    due.current = undefined;
    if (kept.current === said) return;
    const save = (): void => {
      if (due.current !== save) return;
      due.current = undefined;
      kept.current = said;
      const write = (): Promise<void> =>
        said === '' ? dropDraft(staffId, name) : saveDraft(staffId, JSON.parse(said), name);
      last.current = last.current.then(write).then(() => {
        setSavedAt(said === '' ? undefined : Date.now());
        setError(undefined);
      }, setError);
    };
    due.current = save;
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [said, staffId, name]);
  useEffect(() => {
    const now = (): void => due.current?.();
    // A phone ends what is out of sight without another word.
    document.addEventListener('visibilitychange', now);
    return () => {
      document.removeEventListener('visibilitychange', now);
      // Whoever leaves the page right after a word has that word too.
      now();
    };
  }, []);
  const drop = async (): Promise<void> => {
    due.current = undefined;
    kept.current = '';
    await last.current;
    await dropDraft(staffId, name);
    setSavedAt(undefined);
  };
  return { savedAt, error, drop };
}

/** That it is kept, and the way to begin again; its room is there before the first word. */
export function DraftLine({ saving: { savedAt, error }, onAnew }: { saving: Saving; onAnew: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const anew = (): void => {
    setAsking(false);
    onAnew();
  };
  return (
    <>
      <p className="saved" role="status">
        {error !== undefined ? t('report.notSaved') : savedAt && t('report.saved', { at: clockTime(savedAt) })}
        {savedAt && (
          <button type="button" className="text-button" onClick={() => setAsking(true)}>
            {t('report.startOver')}
          </button>
        )}
      </p>
      {asking && <Ask title={t('ask.clear')} yes={t('report.startOver')} onYes={anew} onNo={() => setAsking(false)} />}
    </>
  );
}
