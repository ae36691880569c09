import { QueryCache, QueryClient } from '@tanstack/react-query';
import { problemOf } from '#app/api/problem.ts';

/** A broken line or a restarting server is tried again; a refusal is not. Writes are never repeated on their own. */
const worthRetrying = (failures: number, error: unknown): boolean => {
  const { status } = problemOf(error);
  return failures < 3 && (status === 0 || status === 502 || status === 503 || status === 504);
};

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // Demanded since this page was opened: the session says so, and its guard leads there.
    onError: (error) => {
      if (problemOf(error).code === 'second-factor-needed') void queryClient.invalidateQueries({ queryKey: ['session'] });
    },
  }),
  defaultOptions: {
    queries: { staleTime: 5000, gcTime: 10 * 60_000, retry: worthRetrying, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});
