import { Power } from 'lucide-react';
import { api } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { Badge, type Tone } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes } from '#app/lib/format.ts';
import type { HostState } from '#app/routes/admin/system/use-host.ts';
import type { PowerActions } from '#app/routes/admin/system/use-power.ts';

const fsckTones: Record<HostState['fsck']['outcome'], Tone> = { none: 'plain', clean: 'ok', repaired: 'warn', failed: 'bad' };

/** Where everything is kept: the data disk and what its check at the start found; without one, the way to a disk. */
export function DataCard({ state, power }: { state: HostState; power: PowerActions }) {
  const { t, locale } = useTexts();
  const { disk, fsck } = state;
  if (state.state === 'demo') return <ChooseDisk power={power} />;
  return (
    <Card title={t('machine.data')}>
      <KeyValues
        rows={[
          [
            t('machine.state'),
            <Badge key="s" tone={state.state === 'ready' ? 'ok' : 'bad'}>
              {t(`machine.data.${state.state}`)}
            </Badge>,
          ],
          disk !== null && [
            t('machine.diskUsed'),
            <span key="d" className="break-all">
              {[disk.model, disk.serial].filter(Boolean).join(' ')} <code className="font-mono text-muted">{disk.device}</code>
            </span>,
          ],
          disk !== null && [
            t('machine.diskSize'),
            t('machine.freeOf', { free: formatBytes(disk.free, locale), size: formatBytes(disk.size, locale) }),
          ],
          [
            t('machine.fsck'),
            <Badge key="f" tone={fsckTones[fsck.outcome]}>
              {t(`machine.fsck.${fsck.outcome}`)}
            </Badge>,
          ],
        ]}
      />
      {fsck.outcome === 'repaired' && fsck.summary !== '' && (
        <pre className="mt-3 overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs whitespace-pre-wrap">{fsck.summary}</pre>
      )}
      {state.problem !== '' && (
        <Notice tone="bad" className="mt-4">
          {state.problem}
        </Notice>
      )}
      {disk?.onBootMedium && (
        <Notice tone="warn" className="mt-4" title={t('machine.onStickTitle')}>
          {t('machine.onStickText')}
        </Notice>
      )}
    </Card>
  );
}

type Disk = Schema<'HostDisks'>['disks'][number];

/** There is no data disk: which ones could be, and how one is chosen. */
function ChooseDisk({ power }: { power: PowerActions }) {
  const { t, locale } = useTexts();
  const disks = api.useQuery('get', '/api/v1/host/disks', {}, { refetchInterval: 15_000 });
  const usable = (disks.data?.disks ?? []).filter((disk) => disk.refused === '' || disk.freeSpace > 0);
  const holds = (disk: Disk): string =>
    disk.refused !== '' && disk.freeSpace > 0
      ? t('machine.diskFreeSpace', { free: formatBytes(disk.freeSpace, locale) })
      : disk.blank
        ? t('machine.diskBlank')
        : t('machine.diskHolds', { what: disk.contents.map((each) => [each.type, each.label].filter(Boolean).join(' ')).join(', ') });
  return (
    <Card title={t('machine.data')}>
      <Notice
        tone="warn"
        title={t('demo.banner')}
        actions={
          <>
            <Button look="primary" icon={Power} onClick={() => void power.chooseDisk()}>
              {t('machine.chooseDisk')}
            </Button>
            <ButtonLink to="/admin/jobs">{t('machine.backupFirst')}</ButtonLink>
          </>
        }
      >
        {t('machine.chooseDiskText')}
      </Notice>
      <h3 className="mt-4 mb-2 font-medium">{t('machine.disksHere')}</h3>
      {usable.length === 0 ? (
        <p className="text-muted">{t('machine.noDisk')}</p>
      ) : (
        <ul className="grid gap-2">
          {usable.map((disk) => (
            <li key={disk.device} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5">
              <span className="min-w-0">
                <span className="font-medium">{[disk.model, disk.serial].filter(Boolean).join(' ') || disk.device}</span>{' '}
                <code className="font-mono text-xs text-muted">{disk.device}</code>
                <span className="block text-xs text-muted">{holds(disk)}</span>
              </span>
              <span className="tnum text-muted">{formatBytes(disk.size, locale)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
