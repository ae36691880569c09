import { api } from '#app/api/client.ts';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { hostFaults } from '#app/routes/admin/system/host-faults.ts';
import { useHost } from '#app/routes/admin/system/use-host.ts';

/** What is wrong with the machine, each with the way to its page. */
export function HostNotices() {
  const { t } = useTexts();
  const host = useHost();
  const state = host.data?.state ?? null;
  const time = api.useQuery('get', '/api/v1/host/time', {}, { enabled: host.data?.appliance === true, refetchInterval: 30_000 });
  if (!state) return null;
  return hostFaults(state, time.data).map((fault) => (
    <Notice
      key={fault.title}
      tone={fault.tone}
      title={t(fault.title)}
      actions={
        <ButtonLink size="sm" to="/admin/system">
          {t('hostFault.look')}
        </ButtonLink>
      }
    >
      {t(fault.text)}
    </Notice>
  ));
}
