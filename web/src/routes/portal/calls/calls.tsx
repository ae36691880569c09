import { keepPreviousData } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api } from '#app/api/client.ts';
import type { QueryOf } from '#app/api/types.ts';
import { CallDrawer } from '#app/components/calls/call-drawer.tsx';
import { DayInput } from '#app/components/day-input.tsx';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { List } from '#app/components/table/list.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { useT } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { otherSide, useMyCallColumns } from '#app/routes/portal/calls/my-call.tsx';
import { useSession } from '#app/session/session.ts';

const filterNames = ['missed', 'outcome', 'from', 'to'] as const;

/** The own calls and missed calls. */
export function MyCalls() {
  const t = useT();
  const me = useSession();
  const [search, setSearch] = useSearchParams();
  const list = useListState({ sort: '-startedAt', filters: filterNames });
  const columns = useMyCallColumns();
  const filter = listQuery<QueryOf<'/api/v1/me/calls'>>(list);
  const query = api.useQuery('get', '/api/v1/me/calls', { params: { query: filter } }, { placeholderData: keepPreviousData });
  const open = Number(search.get('call'));
  const one = api.useQuery('get', '/api/v1/me/calls/{id}', { params: { path: { id: open } } }, { enabled: open > 0 });
  const { page: _page, pageSize: _size, ...exported } = filter;

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

  return (
    <>
      <PageHeader title={t('nav.myCalls')} />
      <List
        id="my-calls"
        caption={t('nav.myCalls')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => otherSide(row, me)}
        onOpen={(row) => show(row.id)}
        searchLabel={t('calls.search')}
        exportHref={`/api/v1/me/calls.csv?${new URLSearchParams(Object.entries(exported).map(([name, value]) => [name, String(value)]))}`}
        filters={
          <>
            <FilterSelect
              label={t('my.show')}
              all={t('my.allCalls')}
              value={list.filters.missed}
              onChange={(value) => list.setFilter('missed', value)}
              choices={[['true', t('my.missedOnly')]]}
            />
            <FilterSelect
              label={t('call.outcome')}
              value={list.filters.outcome}
              onChange={(value) => list.setFilter('outcome', value)}
              choices={(['answered', 'failed'] as const).map((outcome) => [outcome, t(`calls.outcome.${outcome}`)])}
            />
            <DayInput label={t('calls.from')} value={list.filters.from} onChange={(value) => list.setFilter('from', value)} />
            <DayInput label={t('calls.to')} value={list.filters.to} end onChange={(value) => list.setFilter('to', value)} />
          </>
        }
        empty={
          <EmptyState
            title={t('calls.myEmptyTitle')}
            text={t('calls.myEmptyText')}
            action={
              <ButtonLink look="primary" to="/my/devices">
                {t('calls.setUpPhone')}
              </ButtonLink>
            }
          />
        }
      />
      <CallDrawer open={open > 0} onClose={() => show(null)} query={one} admin={false} />
    </>
  );
}
