import { ArrowRight, Check } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { statusText } from '#app/components/calls/sip-status.tsx';
import { GatewayLight, gatewayFault } from '#app/components/gateway-status.tsx';
import { Money } from '#app/components/money.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Card, StatTile } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount, formatSpan } from '#app/lib/format.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';
import { placeOfStep } from '#app/routes/admin/setup/steps.ts';
import { HostNotices } from '#app/routes/admin/system/host-notices.tsx';
import { useInfo } from '#app/session/session.ts';

const Charts = lazy(() => import('#app/routes/admin/home/charts.tsx').then((module) => ({ default: module.Charts })));

type Dashboard = Schema<'Dashboard'>;

/** How the company is doing now and today. */
export function Home() {
  const texts = useTexts();
  const { t } = texts;
  const info = useInfo();
  const query = api.useQuery('get', '/api/v1/dashboard', {}, { refetchInterval: 15_000 });
  return (
    <>
      <PageHeader title={info?.operatorName ?? t('nav.home')} name={t('nav.home')} text={info?.domain} />
      {query.data ? (
        <Body dashboard={query.data} />
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={8} />
      )}
    </>
  );
}

function Body({ dashboard }: { dashboard: Dashboard }) {
  const texts = useTexts();
  const { t, maybe, locale } = texts;
  const { now, today } = dashboard;
  const count = (n: number) => formatCount(n, locale);
  const open = dashboard.checklist.filter((each) => !each.done);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <HostNotices />
      {dashboard.alerts.map((alert) => (
        <Notice
          key={`${alert.code}${Object.values(alert.params).join()}`}
          tone={alert.code === 'job-warning' ? 'warn' : 'bad'}
          title={t(`alert.${alert.code}`, { name: maybe(`job.${alert.params.job}`) ?? alert.params.job ?? alert.params.gateway ?? '' })}
        >
          {alert.params.message ? serverSentence(alert.params.message, texts) : gatewayFault(alert.params.error ?? '', t)}
        </Notice>
      ))}
      {open.length > 0 && <Checklist items={dashboard.checklist} />}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <StatTile
          label={t('home.callsNow')}
          value={
            <Link to="/admin/active-calls" className="inline-block min-w-6 hover:underline">
              {count(now.activeCalls)}
            </Link>
          }
          note={t('home.talking', { count: now.talking })}
          tone={now.activeCalls > 0 ? 'live' : 'plain'}
        />
        <StatTile
          label={t('home.phones')}
          value={
            <Link to="/admin/registrations" className="inline-block min-w-6 hover:underline">
              {count(now.registrations)}
            </Link>
          }
          note={t('home.online', { online: count(now.subscribersOnline), all: count(now.subscribers) })}
        />
        <StatTile
          label={t('home.chargedToday')}
          value={<Money value={today.charged} />}
          note={
            <>
              {t('home.credited')} <Money value={today.credited} />
            </>
          }
        />
        <StatTile
          label={t('home.callsToday')}
          value={
            <Link to="/admin/calls" className="inline-block min-w-6 hover:underline">
              {count(today.calls)}
            </Link>
          }
          note={t('home.answered', { answered: count(today.answered), time: formatSpan(today.talkSeconds, locale) })}
        />
      </div>
      {now.waitingSignups > 0 && (
        <Notice
          tone="warn"
          title={t('home.waiting', { count: now.waitingSignups })}
          actions={
            <ButtonLink size="sm" to="/admin/signups?state=waiting">
              {t('home.decide')}
            </ButtonLink>
          }
        />
      )}
      <Suspense fallback={<LoadingBlock lines={6} />}>
        <Charts />
      </Suspense>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
        <Card
          title={t('nav.gateways')}
          actions={
            <ButtonLink size="sm" look="quiet" to="/admin/gateways">
              {t('home.all')}
            </ButtonLink>
          }
        >
          {dashboard.gateways.length === 0 ? (
            <p className="text-muted">{t('home.noGateways')}</p>
          ) : (
            <ul className="grid gap-2">
              {dashboard.gateways.map((gateway) => (
                <li key={gateway.id} className="flex flex-wrap items-center justify-between gap-x-3">
                  <span className="min-w-0 truncate font-medium">{gateway.name}</span>
                  <span className="ml-auto flex items-center gap-4 text-muted">
                    <span className="tnum">{t('home.gatewayCalls', { count: gateway.status.activeCalls })}</span>
                    <GatewayLight status={gateway.status} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card title={t('home.failed')}>
          <p className="tnum font-display text-2xl font-semibold">{count(today.failed)}</p>
          <p className="text-muted">
            {today.topFailure
              ? t('home.topFailure', {
                  count: today.topFailure.count,
                  status: `${today.topFailure.status} ${statusText(today.topFailure.status, texts)}`,
                })
              : t('home.noFailure')}
          </p>
          {today.topFailure && (
            <ButtonLink size="sm" look="link" to={`/admin/calls?status=${today.topFailure.status}`} className="mt-2 px-0">
              {t('home.look')}
            </ButtonLink>
          )}
        </Card>
      </div>
    </div>
  );
}

/** What a new company still needs before it can take money; gone when all is done. */
function Checklist({ items }: { items: Dashboard['checklist'] }) {
  const { t } = useTexts();
  const done = items.filter((each) => each.done).length;
  return (
    <Card title={t('home.checklist')} text={t('home.checklistText', { done, all: items.length })}>
      <ol className="grid gap-1 md:grid-cols-2 md:gap-x-8">
        {items.map((item) => (
          <li key={item.key}>
            {item.done ? (
              <span className="flex min-h-9 items-center gap-3 text-muted">
                <span className="grid size-5 place-items-center rounded-full bg-ok-soft text-ok">
                  <Check className="size-3.5" strokeWidth={3} aria-hidden />
                </span>
                <span className="line-through decoration-edge">{t(`check.${item.key}`)}</span>
                <span className="sr-only">{t('home.done')}</span>
              </span>
            ) : (
              <Link to={placeOfStep(item.key)} className="group flex min-h-9 items-center gap-3 rounded font-medium hover:text-primary">
                <span aria-hidden className="size-5 rounded-full border-2 border-brass-bright" />
                {t(`check.${item.key}`)}
                <ArrowRight className="size-4 text-muted transition-transform group-hover:translate-x-0.5" aria-hidden />
              </Link>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
