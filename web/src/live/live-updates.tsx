import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Tooltip } from '#app/components/ui/tooltip.tsx';
import { useT } from '#app/i18n/index.ts';
import { CacheUpdater } from '#app/live/cache.ts';
import { onLiveEvent, onLiveStatus, startLive, useLiveStatus } from '#app/live/live.ts';
import { sessionKey, sessionQuery, useSession } from '#app/session/session.ts';

const pollEveryMs = 10_000;

/** Keeps what is on screen fresh: by the event stream, or by asking every ten seconds while the stream is broken. */
export function LiveUpdates() {
  const client = useQueryClient();
  const me = useSession();
  const who = me ? sessionKey(me) : undefined;

  useEffect(() => {
    if (!who) return;
    const updater = new CacheUpdater(client);
    const stopEvents = onLiveEvent(updater.handle);
    let poll: ReturnType<typeof setInterval> | undefined;
    const stopStatus = onLiveStatus((status) => {
      clearInterval(poll);
      if (status === 'reconnecting') poll = setInterval(() => updater.livePaths(), pollEveryMs);
      // The server no longer knows this session: ask it, so that the login dialog appears when it is needed.
      if (status === 'refused') void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    });
    startLive(who);
    return () => {
      clearInterval(poll);
      stopEvents();
      stopStatus();
    };
  }, [client, who]);

  return null;
}

/** "Live" or "Reconnecting". */
export function LiveBadge() {
  const t = useT();
  const status = useLiveStatus();
  const live = status === 'live';
  return (
    <Tooltip text={t(live ? 'live.liveText' : 'live.reconnectingText')}>
      <span role="status" className="inline-flex h-8 items-center rounded-md px-1.5 text-xs text-muted max-sm:px-0.5" data-live={status}>
        <StatusLight tone={live ? 'ok' : 'warn'} live={live}>
          {t(live ? 'live.live' : 'live.reconnecting')}
        </StatusLight>
      </span>
    </Tooltip>
  );
}
