import { Voicemail } from 'lucide-react';
import { Link } from 'react-router';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { CallCost } from '#app/components/calls/calls-list.tsx';
import { OutcomeBadge } from '#app/components/calls/sip-status.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';
import { MyCallIcon, otherSide } from '#app/routes/portal/calls/my-call.tsx';
import { useSession } from '#app/session/session.ts';

/** The last five calls. */
export function LastCalls() {
  const texts = useTexts();
  const { t } = texts;
  const me = useSession();
  const calls = api.useQuery('get', '/api/v1/me/calls', { params: { query: { pageSize: 5 } } });
  return (
    <Card
      flush
      className="lg:col-span-2"
      title={t('my.lastCalls')}
      actions={
        <ButtonLink size="sm" look="quiet" to="/my/calls">
          {t('my.allCalls')}
        </ButtonLink>
      }
    >
      {calls.data ? (
        calls.data.items.length === 0 ? (
          <EmptyState
            title={t('calls.myEmptyTitle')}
            text={t('calls.myEmptyText')}
            action={
              <ButtonLink look="primary" to="/my/devices">
                {t('calls.setUpPhone')}
              </ButtonLink>
            }
          />
        ) : (
          <ul className="divide-y divide-line border-t border-line">
            {calls.data.items.map((call) => (
              <li key={call.id}>
                <Link
                  to={`/my/calls?call=${call.id}`}
                  className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-0.5 px-4 py-2.5 hover:bg-sunken/60 focus-visible:outline-offset-[-3px] sm:grid-cols-[minmax(0,1fr)_auto_7rem_5rem] md:px-5"
                >
                  <span className="flex min-w-0 items-center gap-2.5 font-medium">
                    <MyCallIcon call={call} me={me} />
                    <span className="truncate">{otherSide(call, me)}</span>
                    {call.voicemailMessageId !== null && (
                      <Voicemail className="size-4 shrink-0 text-primary" role="img" aria-label={t('call.leftMessage')} />
                    )}
                  </span>
                  <span className="text-right sm:order-4">{call.answeredAt !== null && <CallCost call={call} />}</span>
                  <span className="min-w-0 pl-6.5 sm:pl-0">
                    {call.answeredAt !== null ? (
                      <span className="tnum text-muted">{formatTalk(call.talkSeconds)}</span>
                    ) : (
                      <OutcomeBadge status={call.status} refusal={call.refusal} answered={false} />
                    )}
                  </span>
                  <When at={call.startedAt} className="tnum text-right whitespace-nowrap text-muted" />
                </Link>
              </li>
            ))}
          </ul>
        )
      ) : calls.error ? (
        <LoadFailed message={problemText(calls.error, texts)} onRetry={() => void calls.refetch()} />
      ) : (
        <LoadingBlock className="px-5" />
      )}
    </Card>
  );
}
