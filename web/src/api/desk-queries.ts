/** What the desk pages read: lists of cases and alerts, one case, its journal, who was told. */
import { useQuery } from '@tanstack/react-query';
import { answer, api } from './client';
import { AGAIN_MS } from './queries';
import type { Approval, CaseSummary, ListedAlert } from './types';

const PAGE = 200;

/** Reads all pages of a list; `least` keeps a runaway list from never ending. */
export async function allPages<T>(
  read: (cursor?: string) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 10; page += 1) {
    const found = await read(cursor);
    items.push(...found.items);
    if (found.nextCursor === null) break;
    cursor = found.nextCursor;
  }
  return items;
}

const casesOf = (status: 'open' | 'closing'): Promise<CaseSummary[]> =>
  allPages((cursor) => answer(api.GET('/api/v1/cases', { params: { query: { status, limit: PAGE, cursor } } })));

export const useOpenCases = () =>
  useQuery({
    queryKey: ['cases', 'open'],
    queryFn: async () => (await Promise.all([casesOf('open'), casesOf('closing')])).flat(),
    refetchInterval: AGAIN_MS,
  });

const alertsIn = (state: 'open' | 'acknowledged'): Promise<ListedAlert[]> =>
  allPages((cursor) => answer(api.GET('/api/v1/alerts', { params: { query: { state, limit: PAGE, cursor } } })));

/** Alerts that are not over: nobody has acknowledged them, or somebody has and the step is still to do. */
export const useLiveAlerts = () =>
  useQuery({
    queryKey: ['alerts', 'live'],
    queryFn: async () => (await Promise.all([alertsIn('open'), alertsIn('acknowledged')])).flat(),
    refetchInterval: AGAIN_MS,
  });

export const useTold = (alertId: string) =>
  useQuery({
    queryKey: ['alerts', 'told', alertId],
    queryFn: () => answer(api.GET('/api/v1/alerts/{id}/told', { params: { path: { id: alertId } } })),
  });

export const useApprovals = (enabled: boolean) =>
  useQuery({
    queryKey: ['approvals'],
    queryFn: async (): Promise<Approval[]> => (await answer(api.GET('/api/v1/approvals'))).items,
    refetchInterval: AGAIN_MS,
    enabled,
  });

export const useCase = (id: string) =>
  useQuery({
    queryKey: ['case', id],
    queryFn: () => answer(api.GET('/api/v1/cases/{id}', { params: { path: { id } } })),
  });

export const useJournal = (id: string) =>
  useQuery({
    queryKey: ['case', id, 'timeline'],
    queryFn: async () => (await answer(api.GET('/api/v1/cases/{id}/timeline', { params: { path: { id } } }))).items,
  });

export const usePartners = () =>
  useQuery({
    queryKey: ['partners'],
    queryFn: async () => (await answer(api.GET('/api/v1/partners'))).items,
    staleTime: 300_000,
  });
