import { api } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';

export const pollMs = 5000;

export type HostAnswer = Schema<'HostState'>;
export type HostState = NonNullable<HostAnswer['state']>;

/** Whether this is the appliance, and what its host agent says of the machine. Renews itself while the page is seen. */
export const useHost = () => api.useQuery('get', '/api/v1/host', {}, { refetchInterval: pollMs });
