import { keepPreviousData } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { api, http } from '#app/api/client.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { Actor, actorText } from '#app/components/actor.tsx';
import { DayInput } from '#app/components/day-input.tsx';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { Money } from '#app/components/money.tsx';
import { PersonLink } from '#app/components/person-link.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { KeyValues } from '#app/components/ui/card.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatDateTime } from '#app/lib/format.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';

type Row = Schema<'AuditEntry'>;
type Query = QueryOf<'/api/v1/audit'>;
const filterNames = ['entity', 'actor', 'from', 'to'] as const;
const entities = [
  'subscriber',
  'gateway',
  'number',
  'domain',
  'tariff',
  'rate',
  'rate-import',
  'settings',
  'admin',
  'signup',
  'account',
  'ledger',
  'call',
  'registration',
  'backup',
  'job',
  'ban',
  'certificate',
  'upgrade',
  'network',
  'firewall',
  'ssh',
  'service',
  'machine',
];

const show = (value: unknown): string => (value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

/** Who changed what, and when: before and after side by side. */
export function Audit() {
  const { t, maybe, locale } = useTexts();
  const list = useListState({ sort: '-at', filters: filterNames });
  const [open, setOpen] = useState<Row | null>(null);
  const query = api.useQuery('get', '/api/v1/audit', { params: { query: listQuery<Query>(list) } }, { placeholderData: keepPreviousData });

  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'at',
        header: t('ledger.when'),
        cell: (row) => <When at={row.at} />,
        csv: (row) => row.at,
        sort: 'at',
        downFirst: true,
        width: 140,
        priority: 1,
      },
      {
        id: 'actor',
        header: t('audit.who'),
        cell: (row) => <Actor name={row.actor} />,
        csv: (row) => row.actor,
        sort: 'actor',
        width: 150,
        priority: 1,
      },
      {
        id: 'action',
        header: t('audit.action'),
        cell: (row) => maybe(`audited.${row.action}`) ?? row.action,
        csv: (row) => row.action,
        width: 200,
        priority: 1,
      },
      {
        id: 'entity',
        header: t('audit.what'),
        cell: (row) => `${maybe(`entity.${row.entity}`) ?? row.entity}${row.entityId === null ? '' : ` ${row.entityId}`}`,
        csv: (row) => `${row.entity} ${row.entityId ?? ''}`,
        sort: 'entity',
        width: 170,
        priority: 1,
      },
      {
        id: 'fields',
        header: t('audit.fields'),
        cell: (row) =>
          row.ledger ? (
            <span>
              <Money value={row.ledger.amount} signed /> <span className="text-muted">· {row.ledger.reason}</span>
            </span>
          ) : (
            <span className="text-muted">
              {[...new Set([...Object.keys(row.before ?? {}), ...Object.keys(row.after ?? {})])].join(', ') || '–'}
            </span>
          ),
        csv: (row) => JSON.stringify(row.ledger ?? { before: row.before, after: row.after }),
        width: 260,
        priority: 3,
      },
    ],
    [t, maybe],
  );

  const fields = open ? [...new Set([...Object.keys(open.before ?? {}), ...Object.keys(open.after ?? {})])] : [];
  return (
    <>
      <PageHeader title={t('nav.audit')} text={t('audit.text')} />
      <List
        id="audit"
        caption={t('nav.audit')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => `${actorText(row.actor, t)} ${maybe(`audited.${row.action}`) ?? row.action}`}
        onOpen={setOpen}
        searchLabel={t('audit.search')}
        filters={
          <>
            <FilterSelect
              label={t('audit.what')}
              value={list.filters.entity}
              onChange={(value) => list.setFilter('entity', value)}
              choices={entities.map((entity) => [entity, maybe(`entity.${entity}`) ?? entity])}
            />
            <DayInput label={t('calls.from')} value={list.filters.from} onChange={(value) => list.setFilter('from', value)} />
            <DayInput label={t('calls.to')} value={list.filters.to} end onChange={(value) => list.setFilter('to', value)} />
          </>
        }
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/audit', { params: { query: { ...listQuery<Query>(list), page, pageSize } } });
          if (!data) throw error;
          return data;
        }}
        empty={
          <EmptyState
            title={t('audit.emptyTitle')}
            text={t('audit.emptyText')}
            action={
              <ButtonLink look="primary" to="/admin">
                {t('crash.home')}
              </ButtonLink>
            }
          />
        }
      />
      <Dialog
        open={open !== null}
        onClose={() => setOpen(null)}
        place="side"
        title={open ? (maybe(`audited.${open.action}`) ?? open.action) : ''}
        description={open ? `${actorText(open.actor, t)} · ${formatDateTime(open.at, locale)}` : ''}
      >
        {open && (
          <>
            <KeyValues rows={[[t('audit.what'), `${maybe(`entity.${open.entity}`) ?? open.entity} ${open.entityId ?? ''}`]]} />
            {open.ledger && <Movement ledger={open.ledger} />}
            {fields.length > 0 && (
              <table className="mt-5 w-full table-fixed text-left">
                <caption className="sr-only">{t('audit.fields')}</caption>
                <thead className="label-caps text-faint">
                  <tr>
                    <th scope="col" className="py-1.5 pr-3 font-semibold">
                      {t('audit.field')}
                    </th>
                    <th scope="col" className="py-1.5 pr-3 font-semibold">
                      {t('audit.before')}
                    </th>
                    <th scope="col" className="py-1.5 font-semibold">
                      {t('audit.after')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {fields.map((field) => (
                    <tr key={field} className="border-t border-line align-top">
                      <th scope="row" className="py-2 pr-3 font-medium">
                        {field}
                      </th>
                      <td className="py-2 pr-3 font-mono text-xs break-all text-muted">{show(open.before?.[field])}</td>
                      <td className="py-2 font-mono text-xs break-all">{show(open.after?.[field])}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </>
        )}
      </Dialog>
    </>
  );
}

/** A movement of money: read from the ledger, with the way there. */
function Movement({ ledger }: { ledger: Schema<'AuditLedger'> }) {
  const { t } = useTexts();
  return (
    <KeyValues
      className="mt-3"
      rows={[
        [t('entity.subscriber'), <PersonLink key="s" id={ledger.subscriberId} text={ledger.number} admin />],
        [t('ledger.amount'), <Money key="a" value={ledger.amount} signed />],
        [t('ledger.ending'), <Money key="e" value={ledger.endingBalance} />],
        [t('ledger.reason'), ledger.reason],
        [
          t('ledger.number'),
          <Link
            key="l"
            to={`/admin/subscribers/${ledger.subscriberId}?tab=ledger`}
            className="inline-flex min-h-6 items-center text-primary underline underline-offset-4"
          >
            {ledger.correctsId === null ? `#${ledger.entryId}` : `#${ledger.entryId}, ${t('ledger.corrects', { id: ledger.correctsId })}`}
          </Link>,
        ],
      ]}
    />
  );
}
