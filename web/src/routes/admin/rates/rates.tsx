import { keepPreviousData } from '@tanstack/react-query';
import { FileUp, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { Money } from '#app/components/money.tsx';
import { RateLookup, useLookupQuestion } from '#app/components/rates/rate-lookup.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Select } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { RateDialog } from '#app/routes/admin/rates/rate-dialog.tsx';
import { TariffDialog } from '#app/routes/admin/rates/tariff-dialog.tsx';

type Rate = Schema<'Rate'>;
type Tariff = Schema<'Tariff'>;
type Query = QueryOf<'/api/v1/tariffs/{id}/rates'>;
const filterNames = ['blocked'] as const;

/** Prices by prefix, a tariff at a time. Without a tariff in the address: the default one. */
export function Rates() {
  const texts = useTexts();
  const { t } = texts;
  const { id } = useParams();
  const tariffs = api.useQuery('get', '/api/v1/tariffs');
  if (!tariffs.data)
    return (
      <>
        <PageHeader title={t('nav.rates')} />
        {tariffs.error ? (
          <LoadFailed message={problemText(tariffs.error, texts)} onRetry={() => void tariffs.refetch()} />
        ) : (
          <LoadingBlock />
        )}
      </>
    );
  const items = tariffs.data.items;
  const tariff = items.find((each) => String(each.id) === id);
  if (!tariff) {
    const first = items.find((each) => each.isDefault) ?? items[0];
    return first ? <Navigate to={`/admin/rates/${first.id}`} replace /> : <PageHeader title={t('nav.rates')} />;
  }
  return <TariffRates key={tariff.id} tariff={tariff} tariffs={items} />;
}

function TariffRates({ tariff, tariffs }: { tariff: Tariff; tariffs: readonly Tariff[] }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const list = useListState({ sort: 'prefix', filters: filterNames });
  const [editing, setEditing] = useState<Rate | 'new' | null>(null);
  const [tariffDialog, setTariffDialog] = useState<Tariff | 'new' | null>(null);
  const path = { id: tariff.id };
  const query = api.useQuery(
    'get',
    '/api/v1/tariffs/{id}/rates',
    { params: { path, query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData },
  );
  const question = useLookupQuestion();
  const answer = api.useQuery(
    'get',
    '/api/v1/rates/lookup',
    { params: { query: { number: question.digits, tariffId: tariff.id, seconds: question.seconds } } },
    { enabled: question.ready, placeholderData: keepPreviousData },
  );

  const columns = useMemo<Column<Rate>[]>(
    () => [
      {
        id: 'prefix',
        header: t('rate.prefix'),
        cell: (row) => <span className="tnum">{row.prefix}</span>,
        sort: 'prefix',
        width: 110,
        priority: 1,
      },
      { id: 'name', header: t('rate.destination'), cell: (row) => row.name, sort: 'name', width: 240, priority: 1 },
      {
        id: 'pricePerMinute',
        header: t('rate.price'),
        cell: (row) =>
          row.blocked ? <Badge tone="bad">{t('rate.blocked')}</Badge> : <Money value={row.pricePerMinute} className="font-medium" />,
        sort: 'pricePerMinute',
        width: 130,
        align: 'right',
        priority: 1,
      },
      {
        id: 'connectFee',
        header: t('rate.connectFee'),
        cell: (row) => <Money value={row.connectFee} />,
        width: 120,
        align: 'right',
        priority: 3,
      },
      {
        id: 'increments',
        header: t('rate.increments'),
        cell: (row) => <span className="tnum">{`${row.firstIncrement}/${row.nextIncrement}`}</span>,
        width: 90,
        align: 'right',
        priority: 2,
      },
      {
        id: 'minCharge',
        header: t('rate.minCharge'),
        cell: (row) => <Money value={row.minCharge} />,
        width: 110,
        align: 'right',
        off: true,
        priority: 3,
      },
      {
        id: 'freeSeconds',
        header: t('rate.freeSeconds'),
        cell: (row) => row.freeSeconds,
        width: 100,
        align: 'right',
        off: true,
        priority: 3,
      },
      {
        id: 'graceSeconds',
        header: t('rate.graceSeconds'),
        cell: (row) => row.graceSeconds,
        width: 100,
        align: 'right',
        off: true,
        priority: 3,
      },
      {
        id: 'effectiveFrom',
        header: t('rate.effectiveFrom'),
        cell: (row) =>
          row.effectiveFrom === null ? <span className="text-faint">{t('rate.always')}</span> : <When at={row.effectiveFrom} />,
        sort: 'effectiveFrom',
        downFirst: true,
        width: 140,
        priority: 3,
      },
    ],
    [t],
  );

  const importLink = (
    <ButtonLink look="primary" icon={FileUp} to={`/admin/rates/${tariff.id}/import`}>
      {t('rate.import')}
    </ButtonLink>
  );

  return (
    <>
      <PageHeader
        title={t('nav.rates')}
        text={t('rate.text')}
        actions={
          <>
            <Select
              aria-label={t('rate.tariff')}
              className="w-44 max-sm:w-auto"
              value={tariff.id}
              onChange={(event) => {
                if (event.target.value === 'new') setTariffDialog('new');
                else void navigate(`/admin/rates/${event.target.value}`);
              }}
            >
              {tariffs.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.isDefault ? `${each.name} (${t('rate.default')})` : each.name}
                </option>
              ))}
              <option value="new">{t('rate.newTariff')}</option>
            </Select>
            <Button onClick={() => setTariffDialog(tariff)}>{t('rate.editTariff')}</Button>
            <Button icon={Plus} onClick={() => setEditing('new')}>
              {t('rate.add')}
            </Button>
            {importLink}
          </>
        }
      />
      <Card title={t('lookup.title')} className="mb-5">
        <RateLookup question={question} answer={answer} />
      </Card>
      <List
        id={`rates-${tariff.name}`}
        caption={t('nav.rates')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => `${row.prefix} ${row.name}`}
        onOpen={setEditing}
        searchLabel={t('rate.search')}
        exportHref={`/api/v1/tariffs/${tariff.id}/rates.csv${list.q ? `?q=${encodeURIComponent(list.q)}` : ''}`}
        filters={
          <FilterSelect
            label={t('rate.kind')}
            value={list.filters.blocked}
            onChange={(value) => list.setFilter('blocked', value)}
            choices={[
              ['false', t('rate.open')],
              ['true', t('rate.blocked')],
            ]}
          />
        }
        empty={<EmptyState title={t('rate.emptyTitle')} text={t('rate.emptyText')} action={importLink} />}
      />
      {editing && <RateDialog tariff={tariff} rate={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {tariffDialog && <TariffDialog tariff={tariffDialog === 'new' ? null : tariffDialog} onClose={() => setTariffDialog(null)} />}
    </>
  );
}
