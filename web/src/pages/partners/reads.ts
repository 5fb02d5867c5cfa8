/** The directory of partners (协作单位目录) as its page reads it. */
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client';

export const PARTNER_READS = ['partners', 'partner'] as const;

/** With its contacts in their order. */
export const usePartner = (id: string) =>
  useQuery({
    queryKey: ['partner', id],
    queryFn: () => answer(api.GET('/api/v1/partners/{id}', { params: { path: { id } } })),
  });
