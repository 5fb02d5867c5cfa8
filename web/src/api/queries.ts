/** What screens read, and how they are told that it has changed. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { keepWork, keptWork } from '../device/kept-work';
import { answer, api, NoSignal } from './client';
import type { WorkItem } from './types';

/** In case the stream is away; it brings everything sooner. */
export const AGAIN_MS = 60_000;

/** What was read last is kept for when there is no signal; then it says so by its age. */
async function readWork(staffId: string): Promise<{ items: WorkItem[]; readAt: number; kept: boolean }> {
  try {
    const readAt = Date.now();
    const { items } = await answer(api.GET('/api/v1/work'));
    await keepWork(staffId, items);
    return { items, readAt, kept: false };
  } catch (error) {
    const found = error instanceof NoSignal ? await keptWork(staffId) : undefined;
    if (!found) throw error;
    // The cases' clocks have gone on since it was read, however often it is looked at.
    return { ...found, kept: true };
  }
}

export const useWork = (staffId: string) =>
  useQuery({
    queryKey: ['work'],
    queryFn: () => readWork(staffId),
    networkMode: 'always',
    refetchInterval: AGAIN_MS,
  });

/** Read once for as long as the app is open: each reading is a look at every child that goes on the record. */
export const useChildren = (enabled: boolean) =>
  useQuery({
    queryKey: ['children'],
    queryFn: async () => {
      const { items } = await answer(api.GET('/api/v1/work/children'));
      return new Map(items.map(({ caseId, name }) => [caseId, name]));
    },
    staleTime: Infinity,
    enabled,
  });

export const useStaff = () =>
  useQuery({
    queryKey: ['staff'],
    queryFn: async () => (await answer(api.GET('/api/v1/staff'))).items,
    staleTime: 300_000,
  });

export const useStations = () =>
  useQuery({
    queryKey: ['stations'],
    queryFn: async () => (await answer(api.GET('/api/v1/stations'))).items,
    staleTime: 300_000,
  });

/** Everything that a change of one case can have changed on screen. */
export async function refreshCase(client: QueryClient, caseId: string): Promise<void> {
  const keys = [['case', caseId], ['cases'], ['alerts'], ['approvals'], ['work']];
  await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
}

const DUTY_MS = 120_000;

/** Who is on duty now. @param station of one station alone */
export const useOnDuty = (station: string | undefined, enabled: boolean) =>
  useQuery({
    queryKey: ['oncall', station],
    queryFn: () => answer(api.GET('/api/v1/oncall', { params: { query: { station } } })),
    staleTime: DUTY_MS,
    refetchInterval: DUTY_MS,
    enabled,
  });

export interface Change {
  caseId: string;
  number: string;
  risk: string;
  drill: boolean;
  kinds: string[];
}

/** A line that stands within this time has not been away: nothing is said, and the page does not move. */
const SOON_MS = 5_000;

/** Listens to what changes (实时). @returns whether the line to the server stands, or may yet in a moment */
export function useLive(heard?: (change: Change) => void): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(true);
  useEffect(() => {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    // What rings, and came since then, is told when the line stands again. The browser says it by itself where it begins anew.
    let last = '';
    const late = setTimeout(() => setLive(false), SOON_MS);
    const connect = (): void => {
      source = new EventSource(`/api/v1/stream?after=${last}`);
      source.addEventListener('hello', (event: MessageEvent) => {
        last = event.lastEventId;
        clearTimeout(late);
        setLive(true);
        // What changed while the line was away has been told to nobody.
        for (const key of ['cases', 'case', 'alerts', 'approvals', 'work', 'reports'])
          void client.invalidateQueries({ queryKey: [key] });
      });
      source.addEventListener('case', (event: MessageEvent<string>) => {
        const change = JSON.parse(event.data) as Change;
        void refreshCase(client, change.caseId);
        heard?.(change);
      });
      for (const key of ['reports', 'transfers'])
        source.addEventListener(key, () => void client.invalidateQueries({ queryKey: [key] }));
      source.addEventListener('error', () => {
        if (source?.readyState !== EventSource.CLOSED) return;
        // Refused: signed out, or the server is away. The browser has given up, so we ask again.
        setLive(false);
        again = setTimeout(connect, 10_000);
      });
    };
    connect();
    return () => {
      source?.close();
      clearTimeout(late);
      clearTimeout(again);
    };
  }, [client, heard]);
  return live;
}

const onlineChanges = (changed: () => void): (() => void) => {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
};
/** What the device believes; it may be wrong in either direction. */
export const useOnline = (): boolean => useSyncExternalStore(onlineChanges, () => navigator.onLine);

/** The time, again every `ms`, so that what is left counts down. */
export function useNow(ms = 15_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
