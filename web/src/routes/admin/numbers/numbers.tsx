import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { PersonLink } from '#app/components/person-link.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { NumberDialog } from '#app/routes/admin/numbers/number-dialog.tsx';

type Row = Schema<'Number'>;
type Query = QueryOf<'/api/v1/numbers'>;
const filterNames = ['kind', 'assigned'] as const;

/** Other names of subscribers (aliases) and public numbers (DIDs), and where they lead. */
export function Numbers() {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const list = useListState({ sort: 'number', filters: filterNames });
  const [editing, setEditing] = useState<Row | 'new' | null>(null);
  const remove = api.useMutation('delete', '/api/v1/numbers/{id}');
  const query = api.useQuery(
    'get',
    '/api/v1/numbers',
    { params: { query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData },
  );

  const erase = async (row: Row) => {
    const yes = await ask({
      title: t('numbers.deleteTitle', { number: row.number }),
      text: t('numbers.deleteText'),
      action: t('ui.delete'),
      danger: true,
    });
    if (!yes) return;
    try {
      await remove.mutateAsync({ params: { path: { id: row.id } } });
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/numbers'] });
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: erase only closes over what stays the same
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'number',
        header: t('numbers.number'),
        cell: (row) => <span className="tnum">{row.number}</span>,
        csv: (row) => row.number,
        sort: 'number',
        width: 170,
        priority: 1,
      },
      {
        id: 'kind',
        header: t('numbers.kind'),
        cell: (row) => <Badge tone={row.kind === 'did' ? 'info' : 'plain'}>{t(`numbers.kind.${row.kind}`)}</Badge>,
        csv: (row) => row.kind,
        sort: 'kind',
        width: 130,
        priority: 1,
      },
      {
        id: 'target',
        header: t('numbers.leadsTo'),
        cell: (row) =>
          row.subscriberId ? (
            <PersonLink id={row.subscriberId} text={`${row.subscriberNumber} ${row.subscriberName ?? ''}`} admin />
          ) : (
            (row.target ?? <span className="text-faint">{t('numbers.unassigned')}</span>)
          ),
        csv: (row) => row.subscriberNumber ?? row.target ?? '',
        width: 240,
        priority: 1,
      },
      {
        id: 'domain',
        header: t('device.domain'),
        cell: (row) => row.domain ?? '–',
        csv: (row) => row.domain ?? '',
        width: 150,
        priority: 3,
      },
      {
        id: 'createdAt',
        header: t('subscriber.since'),
        cell: (row) => <When at={row.createdAt} />,
        csv: (row) => row.createdAt,
        sort: 'createdAt',
        downFirst: true,
        width: 130,
        priority: 3,
      },
      {
        id: 'delete',
        header: t('ui.delete'),
        cell: (row) => (
          <Button
            look="danger-quiet"
            size="icon-sm"
            icon={Trash2}
            aria-label={t('numbers.deleteOne', { number: row.number })}
            onClick={() => void erase(row)}
          />
        ),
        width: 70,
        priority: 2,
      },
    ],
    [t],
  );

  const add = (
    <Button look="primary" icon={Plus} onClick={() => setEditing('new')}>
      {t('numbers.add')}
    </Button>
  );

  return (
    <>
      <PageHeader title={t('nav.numbers')} text={t('numbers.text')} actions={query.data?.total === 0 && !list.narrowed ? null : add} />
      <List
        id="numbers"
        caption={t('nav.numbers')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.number}
        onOpen={setEditing}
        searchLabel={t('numbers.search')}
        filters={
          <>
            <FilterSelect
              label={t('numbers.kind')}
              value={list.filters.kind}
              onChange={(value) => list.setFilter('kind', value)}
              choices={(['alias', 'did'] as const).map((kind) => [kind, t(`numbers.kind.${kind}`)])}
            />
            <FilterSelect
              label={t('numbers.assigned')}
              value={list.filters.assigned}
              onChange={(value) => list.setFilter('assigned', value)}
              choices={[
                ['true', t('ui.yes')],
                ['false', t('ui.no')],
              ]}
            />
          </>
        }
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/numbers', { params: { query: { ...listQuery<Query>(list), page, pageSize } } });
          if (!data) throw error;
          return data;
        }}
        empty={<EmptyState title={t('numbers.emptyTitle')} text={t('numbers.emptyText')} action={add} />}
      />
      {editing && <NumberDialog number={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
