/** What the page of a paper reads. Each look at a paper is on the record, so nothing is read again unasked. */
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client';

const ONCE = { staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

export const readPaper = (caseId: string, paperId: string) =>
  answer(api.GET('/api/v1/cases/{id}/papers/{paperId}', { params: { path: { id: caseId, paperId } } }));

export const usePaper = (caseId: string, paperId: string) =>
  useQuery({ queryKey: ['paper', paperId], queryFn: () => readPaper(caseId, paperId), ...ONCE, gcTime: 0 });

/** The form in the version that the paper was begun on. */
export const useForm = (known: { form: string; version: number } | undefined) =>
  useQuery({
    queryKey: ['form', known?.form, known?.version],
    queryFn: () =>
      answer(
        api.GET('/api/v1/forms/{formId}/{version}', {
          params: { path: { formId: known?.form ?? '', version: String(known?.version) } },
        }),
      ),
    ...ONCE,
    enabled: known !== undefined,
  });

export const useForms = (enabled: boolean) =>
  useQuery({
    queryKey: ['forms'],
    queryFn: async () => (await answer(api.GET('/api/v1/forms'))).items,
    ...ONCE,
    enabled,
  });

export const useCopy = (caseId: string, paperId: string, copyId: string) =>
  useQuery({
    queryKey: ['paper', paperId, 'copy', copyId],
    queryFn: () =>
      answer(
        api.GET('/api/v1/cases/{id}/papers/{paperId}/copies/{copyId}', {
          params: { path: { id: caseId, paperId, copyId } },
        }),
      ),
    ...ONCE,
  });
