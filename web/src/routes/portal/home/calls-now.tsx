import { PhoneIncoming, PhoneOutgoing } from 'lucide-react';
import { api } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { Money } from '#app/components/money.tsx';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useT } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';
import { useNow } from '#app/lib/use-now.ts';
import { useSession } from '#app/session/session.ts';

type ActiveCall = Schema<'ActiveCall'>;

/** The own calls under way. Nothing is shown while there are none. */
export function CallsNow() {
  const t = useT();
  // Events tell when a call begins, is answered or ends; in between the price grows.
  const calls = api.useQuery('get', '/api/v1/me/active-calls', undefined, {
    refetchInterval: ({ state }) => ((state.data?.items.length ?? 0) > 0 ? 3000 : false),
  }).data?.items;
  return (
    <div aria-live="polite">
      {calls && calls.length > 0 && (
        <Card flush className="mb-5 border-brass-bright" title={t('my.callsNow')}>
          <ul className="divide-y divide-line border-t border-line">
            {calls.map((call) => (
              <CallNow key={call.id} call={call} />
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

function CallNow({ call }: { call: ActiveCall }) {
  const t = useT();
  const me = useSession();
  const mine = call.fromSubscriberId === me?.subscriberId;
  const Icon = mine ? PhoneOutgoing : PhoneIncoming;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
      <span className="flex min-w-0 flex-1 basis-44 items-center gap-2.5 font-medium">
        <Icon className="size-4 shrink-0 text-muted" aria-hidden />
        <span className="sr-only">{t(mine ? 'my.out' : 'my.in')}</span>
        <span className="truncate">
          {mine ? [call.dialled, call.destination].filter(Boolean).join(' · ') : [call.from, call.fromName].filter(Boolean).join(' · ')}
        </span>
      </span>
      <StatusLight tone={call.state === 'talking' ? 'ok' : 'info'} live>
        {t(`active.state.${call.state}`)}
      </StatusLight>
      {/* The clock and the running price are for the eye: read aloud every second they would drown everything else. */}
      <span className="flex gap-4" aria-live="off">
        {call.answeredAt !== null && <Clock since={call.answeredAt} />}
        {mine && call.runningCost !== null && <Money value={call.runningCost} className="font-medium" />}
      </span>
    </li>
  );
}

function Clock({ since }: { since: string }) {
  const now = useNow();
  return <span className="tnum text-muted">{formatTalk((now - Date.parse(since)) / 1000)}</span>;
}
