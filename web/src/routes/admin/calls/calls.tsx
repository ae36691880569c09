import { keepPreviousData } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api } from '#app/api/client.ts';
import type { QueryOf } from '#app/api/types.ts';
import { CallDrawer } from '#app/components/calls/call-drawer.tsx';
import { useCallColumns } from '#app/components/calls/calls-list.tsx';
import { knownStatus, statusText } from '#app/components/calls/sip-status.tsx';
import { DayInput } from '#app/components/day-input.tsx';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { List } from '#app/components/table/list.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';

type Query = QueryOf<'/api/v1/calls'>;

const filterNames = ['outcome', 'direction', 'status', 'from', 'to', 'missed'] as const;
const commonStatus = knownStatus.filter((status) => [402, 403, 404, 408, 480, 484, 486, 487, 488, 500, 503, 603].includes(status));

/** Every call there was. A row opens its drawer; the drawer is in the address too. */
export function Calls() {
  const texts = useTexts();
  const { t } = texts;
  const [search, setSearch] = useSearchParams();
  const list = useListState({ sort: '-startedAt', filters: filterNames });
  const columns = useCallColumns();
  const filter = listQuery<Query>(list);
  const query = api.useQuery('get', '/api/v1/calls', { params: { query: filter } }, { placeholderData: keepPreviousData });
  const open = Number(search.get('call'));
  const one = api.useQuery('get', '/api/v1/calls/{id}', { params: { path: { id: open } } }, { enabled: open > 0 });

  const show = (id: number | null) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (id === null) next.delete('call');
        else next.set('call', String(id));
        return next;
      },
      { preventScrollReset: true },
    );

  const { page: _page, pageSize: _size, ...exported } = filter;

  return (
    <>
      <PageHeader title={t('nav.callRecords')} />
      <List
        id="calls"
        caption={t('nav.callRecords')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => `${row.from} ${row.dialled}`}
        onOpen={(row) => show(row.id)}
        searchLabel={t('calls.search')}
        exportHref={`/api/v1/calls.csv?${new URLSearchParams(Object.entries(exported).map(([name, value]) => [name, String(value)]))}`}
        filters={
          <>
            <FilterSelect
              label={t('call.outcome')}
              value={list.filters.outcome}
              onChange={(value) => list.setFilter('outcome', value)}
              choices={(['answered', 'failed'] as const).map((outcome) => [outcome, t(`calls.outcome.${outcome}`)])}
            />
            <FilterSelect
              label={t('call.direction')}
              value={list.filters.direction}
              onChange={(value) => list.setFilter('direction', value)}
              choices={(['internal', 'outbound', 'inbound'] as const).map((direction) => [direction, t(`call.direction.${direction}`)])}
            />
            <FilterSelect
              label={t('calls.status')}
              value={list.filters.status}
              onChange={(value) => list.setFilter('status', value)}
              choices={commonStatus.map((status) => [String(status), `${status} ${statusText(status, texts)}`])}
            />
            <DayInput label={t('calls.from')} value={list.filters.from} onChange={(value) => list.setFilter('from', value)} />
            <DayInput label={t('calls.to')} value={list.filters.to} end onChange={(value) => list.setFilter('to', value)} />
          </>
        }
        empty={
          <EmptyState
            title={t('calls.emptyTitle')}
            text={t('calls.emptyText')}
            action={
              <ButtonLink look="primary" to="/admin/route-test">
                {t('calls.emptyAction')}
              </ButtonLink>
            }
          />
        }
      />
      <CallDrawer open={open > 0} onClose={() => show(null)} query={one} admin />
    </>
  );
}
