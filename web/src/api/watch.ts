/** What the watchers read: messages of a case, who looked at it, what the audit found. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { answer, api } from './client';

export const useMessages = (id: string) =>
  useQuery({
    queryKey: ['case', id, 'messages'],
    queryFn: async () => (await answer(api.GET('/api/v1/cases/{id}/messages', { params: { path: { id } } }))).items,
  });

/** Who looked at a case. Asking is on the record too, so it is asked only when somebody wants to see it. */
export const useAccess = (id: string, enabled: boolean) =>
  useInfiniteQuery({
    queryKey: ['access', id],
    queryFn: ({ pageParam: cursor }) =>
      answer(api.GET('/api/v1/cases/{id}/access', { params: { path: { id }, query: { limit: 50, cursor } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled,
  });

/** The audit looks once a minute. */
const AUDIT_MS = 60_000;

export const useFindings = (enabled: boolean) =>
  useQuery({
    queryKey: ['findings'],
    queryFn: () => answer(api.GET('/api/v1/audit/findings', { params: { query: { state: 'open', limit: 50 } } })),
    refetchInterval: AUDIT_MS,
    enabled,
  });
