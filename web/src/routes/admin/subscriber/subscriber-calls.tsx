import { keepPreviousData } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api } from '#app/api/client.ts';
import type { QueryOf } from '#app/api/types.ts';
import { CallDrawer } from '#app/components/calls/call-drawer.tsx';
import { useCallColumns } from '#app/components/calls/calls-list.tsx';
import { List } from '#app/components/table/list.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { useT } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';

export function SubscriberCalls({ subscriber }: { subscriber: { id: number; number: string } }) {
  const t = useT();
  const [search, setSearch] = useSearchParams();
  const list = useListState({ sort: '-startedAt' });
  const columns = useCallColumns();
  const filter = { ...listQuery<QueryOf<'/api/v1/calls'>>(list), subscriberId: subscriber.id };
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

  return (
    <>
      <List
        id={`calls-${subscriber.number}`}
        caption={t('nav.callRecords')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => `${row.from} ${row.dialled}`}
        onOpen={(row) => show(row.id)}
        searchLabel={t('calls.search')}
        exportHref={`/api/v1/calls.csv?subscriberId=${subscriber.id}${list.q ? `&q=${encodeURIComponent(list.q)}` : ''}`}
        empty={
          <EmptyState
            title={t('calls.emptyTitle')}
            text={t('calls.emptyText')}
            action={
              <ButtonLink look="primary" to={`/admin/route-test?from=${encodeURIComponent(subscriber.number)}`}>
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
