import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { DirectionIcon } from '#app/components/calls/calls-list.tsx';
import { OutcomeBadge } from '#app/components/calls/sip-status.tsx';
import { RegistrationList } from '#app/components/device/registration-list.tsx';
import { Money, useMoney } from '#app/components/money.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';
import { GoodFor } from '#app/routes/portal/home/good-for.tsx';
import { useSession } from '#app/session/session.ts';

/** What somebody wants to know first: can I call, for how long, who called, which phone is on. */
export function PortalHome() {
  const texts = useTexts();
  const { t } = texts;
  const me = useSession();
  const devices = api.useQuery('get', '/api/v1/me/devices');
  const calls = api.useQuery('get', '/api/v1/me/calls', { params: { query: { pageSize: 5 } } });
  return (
    <>
      <PageHeader
        title={t('my.hello', { name: me?.name ?? '' })}
        name={t('nav.home')}
        text={
          <>
            {t('my.number')} <span className="tnum font-medium text-ink">{me?.number}</span>
          </>
        }
      />
      {me?.status === 'suspended' && (
        <Notice tone="bad" className="mb-5" title={t('refusal.suspended')}>
          {t('refusalDo.suspended')}
        </Notice>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-[3fr_2fr]">
        <BalanceCard />
        <Card
          title={t('device.onlineNow')}
          actions={
            <ButtonLink size="sm" look="quiet" to="/my/devices">
              {t('device.setUp')}
            </ButtonLink>
          }
        >
          {devices.data ? (
            <RegistrationList items={devices.data.items} />
          ) : devices.error ? (
            <LoadFailed message={problemText(devices.error, texts)} onRetry={() => void devices.refetch()} />
          ) : (
            <LoadingBlock lines={2} />
          )}
        </Card>
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
                      className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-0.5 px-5 py-2.5 hover:bg-sunken/60 focus-visible:outline-offset-[-3px] sm:grid-cols-[10rem_1fr_auto_6rem]"
                    >
                      <span className="flex items-center gap-2.5">
                        <DirectionIcon direction={call.direction} missed={call.missed} />
                        <When at={call.startedAt} />
                      </span>
                      <span className="truncate max-sm:col-span-2 max-sm:row-start-1 max-sm:font-medium">
                        {call.from === me?.number
                          ? `${call.dialled}${call.toName ? ` · ${call.toName}` : ''}`
                          : `${call.from}${call.fromName ? ` · ${call.fromName}` : ''}`}
                      </span>
                      <span className="max-sm:hidden">
                        {call.answeredAt ? (
                          <span className="tnum text-muted">{formatTalk(call.talkSeconds)}</span>
                        ) : (
                          <OutcomeBadge status={call.status} refusal={call.refusal} answered={false} />
                        )}
                      </span>
                      <span className="text-right">
                        {call.cost === null ? <span className="text-faint">{t('call.free')}</span> : <Money value={call.cost} />}
                      </span>
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
      </div>
    </>
  );
}

/** The balance, what it is good for, and a polite word to screen readers when it changes. */
function BalanceCard() {
  const texts = useTexts();
  const { t } = texts;
  const money = useMoney();
  const query = api.useQuery('get', '/api/v1/me/balance');
  const balance = query.data?.balance;
  const before = useRef(balance);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (balance !== undefined && before.current !== undefined && before.current !== balance)
      setNews(t('my.balanceNow', { balance: money(balance) }));
    before.current = balance;
  }, [balance, t, money]);

  return (
    <Card title={t('money.balance')}>
      <p role="status" aria-live="polite" className="sr-only">
        {news}
      </p>
      {query.data ? (
        <>
          <p className="font-display text-4xl font-semibold" data-testid="balance">
            <Money value={query.data.balance} />
          </p>
          <p className="mt-1 text-muted">
            {t('money.available')} <Money value={query.data.available} className="font-medium text-ink" />
            {query.data.kind === 'postpaid' && (
              <>
                {' '}
                · {t('money.creditLimit')} <Money value={query.data.creditLimit} />
              </>
            )}
            {query.data.dailyLeft !== null && (
              <>
                {' '}
                · {t('my.leftToday')} <Money value={query.data.dailyLeft} />
              </>
            )}
          </p>
          <GoodFor available={query.data.available} />
          <p className="mt-4">
            <ButtonLink size="sm" to="/my/ledger">
              {t('my.movements')}
            </ButtonLink>
          </p>
        </>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={2} />
      )}
    </Card>
  );
}
