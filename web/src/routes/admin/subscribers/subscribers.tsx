import { keepPreviousData } from '@tanstack/react-query';
import { FileUp, UserPlus } from 'lucide-react';
import { useMemo } from 'react';
import { api, http } from '#app/api/client.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { Money } from '#app/components/money.tsx';
import { Online, SubscriberStatus } from '#app/components/status-badges.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { useSelection } from '#app/components/table/selection.ts';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { When } from '#app/components/when.tsx';
import { useT } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { BulkActions } from '#app/routes/admin/subscribers/bulk-actions.tsx';
import { groupChoices } from '#app/routes/admin/subscribers/groups.ts';

type Row = Schema<'SubscriberRow'>;
type Query = QueryOf<'/api/v1/subscribers'>;

const filterNames = ['status', 'online', 'kind', 'group', 'selfSignedUp'] as const;

export function Subscribers() {
  const t = useT();
  const list = useListState({ sort: 'number', filters: filterNames });
  const selection = useSelection();
  const query = api.useQuery(
    'get',
    '/api/v1/subscribers',
    { params: { query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData },
  );

  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'number',
        header: t('subscriber.number'),
        cell: (row) => row.number,
        csv: (row) => row.number,
        sort: 'number',
        width: 120,
        priority: 1,
      },
      {
        id: 'displayName',
        header: t('subscriber.name'),
        cell: (row) => row.displayName || '–',
        csv: (row) => row.displayName,
        sort: 'displayName',
        width: 190,
        priority: 1,
      },
      {
        id: 'online',
        header: t('subscriber.phone'),
        cell: (row) => <Online online={row.online} />,
        csv: (row) => String(row.online),
        width: 110,
        priority: 2,
      },
      {
        id: 'balance',
        header: t('money.balance'),
        cell: (row) => <Money value={row.balance} />,
        csv: (row) => row.balance,
        sort: 'balance',
        width: 120,
        align: 'right',
        priority: 1,
      },
      {
        id: 'held',
        header: t('money.held'),
        cell: (row) => <Money value={row.held} />,
        csv: (row) => row.held,
        width: 110,
        align: 'right',
        off: true,
        priority: 3,
      },
      {
        id: 'available',
        header: t('money.available'),
        cell: (row) => <Money value={row.available} />,
        csv: (row) => row.available,
        width: 120,
        align: 'right',
        priority: 3,
      },
      {
        id: 'kind',
        header: t('money.kind'),
        cell: (row) => t(`money.kind.${row.kind}`),
        csv: (row) => row.kind,
        width: 110,
        off: true,
        priority: 3,
      },
      {
        id: 'groups',
        header: t('subscriber.groups'),
        cell: (row) => row.groups.map((group) => t(`group.${group}`)).join(', ') || t('ui.none'),
        csv: (row) => row.groups.join(' '),
        width: 170,
        off: true,
        priority: 3,
      },
      {
        id: 'email',
        header: t('subscriber.email'),
        cell: (row) => row.email ?? '–',
        csv: (row) => row.email ?? '',
        sort: 'email',
        width: 190,
        priority: 3,
      },
      {
        id: 'status',
        header: t('subscriber.status'),
        cell: (row) => <SubscriberStatus status={row.status} />,
        csv: (row) => row.status,
        sort: 'status',
        width: 110,
        priority: 2,
      },
      {
        id: 'lastCallAt',
        header: t('subscriber.lastCall'),
        cell: (row) => <When at={row.lastCallAt} />,
        csv: (row) => row.lastCallAt ?? '',
        sort: 'lastCallAt',
        downFirst: true,
        width: 130,
        priority: 2,
      },
      {
        id: 'createdAt',
        header: t('subscriber.since'),
        cell: (row) => <When at={row.createdAt} />,
        csv: (row) => row.createdAt,
        sort: 'createdAt',
        downFirst: true,
        width: 130,
        off: true,
        priority: 3,
      },
    ],
    [t],
  );

  const add = (
    <ButtonLink look="primary" icon={UserPlus} to="/admin/subscribers/new">
      {t('subscribers.add')}
    </ButtonLink>
  );
  const neverUsed = query.data?.total === 0 && !list.narrowed;

  return (
    <>
      <PageHeader
        title={t('nav.subscribers')}
        actions={
          !neverUsed && (
            <>
              <ButtonLink icon={FileUp} to="/admin/subscribers/import">
                {t('subscribers.import')}
              </ButtonLink>
              {add}
            </>
          )
        }
      />
      <List
        id="subscribers"
        caption={t('nav.subscribers')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => `${row.number} ${row.displayName}`}
        rowLink={(row) => `/admin/subscribers/${row.id}`}
        selection={selection}
        bulk={<BulkActions selection={selection} />}
        searchLabel={t('subscribers.search')}
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/subscribers', {
            params: { query: { ...listQuery<Query>(list), page, pageSize } },
          });
          if (!data) throw error;
          return data;
        }}
        filters={
          <>
            <FilterSelect
              label={t('subscriber.status')}
              all={t('subscribers.statusOpen')}
              value={list.filters.status}
              onChange={(value) => list.setFilter('status', value)}
              choices={(['active', 'suspended', 'closed'] as const).map((status) => [status, t(`subscriber.status.${status}`)])}
            />
            <FilterSelect
              label={t('subscriber.phone')}
              value={list.filters.online}
              onChange={(value) => list.setFilter('online', value)}
              choices={[
                ['true', t('subscriber.online')],
                ['false', t('subscriber.offline')],
              ]}
            />
            <FilterSelect
              label={t('subscriber.groups')}
              value={list.filters.group}
              onChange={(value) => list.setFilter('group', value)}
              choices={groupChoices(t)}
            />
          </>
        }
        empty={<EmptyState title={t('subscribers.emptyTitle')} text={t('subscribers.emptyText')} action={add} />}
      />
    </>
  );
}
