import { queryOptions, useQuery } from '@tanstack/react-query';
import { http } from '#app/api/client.ts';
import { deadlineHere } from '#app/routes/admin/network/countdown.ts';
import type { NetworkView } from '#app/routes/admin/network/interface-form.ts';

export interface NetworkAnswer {
  readonly view: NetworkView;
  /** When the pending change is rolled back, by this browser's clock in milliseconds; null when none is pending. */
  readonly deadline: number | null;
}

/** A machine that has left this address does not answer at all: the question must not hang. */
const patienceMs = 5000;

export const networkQuery = queryOptions({
  queryKey: ['host', 'network'],
  queryFn: async ({ signal }): Promise<NetworkAnswer> => {
    const { data, error, response } = await http.GET('/api/v1/host/network', {
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    if (!data) throw error;
    const deadline = data.pending ? deadlineHere(data.pending.deadline, response.headers.get('date'), Date.now()) : null;
    return { view: data, deadline };
  },
  retry: false,
});

/** The network as it is; asked often while a change waits for its confirmation. */
export const useNetwork = () => useQuery({ ...networkQuery, refetchInterval: (query) => (query.state.data?.view.pending ? 2000 : 5000) });
