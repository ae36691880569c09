import { useQueryClient } from '@tanstack/react-query';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

export type Voicemail = Schema<'MyVoicemail'>;
export type Message = Schema<'VoicemailMessage'>;

/** Everything of the mailbox that is on screen, fetched again. */
export function useRefreshVoicemail(): () => Promise<void> {
  const client = useQueryClient();
  return () =>
    client.invalidateQueries({
      predicate: ({ queryKey }) => typeof queryKey[1] === 'string' && queryKey[1].startsWith('/api/v1/me/voicemail'),
    });
}

/** Changes a setting of the mailbox; what went wrong is said. */
export function useChangeVoicemail(): (patch: Schema<'MyVoicemailPatch'>) => Promise<boolean> {
  const texts = useTexts();
  const client = useQueryClient();
  return async (patch) => {
    const { data, error } = await http.PATCH('/api/v1/me/voicemail', { body: patch });
    if (data) client.setQueryData(api.queryOptions('get', '/api/v1/me/voicemail').queryKey, data);
    else toast.error(problemText(error, texts));
    return data !== undefined;
  };
}

/** Marks messages, and deletes them with a way back. */
export function useMessageActions() {
  const texts = useTexts();
  const refresh = useRefreshVoicemail();
  const mark = async ({ id }: Message, state: Message['state']): Promise<boolean> => {
    const { data, error } = await http.PATCH('/api/v1/me/voicemail/messages/{id}', { params: { path: { id } }, body: { state } });
    await refresh();
    if (!data) toast.error(problemText(error, texts));
    return data !== undefined;
  };
  const remove = async (message: Message): Promise<void> => {
    if (!(await mark(message, 'deleted'))) return;
    toast(texts.t('voicemail.deleted'), {
      action: { label: texts.t('voicemail.undo'), onClick: () => void mark(message, message.state) },
    });
  };
  return { mark, remove };
}
