import { api } from '#app/api/client.ts';
import { useT } from '#app/i18n/index.ts';

/** Beside the way to the mailbox: how many messages nobody has heard. Nothing while there are none. */
export function NewMessages() {
  const t = useT();
  const count = api.useQuery('get', '/api/v1/me/voicemail').data?.newMessages ?? 0;
  if (count === 0) return null;
  return (
    <span className="tnum grid h-5 min-w-5 place-items-center rounded-full bg-brass-bright px-1.5 text-2xs font-semibold text-side">
      <span aria-hidden>{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{t('voicemail.newCount', { count })}</span>
    </span>
  );
}
