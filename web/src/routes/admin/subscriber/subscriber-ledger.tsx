import { keepPreviousData } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, http } from '#app/api/client.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { Actor } from '#app/components/actor.tsx';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { type LedgerEntry, useLedgerColumns } from '#app/components/ledger/ledger-columns.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { useT } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { CorrectDialog } from '#app/routes/admin/subscriber/correct-dialog.tsx';

export const entryTypes = ['opening', 'topup', 'adjust', 'charge', 'correction'] as const;

const filterNames = ['type'] as const;
type Query = QueryOf<'/api/v1/subscribers/{id}/ledger'>;

/** All movements of one account. Nothing is edited: a correction is a new entry that points at the old one. */
export function SubscriberLedger({ subscriber, onCredit }: { subscriber: Schema<'Subscriber'>; onCredit: () => void }) {
  const t = useT();
  const list = useListState({ sort: '-createdAt', filters: filterNames });
  const [correcting, setCorrecting] = useState<LedgerEntry | null>(null);
  const path = { id: subscriber.id };
  const query = api.useQuery(
    'get',
    '/api/v1/subscribers/{id}/ledger',
    { params: { path, query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData },
  );

  const extra = useMemo<Column<LedgerEntry>[]>(
    () => [
      {
        id: 'actor',
        header: t('ledger.actor'),
        cell: (row) => <Actor name={row.actor} />,
        csv: (row) => row.actor,
        width: 130,
        priority: 3,
      },
      {
        id: 'correct',
        header: t('ledger.correction'),
        cell: (row) =>
          row.correctsId !== null ? (
            t('ledger.corrects', { id: row.correctsId })
          ) : row.correctedById !== null ? (
            t('ledger.correctedBy', { id: row.correctedById })
          ) : (
            <Button
              size="sm"
              look="quiet"
              icon={Undo2}
              onClick={() => setCorrecting(row)}
              aria-label={t('ledger.correctOne', { id: row.id })}
            >
              {t('ledger.correct')}
            </Button>
          ),
        width: 130,
        priority: 2,
      },
    ],
    [t],
  );
  const columns = useLedgerColumns(extra);

  return (
    <>
      <List
        id={`ledger-${subscriber.number}`}
        caption={t('nav.myLedger')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.reason}
        searchLabel={t('ledger.search')}
        filters={
          <FilterSelect
            label={t('ledger.type')}
            value={list.filters.type}
            onChange={(value) => list.setFilter('type', value)}
            choices={entryTypes.map((type) => [type, t(`ledger.type.${type}`)])}
          />
        }
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/subscribers/{id}/ledger', {
            params: { path, query: { ...listQuery<Query>(list), page, pageSize } },
          });
          if (!data) throw error;
          return data;
        }}
        empty={
          <EmptyState
            title={t('ledger.emptyTitle')}
            text={t('ledger.emptyText')}
            action={
              <Button look="primary" onClick={onCredit}>
                {t('credit.add')}
              </Button>
            }
          />
        }
      />
      {correcting && <CorrectDialog entry={correcting} balance={subscriber.balance} onClose={() => setCorrecting(null)} />}
    </>
  );
}
