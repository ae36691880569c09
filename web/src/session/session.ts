import { queryOptions, useQuery } from '@tanstack/react-query';
import { askForLogin, http } from '#app/api/client.ts';
import { queryClient } from '#app/api/query-client.ts';
import type { components } from '#app/api/schema.gen.ts';

export type Me = components['schemas']['Me'];

async function readSession(): Promise<Me | null> {
  const { data, error } = await http.GET('/api/v1/session');
  if (!data) throw error;
  return data.me;
}

/** Who is logged in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Me | null> => {
    const me = await readSession();
    // The session ran out while its pages are open. They stay, with what is typed into them, until it is clear who goes on.
    if (me === null && queryClient.getQueryData<Me | null>(['session']) && (await askForLogin())) return readSession();
    return me;
  },
  staleTime: 60_000,
});

export const infoQuery = queryOptions({
  queryKey: ['info'],
  queryFn: async () => {
    const { data, error } = await http.GET('/api/v1/public/info');
    if (!data) throw error;
    return data;
  },
  staleTime: 5 * 60_000,
});

export const useSession = (): Me | null => useQuery(sessionQuery).data ?? null;

export const useInfo = () => useQuery(infoQuery).data;

/** The one currency of this company, as an ISO 4217 code. */
export const useCurrency = (): string => useInfo()?.currency ?? 'EUR';

/** The name that tells one session from another: the live stream and saved columns hang on it. */
export const sessionKey = (me: Me): string => `${me.role}:${me.login}`;

export const homeOf = (me: Me | null): string => (me === null ? '/login' : me.role === 'admin' ? '/admin' : '/my');

/** After login or logout nothing of the former session may stay in memory. */
export function replaceSession(me: Me | null): void {
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'info' && query.queryKey[0] !== 'session' });
  queryClient.setQueryData(sessionQuery.queryKey, me);
}
