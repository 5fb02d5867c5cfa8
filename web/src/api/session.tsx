/** Who is signed in, for everything on screen. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useLayoutEffect, useMemo } from 'react';
import { openDrafts } from '../device/drafts';
import { closeOutbox, openOutbox } from '../device/outbox';
import { closePosts, onSent, openPosts } from '../device/posts';
import { keepRest } from '../device/rest';
import { pushNoMore } from '../device/push';
import { forget, remember } from '../device/store';
import * as auth from './auth';
import { answer, api, NoSignal, Refused } from './client';
import { refreshCase } from './queries';
import type { Me } from './types';

export type Permission = Me['permissions'][number];

/** Name, role and station of the last person signed in, so that the app opens without signal. Nothing about a child. */
const KEPT = 'shouwang.me';
/** Whether anybody has signed in here and not out again; who has not need not be asked for. */
const ENTERED = 'shouwang.entered';
export const ME = ['me'] as const;

function keptMe(): Me | null {
  const text = localStorage.getItem(KEPT);
  return text === null ? null : (JSON.parse(text) as Me);
}

/** After the sign-in has gone through. */
export const entered = (): void => localStorage.setItem(ENTERED, 'yes');

async function readMe(): Promise<Me | null> {
  if (localStorage.getItem(ENTERED) === null) return null;
  try {
    const me = await answer(api.GET('/api/v1/me'));
    localStorage.setItem(KEPT, JSON.stringify(me));
    return me;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      localStorage.removeItem(ENTERED);
      return null;
    }
    const kept = keptMe();
    // Without signal, or while the server restarts, whoever was here is still here.
    if (kept && (error instanceof NoSignal || (error instanceof Refused && error.status >= 500))) return kept;
    throw error;
  }
}

interface Session {
  me: Me;
  may(permission: Permission): boolean;
  signOut(): Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** Everything below it needs somebody signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('nobody is signed in here');
  return session;
}

/** Who is signed in: `null` nobody, `undefined` not known yet. */
export const useMe = () =>
  useQuery({ queryKey: ME, queryFn: readMe, staleTime: 60_000, retry: 2, networkMode: 'always' });

export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  const client = useQueryClient();
  useEffect(() => {
    remember(me.staffId);
    Promise.all([openOutbox(me.staffId), openPosts(me.staffId), openDrafts(me.staffId)]).catch((error: unknown) =>
      console.error('the outbox could not be opened', error),
    );
    const deaf = onSent((caseId) => void refreshCase(client, caseId));
    return () => {
      deaf();
      // Also where the session has ended by itself: what this person left here is not sent in the next one's name.
      closeOutbox();
      closePosts();
      void openDrafts(undefined);
    };
  }, [me.staffId, client]);
  // The session ends by itself in the middle of a word: while the page still stands, what is on it is kept for its owner.
  useLayoutEffect(() => () => keepRest(me.staffId), [me.staffId]);
  const session = useMemo<Session>(
    () => ({
      me,
      may: (permission) => me.permissions.includes(permission),
      async signOut() {
        // Whoever takes the phone next is not told what was meant for this person.
        await pushNoMore().catch((error: unknown) => console.warn('this device could not be taken off', error));
        await auth.signOut();
        closeOutbox();
        closePosts();
        await forget(me.staffId);
        localStorage.removeItem(KEPT);
        localStorage.removeItem(ENTERED);
        // First nobody is here, then nothing is left of what they read.
        client.setQueryData(ME, null);
        client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
      },
    }),
    [client, me],
  );
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
