import { api } from '#app/api/client.ts';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { useT } from '#app/i18n/index.ts';
import { MyPhones } from '#app/routes/portal/devices/my-phones.tsx';
import { BalanceCard } from '#app/routes/portal/home/balance-card.tsx';
import { CallsNow } from '#app/routes/portal/home/calls-now.tsx';
import { LastCalls } from '#app/routes/portal/home/last-calls.tsx';
import { Limits } from '#app/routes/portal/home/limits.tsx';
import { MyServices } from '#app/routes/portal/home/my-services.tsx';
import { useSession } from '#app/session/session.ts';

/** What somebody wants to know first: can I call, for how long, who called, which phone is on. */
export function PortalHome() {
  const t = useT();
  const session = useSession();
  const me = api.useQuery('get', '/api/v1/me').data ?? session;
  return (
    <>
      <PageHeader
        title={me?.name ? t('my.hello', { name: me.name }) : t('my.helloNobody')}
        name={t('nav.home')}
        text={
          <>
            {t('my.number')} <span className="tnum font-medium text-ink">{me?.number}</span>
          </>
        }
      />
      {me?.status === 'suspended' && (
        <Notice tone="bad" className="mb-5" title={t('refusal.suspended')}>
          {t('myRefusalDo.suspended')}
        </Notice>
      )}
      <CallsNow />
      <div className="grid items-start gap-5 lg:grid-cols-[3fr_2fr]">
        <BalanceCard />
        <Limits />
        <LastCalls />
        <MyPhones className="lg:col-span-2" />
        <MyServices className="lg:col-span-2" />
      </div>
    </>
  );
}
