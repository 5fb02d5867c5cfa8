/** Where a case can go: the other stations by name. */
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client';

export const useOtherStations = (enabled: boolean) =>
  useQuery({
    queryKey: ['stations', 'others'],
    queryFn: async () => (await answer(api.GET('/api/v1/transfers/stations'))).items,
    staleTime: 300_000,
    enabled,
  });
