/** The queue of reports (接报队列) as screens read it. */
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { allPages } from '../../api/desk-queries';
import { useWrite } from '../../api/write';

/** In case the stream is away; it tells of each change sooner. */
const AGAIN_MS = 60_000;

/** Soonest deadline first. */
export const useReportQueue = (enabled: boolean) =>
  useQuery({
    queryKey: ['reports', 'open'],
    queryFn: () =>
      allPages((cursor) =>
        answer(api.GET('/api/v1/reports', { params: { query: { state: 'open', limit: 200, cursor } } })),
      ),
    refetchInterval: AGAIN_MS,
    enabled,
  });

/** Opening a report is a look at a child: on the record, and not done again unasked. */
export const useReport = (id: string) =>
  useQuery({
    queryKey: ['report', id],
    queryFn: () => answer(api.GET('/api/v1/reports/{id}', { params: { path: { id } } })),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

type Header = { 'Idempotency-Key': string };

/** A write to a report; queue, report and cases are read anew after it. */
export const useTriage = <V>(send: (body: V, header: Header) => Promise<{ caseId: string | null }>) =>
  useWrite(['reports', 'report', 'cases', 'work'], send);
