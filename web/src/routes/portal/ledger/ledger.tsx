import { keepPreviousData } from '@tanstack/react-query';
import { api, http } from '#app/api/client.ts';
import type { QueryOf } from '#app/api/types.ts';
import { DayInput } from '#app/components/day-input.tsx';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { useLedgerColumns } from '#app/components/ledger/ledger-columns.tsx';
import { Money } from '#app/components/money.tsx';
import { List } from '#app/components/table/list.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { useT } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { BalanceNews, useMyBalance } from '#app/routes/portal/my-balance.tsx';

type Query = QueryOf<'/api/v1/me/ledger'>;
const filterNames = ['type', 'from', 'to'] as const;
const types = ['opening', 'topup', 'adjust', 'charge', 'correction'] as const;

/** Every movement of the own account. */
export function MyLedger() {
  const t = useT();
  const list = useListState({ sort: '-createdAt', filters: filterNames });
  const columns = useLedgerColumns();
  const { query: own, news } = useMyBalance();
  const balance = own.data;
  const query = api.useQuery(
    'get',
    '/api/v1/me/ledger',
    { params: { query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData },
  );
  return (
    <>
      <PageHeader
        title={t('nav.myLedger')}
        text={
          balance && (
            <>
              {t('money.balance')} <Money value={balance.balance} className="font-medium text-ink" />
            </>
          )
        }
      />
      <BalanceNews news={news} />
      <List
        id="my-ledger"
        caption={t('nav.myLedger')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.reason}
        searchLabel={t('ledger.search')}
        filters={
          <>
            <FilterSelect
              label={t('ledger.type')}
              value={list.filters.type}
              onChange={(value) => list.setFilter('type', value)}
              choices={types.map((type) => [type, t(`ledger.type.${type}`)])}
            />
            <DayInput label={t('calls.from')} value={list.filters.from} onChange={(value) => list.setFilter('from', value)} />
            <DayInput label={t('calls.to')} value={list.filters.to} end onChange={(value) => list.setFilter('to', value)} />
          </>
        }
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/me/ledger', { params: { query: { ...listQuery<Query>(list), page, pageSize } } });
          if (!data) throw error;
          return data;
        }}
        empty={
          <EmptyState
            title={t('ledger.emptyTitle')}
            text={t('ledger.emptyText')}
            action={
              <ButtonLink look="primary" to="/my/rates">
                {t('lookup.title')}
              </ButtonLink>
            }
          />
        }
      />
    </>
  );
}
