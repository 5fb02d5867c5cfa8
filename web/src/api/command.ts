/** Writes to a case: each under a key of its own, so that a retry after a lost answer changes nothing. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { newKey } from './client';
import { refreshCase } from './queries';

/** Of a write to what has this id. */
export const pathOf = (id: string, header: { 'Idempotency-Key': string }) => ({ params: { path: { id }, header } });

/**
 * A write to one case. The same variables sent again after a failure go under the same key; others under a new one.
 * @param send does it, with the Idempotency-Key's header
 */
export function useCommand<V, R>(
  caseId: string,
  send: (variables: V, header: { 'Idempotency-Key': string }) => Promise<R>,
) {
  const client = useQueryClient();
  const last = useRef({ said: '', key: '' });
  return useMutation({
    mutationFn: async (variables: V) => {
      const said = JSON.stringify(variables);
      if (last.current.said !== said) last.current = { said, key: newKey() };
      const done = await send(variables, { 'Idempotency-Key': last.current.key });
      last.current = { said: '', key: '' };
      return done;
    },
    onSuccess: () => refreshCase(client, caseId),
    networkMode: 'always',
  });
}
