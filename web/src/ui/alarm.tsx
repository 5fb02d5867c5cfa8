/** A new critical case is heard and seen: two tones, a mark on the app's icon, a number in the title. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Change } from '../api/queries';

const KEPT = 'shouwang.sound';

function tones(): void {
  const context = new AudioContext();
  for (const [at, pitch] of [
    [0, 880],
    [0.25, 660],
    [0.5, 880],
  ] as const) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, context.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + at + 0.22);
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.24);
  }
  setTimeout(() => void context.close(), 1_500);
}

interface Alarm {
  /** Numbers of critical cases that came since somebody looked. */
  fresh: readonly { caseId: string; number: string }[];
  sound: boolean;
  setSound(on: boolean): void;
  hear(change: Change): void;
  seen(): void;
}

const AlarmContext = createContext<Alarm | undefined>(undefined);
export function useAlarm(): Alarm {
  const alarm = useContext(AlarmContext);
  if (!alarm) throw new Error('no alarm here');
  return alarm;
}

export function AlarmProvider({ children }: { children: ReactNode }) {
  const { t, i18n } = useTranslation();
  const [fresh, setFresh] = useState<Alarm['fresh']>([]);
  const [sound, keepSound] = useState(() => localStorage.getItem(KEPT) !== 'off');
  const heard = useRef(new Set<string>());
  const soundOn = useRef(sound);
  const setSound = useCallback((on: boolean) => {
    localStorage.setItem(KEPT, on ? 'on' : 'off');
    soundOn.current = on;
    keepSound(on);
    if (on) tones();
  }, []);
  const hear = useCallback(({ caseId, number, risk, kinds }: Change) => {
    const isNew = kinds.includes('reported') || kinds.includes('risk_set');
    if (!isNew || risk !== 'critical' || heard.current.has(caseId)) return;
    heard.current.add(caseId);
    setFresh((known) => [...known, { caseId, number }]);
    if (soundOn.current) tones();
  }, []);
  const seen = useCallback(() => setFresh([]), []);
  useEffect(() => {
    document.title = fresh.length > 0 ? `(${fresh.length}) ${t('name')}` : t('name');
    if (!('setAppBadge' in navigator)) return;
    const marked = fresh.length > 0 ? navigator.setAppBadge(fresh.length) : navigator.clearAppBadge();
    // Refused where the app is not installed: the title says it too.
    marked.catch((error: unknown) => console.debug('no badge', error));
  }, [fresh.length, t, i18n.language]);
  const alarm = useMemo(() => ({ fresh, sound, setSound, hear, seen }), [fresh, sound, setSound, hear, seen]);
  return <AlarmContext.Provider value={alarm}>{children}</AlarmContext.Provider>;
}
