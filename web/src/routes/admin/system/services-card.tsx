import { RotateCw } from 'lucide-react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import type { Column } from '#app/components/table/columns.ts';
import { FittedRows } from '#app/components/table/rows.tsx';
import { StatusLight, type Tone } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { Ago } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes } from '#app/lib/format.ts';
import { pollMs } from '#app/routes/admin/system/use-host.ts';
import type { PowerActions } from '#app/routes/admin/system/use-power.ts';

type Service = Schema<'HostServices'>['services'][number];

const tones: Record<Service['active'], Tone> = {
  active: 'ok',
  reloading: 'info',
  activating: 'info',
  deactivating: 'info',
  maintenance: 'warn',
  inactive: 'plain',
  failed: 'bad',
};

/** The services of the appliance, each with its restart where one may be restarted. */
export function ServicesCard({ power }: { power: PowerActions }) {
  const texts = useTexts();
  const { t, maybe, locale } = texts;
  const query = api.useQuery('get', '/api/v1/host/services', {}, { refetchInterval: pollMs });
  const nameOf = (service: Service): string => maybe(`service.name.${service.name}`) ?? service.description;
  const columns: Column<Service>[] = [
    {
      id: 'name',
      header: t('service.service'),
      cell: (row) => (
        <span>
          <span className="font-medium">{nameOf(row)}</span> <code className="font-mono text-xs text-muted">{row.name}</code>
        </span>
      ),
      width: 300,
      priority: 1,
    },
    {
      id: 'state',
      header: t('machine.state'),
      cell: (row) => <StatusLight tone={tones[row.active]}>{t(`service.state.${row.active}`)}</StatusLight>,
      width: 120,
      priority: 1,
    },
    { id: 'since', header: t('service.since'), cell: (row) => (row.since ? <Ago at={row.since} /> : '–'), width: 130, priority: 2 },
    { id: 'restarts', header: t('service.restarts'), cell: (row) => row.restarts, width: 110, align: 'right', priority: 3 },
    {
      id: 'memory',
      header: t('machine.memory'),
      cell: (row) => (row.memory === null ? '–' : formatBytes(row.memory, locale)),
      width: 110,
      align: 'right',
      priority: 2,
    },
    {
      id: 'restart',
      header: t('service.restart'),
      cell: (row) =>
        row.restartable ? (
          <Button
            size="sm"
            icon={RotateCw}
            aria-label={t('service.restartOne', { name: nameOf(row) })}
            onClick={() => void power.restartService(row.name, nameOf(row))}
          >
            {t('service.restart')}
          </Button>
        ) : (
          '–'
        ),
      width: 140,
      priority: 1,
    },
  ];
  return (
    <Card flush title={t('service.title')}>
      {query.data ? (
        <FittedRows
          caption={t('service.title')}
          columns={columns}
          rows={query.data.services}
          rowKey={(row) => row.name}
          rowName={(row) => row.name}
        />
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock className="p-5" />
      )}
    </Card>
  );
}
