/** Writes that belong to no case: each under a key of its own, so that a retry after a lost answer changes nothing. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { newKey } from './client';

/**
 * @param reads keys of what is to be read anew afterwards
 * @param send does it, with the Idempotency-Key's header; the same variables after a failure go under the same key
 */
export function useWrite<V, R>(
  reads: readonly string[],
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
    onSuccess: async () => {
      await Promise.all(reads.map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
    networkMode: 'always',
  });
}

/**
 * What comes after a write, also where its success has taken the form off the page.
 * @param failed left out: the form shows the failure itself
 */
export function afterwards<R>(
  write: Promise<R>,
  done: (result: R) => void,
  failed = (error: unknown): void => console.debug('not written', error),
): void {
  write.then(done, failed);
}
