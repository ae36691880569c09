import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { AboutCard } from '#app/routes/admin/system/about-card.tsx';
import { CertificateCard } from '#app/routes/admin/system/certificate-card.tsx';
import { ComingBack } from '#app/routes/admin/system/coming-back.tsx';
import { DataCard } from '#app/routes/admin/system/data-card.tsx';
import { ImageCheckCard } from '#app/routes/admin/system/image-check-card.tsx';
import { IntegrityCard } from '#app/routes/admin/system/integrity-card.tsx';
import { LoadTiles, RoomCard } from '#app/routes/admin/system/load-card.tsx';
import { PowerCard } from '#app/routes/admin/system/power-card.tsx';
import { ServicesCard } from '#app/routes/admin/system/services-card.tsx';
import { TimeCard } from '#app/routes/admin/system/time-card.tsx';
import { UpgradeCard } from '#app/routes/admin/system/upgrade-card.tsx';
import { pollMs, useHost } from '#app/routes/admin/system/use-host.ts';
import { usePower } from '#app/routes/admin/system/use-power.ts';

/** The machine under Dialtone. Away from the appliance it shows what the process itself can see. */
export function System() {
  const texts = useTexts();
  const { t } = texts;
  const system = api.useQuery('get', '/api/v1/host/system', {}, { refetchInterval: pollMs });
  const host = useHost();
  const power = usePower();
  const appliance = host.data?.appliance === true;
  const hostname = api.useQuery('get', '/api/v1/host/hostname', {}, { enabled: appliance });
  const state = host.data?.state ?? null;
  return (
    <>
      <PageHeader title={t('nav.machine')} text={t('machine.text')} />
      {system.data && host.data ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
          {!appliance && <Notice>{t('machine.elsewhere')}</Notice>}
          <LoadTiles system={system.data} />
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
            {state && <DataCard state={state} power={power} />}
            <RoomCard system={system.data} />
            <AboutCard system={system.data} hostname={appliance ? (hostname.data?.hostname ?? state?.hostname ?? '') : null} />
            {appliance && <TimeCard />}
            <CertificateCard />
            <UpgradeCard power={power} />
            <ImageCheckCard />
            <IntegrityCard />
          </div>
          {appliance && <ServicesCard power={power} />}
          {appliance && <PowerCard power={power} />}
        </div>
      ) : (system.error ?? host.error) ? (
        <LoadFailed
          message={problemText(system.error ?? host.error, texts)}
          onRetry={() => void Promise.all([system.refetch(), host.refetch()])}
        />
      ) : (
        <LoadingBlock lines={10} />
      )}
      {power.going && <ComingBack going={power.going} onClose={() => power.setGoing(null)} />}
    </>
  );
}
