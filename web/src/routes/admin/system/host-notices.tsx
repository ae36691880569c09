import { api } from '#app/api/client.ts';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { type MessageKey, useTexts } from '#app/i18n/index.ts';
import { type HostState, useHost } from '#app/routes/admin/system/use-host.ts';

interface Found {
  tone: 'warn' | 'bad';
  title: MessageKey;
  text: MessageKey;
}

/** What is not as it should be with the machine: for the first page of administrators. */
export function hostFaults(state: HostState, time: { synchronised: boolean; beforeBuild: boolean } | undefined): Found[] {
  const found: Found[] = [];
  if (state.fsck.outcome === 'repaired') found.push({ tone: 'warn', title: 'hostFault.repaired', text: 'hostFault.repairedText' });
  if (state.disk?.onBootMedium) found.push({ tone: 'warn', title: 'machine.onStickTitle', text: 'machine.onStickText' });
  if (time?.beforeBuild) found.push({ tone: 'bad', title: 'hostFault.clock', text: 'time.beforeBuild' });
  else if (time && !time.synchronised) found.push({ tone: 'warn', title: 'hostFault.clock', text: 'hostFault.clockText' });
  return found;
}

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
