import { Cable, Plus } from 'lucide-react';
import { useState } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { GatewayLight, gatewayFault } from '#app/components/gateway-status.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { FittedRows } from '#app/components/table/rows.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { Ago } from '#app/components/when.tsx';
import { type Translate, useTexts } from '#app/i18n/index.ts';
import { GatewayDialog } from '#app/routes/admin/gateways/gateway-dialog.tsx';

type Gateway = Schema<'Gateway'>;

/** The doors to the telephone network: a handful, all on one page, in the order they are tried. */
export function Gateways() {
  const texts = useTexts();
  const { t } = texts;
  const [editing, setEditing] = useState<Gateway | 'new' | null>(null);
  const query = api.useQuery('get', '/api/v1/gateways');
  const items = query.data?.items.toSorted((a, b) => a.priority - b.priority || a.name.localeCompare(b.name));

  const columns: Column<Gateway>[] = [
    {
      id: 'name',
      header: t('gateway.name'),
      cell: (row) => (
        <span className="inline-flex items-center gap-2.5">
          <Cable className="size-4 text-muted" aria-hidden />
          {row.name}
        </span>
      ),
      width: 170,
      priority: 1,
    },
    { id: 'state', header: t('active.state'), cell: (row) => <GatewayLight status={row.status} />, width: 120, priority: 1 },
    {
      id: 'host',
      header: t('gateway.address'),
      cell: (row) => <span className="font-mono text-xs">{`${row.transport}:${row.host}:${row.port}`}</span>,
      width: 190,
      priority: 2,
    },
    {
      id: 'prefix',
      header: t('gateway.prefix'),
      cell: (row) => <span className="tnum">{row.prefix || t('ui.all')}</span>,
      width: 80,
      priority: 1,
    },
    {
      id: 'rule',
      header: t('gateway.rule'),
      cell: (row) =>
        row.strip === 0 && row.add === '' ? t('gateway.ruleNone') : t('gateway.ruleText', { strip: row.strip, add: row.add || '–' }),
      width: 150,
      priority: 3,
    },
    {
      id: 'registration',
      header: t('gateway.registration'),
      cell: (row) =>
        row.status.registration === 'off' ? (
          <span className="text-faint">{t('gateway.registration.off')}</span>
        ) : (
          <Badge tone={row.status.registration === 'registered' ? 'ok' : row.status.registration === 'failed' ? 'bad' : 'warn'}>
            {t(`gateway.registration.${row.status.registration}`)}
          </Badge>
        ),
      width: 130,
      priority: 3,
    },
    {
      id: 'last',
      header: t('gateway.lastAnswer'),
      cell: (row) => (
        <span className="text-muted" title={row.status.lastError ?? undefined}>
          {lastAnswer(row.status, t)}
          {row.status.changedAt !== null && (
            <>
              {' · '}
              <Ago at={row.status.changedAt} />
            </>
          )}
        </span>
      ),
      width: 220,
      priority: 3,
    },
    {
      id: 'calls',
      header: t('nav.calls'),
      cell: (row) => <span className="tnum">{`${row.status.activeCalls}${row.maxCalls === null ? '' : ` / ${row.maxCalls}`}`}</span>,
      width: 80,
      align: 'right',
      priority: 2,
    },
    {
      id: 'priority',
      header: t('gateway.priority'),
      cell: (row) => <span className="tnum">{row.priority}</span>,
      width: 80,
      align: 'right',
      priority: 3,
    },
  ];

  const add = (
    <Button look="primary" icon={Plus} onClick={() => setEditing('new')}>
      {t('gateway.add')}
    </Button>
  );

  return (
    <>
      <PageHeader title={t('nav.gateways')} text={t('gateway.text')} actions={items && items.length > 0 ? add : null} />
      <Card flush>
        {items ? (
          items.length === 0 ? (
            <EmptyState title={t('gateway.emptyTitle')} text={t('gateway.emptyText')} action={add} />
          ) : (
            <FittedRows
              caption={t('nav.gateways')}
              columns={columns}
              rows={items}
              rowKey={(row) => row.id}
              rowName={(row) => row.name}
              onOpen={setEditing}
            />
          )
        ) : query.error ? (
          <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingBlock className="p-5" />
        )}
      </Card>
      {editing && <GatewayDialog gateway={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function lastAnswer({ lastError, rttMs }: Schema<'GatewayStatus'>, t: Translate): string {
  if (lastError) return gatewayFault(lastError, t);
  return rttMs === null ? '–' : `${Math.round(rttMs)} ms`;
}
