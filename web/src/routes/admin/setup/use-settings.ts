import { useQueryClient } from '@tanstack/react-query';
import { api, http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { infoQuery } from '#app/session/session.ts';

/** The settings as they are, and how the wizard changes some of them. */
export function useSettings() {
  const client = useQueryClient();
  const query = api.useQuery('get', '/api/v1/settings');
  /** @throws the problem of the server */
  const save = async (changes: Schema<'SettingsPatch'>): Promise<void> => {
    const { error, response } = await http.PATCH('/api/v1/settings', { body: changes });
    if (!response.ok) throw error;
    await Promise.all([
      client.invalidateQueries({ queryKey: ['get', '/api/v1/settings'] }),
      client.invalidateQueries({ queryKey: infoQuery.queryKey }),
    ]);
  };
  return { query, settings: query.data, save };
}
