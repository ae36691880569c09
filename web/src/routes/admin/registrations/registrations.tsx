import { keepPreviousData } from '@tanstack/react-query';
import { Unplug } from 'lucide-react';
import { useMemo } from 'react';
import { api, http } from '#app/api/client.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { useRemoveRegistration } from '#app/components/device/registration-list.tsx';
import { PersonLink } from '#app/components/person-link.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { Ago } from '#app/components/when.tsx';
import { useT } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';

type Row = Schema<'Registration'>;
type Query = QueryOf<'/api/v1/registrations'>;

/** Every contact binding the registrar holds (H-6, ul show). */
export function Registrations() {
  const t = useT();
  const list = useListState({ sort: 'number' });
  const remove = useRemoveRegistration();
  const query = api.useQuery(
    'get',
    '/api/v1/registrations',
    { params: { query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData },
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: remove only closes over what stays the same
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'number',
        header: t('subscriber.one'),
        cell: (row) => <PersonLink id={row.subscriberId} text={`${row.number} ${row.displayName}`} admin />,
        csv: (row) => row.number,
        sort: 'number',
        width: 170,
        priority: 1,
      },
      {
        id: 'userAgent',
        header: t('device.phone'),
        cell: (row) => row.userAgent ?? t('device.unknown'),
        csv: (row) => row.userAgent ?? '',
        width: 170,
        priority: 1,
      },
      {
        id: 'contact',
        header: t('registrations.contact'),
        cell: (row) => (
          <span className="font-mono text-xs" title={row.contact}>
            {row.contact}
          </span>
        ),
        csv: (row) => row.contact,
        width: 170,
        priority: 2,
      },
      {
        id: 'source',
        header: t('registrations.source'),
        cell: (row) => <span className="font-mono text-xs">{[row.transport, row.source].filter(Boolean).join(':') || '–'}</span>,
        csv: (row) => row.source ?? '',
        width: 160,
        priority: 2,
      },
      {
        id: 'nat',
        header: 'NAT',
        cell: (row) => t(row.behindNat ? 'ui.yes' : 'ui.no'),
        csv: (row) => String(row.behindNat),
        width: 60,
        off: true,
        priority: 3,
      },
      {
        id: 'rtt',
        header: t('registrations.rtt'),
        cell: (row) =>
          row.unreachable ? (
            <StatusLight tone="warn">{t('registrations.unreachable')}</StatusLight>
          ) : row.rttMs === null ? (
            '–'
          ) : (
            <span className="tnum">{t('registrations.rttMs', { ms: Math.round(row.rttMs) })}</span>
          ),
        csv: (row) => (row.unreachable ? 'unreachable' : String(row.rttMs ?? '')),
        width: 110,
        priority: 2,
      },
      {
        id: 'q',
        header: 'q',
        cell: (row) => <span className="tnum">{row.q}</span>,
        csv: (row) => String(row.q),
        width: 50,
        off: true,
        priority: 3,
      },
      {
        id: 'refreshedAt',
        header: t('registrations.refreshed'),
        cell: (row) => <Ago at={row.refreshedAt} />,
        csv: (row) => row.refreshedAt,
        width: 120,
        priority: 3,
      },
      {
        id: 'expiresAt',
        header: t('registrations.expires'),
        cell: (row) => (row.expiresAt === null ? t('device.permanent') : <Ago at={row.expiresAt} />),
        csv: (row) => row.expiresAt ?? '',
        width: 110,
        priority: 2,
      },
      {
        id: 'remove',
        header: t('ui.remove'),
        cell: (row) => (
          <Button
            look="danger-quiet"
            size="icon-sm"
            icon={Unplug}
            aria-label={t('device.removeOne', { name: `${row.number} ${row.contact}` })}
            onClick={() => void remove(row)}
          />
        ),
        width: 80,
        priority: 1,
      },
    ],
    [t],
  );

  return (
    <>
      <PageHeader title={t('nav.registrations')} text={t('registrations.text')} />
      <List
        id="registrations"
        caption={t('nav.registrations')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => `${row.number} ${row.contact}`}
        searchLabel={t('registrations.search')}
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/registrations', {
            params: { query: { ...listQuery<Query>(list), page, pageSize } },
          });
          if (!data) throw error;
          return data;
        }}
        empty={
          <EmptyState
            title={t('registrations.emptyTitle')}
            text={t('registrations.emptyText')}
            action={
              <ButtonLink look="primary" to="/admin/subscribers">
                {t('registrations.emptyAction')}
              </ButtonLink>
            }
          />
        }
      />
    </>
  );
}
