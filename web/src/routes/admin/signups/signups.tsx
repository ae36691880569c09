import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { Check, Mail, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { FilterSelect } from '#app/components/filter-select.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { Badge, type Tone } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Textarea } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { useInfo } from '#app/session/session.ts';

type Row = Schema<'Signup'>;
type Query = QueryOf<'/api/v1/signups'>;

const states = ['unconfirmed', 'waiting', 'active', 'rejected', 'expired'] as const;
const tones: Record<Row['state'], Tone> = { unconfirmed: 'plain', waiting: 'warn', active: 'ok', rejected: 'bad', expired: 'plain' };
const filterNames = ['state'] as const;

/** Sign-ups that came through the form; those that wait for a decision are decided here. */
export function Signups() {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const info = useInfo();
  const list = useListState({ sort: '-createdAt', filters: filterNames });
  const [rejecting, setRejecting] = useState<Row | null>(null);
  const approve = api.useMutation('post', '/api/v1/signups/{id}/approve');
  const query = api.useQuery(
    'get',
    '/api/v1/signups',
    { params: { query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData },
  );

  const accept = async (row: Row) => {
    try {
      await approve.mutateAsync({ params: { path: { id: row.id } } });
      toast.success(t('signups.approved', { name: row.name }));
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/signups'] });
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: accept only closes over what stays the same
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'name',
        header: t('signup.name'),
        cell: (row) =>
          row.subscriberId ? (
            <Link to={`/admin/subscribers/${row.subscriberId}`} className="font-medium text-primary hover:underline">
              {row.name}
            </Link>
          ) : (
            <span className="font-medium">{row.name}</span>
          ),
        csv: (row) => row.name,
        sort: 'name',
        width: 180,
        priority: 1,
      },
      {
        id: 'email',
        header: t('subscriber.email'),
        cell: (row) => row.email,
        csv: (row) => row.email,
        sort: 'email',
        width: 210,
        priority: 1,
      },
      {
        id: 'state',
        header: t('active.state'),
        cell: (row) => <Badge tone={tones[row.state]}>{t(`signups.state.${row.state}`)}</Badge>,
        csv: (row) => row.state,
        sort: 'state',
        width: 150,
        priority: 1,
      },
      {
        id: 'createdAt',
        header: t('signups.when'),
        cell: (row) => <When at={row.createdAt} />,
        csv: (row) => row.createdAt,
        sort: 'createdAt',
        downFirst: true,
        width: 130,
        priority: 2,
      },
      { id: 'address', header: t('signups.address'), cell: (row) => row.address, csv: (row) => row.address, width: 130, priority: 3 },
      {
        id: 'decidedBy',
        header: t('signups.decidedBy'),
        cell: (row) => row.decidedBy ?? '–',
        csv: (row) => row.decidedBy ?? '',
        width: 120,
        off: true,
        priority: 3,
      },
      {
        id: 'decide',
        header: t('signups.decision'),
        cell: (row) =>
          row.state === 'waiting' ? (
            <span className="inline-flex gap-1">
              <Button
                size="sm"
                look="primary"
                icon={Check}
                onClick={() => void accept(row)}
                aria-label={t('signups.approveOne', { name: row.name })}
              >
                {t('signups.approve')}
              </Button>
              <Button
                size="sm"
                look="danger-quiet"
                icon={X}
                onClick={() => setRejecting(row)}
                aria-label={t('signups.rejectOne', { name: row.name })}
              >
                {t('signups.reject')}
              </Button>
            </span>
          ) : row.state === 'unconfirmed' && info?.sendsMail === false ? (
            <ButtonLink size="sm" icon={Mail} to={`/admin/outbox?q=${encodeURIComponent(row.email)}`}>
              {t('signups.link')}
            </ButtonLink>
          ) : null,
        width: 250,
        priority: 1,
      },
    ],
    [t, info?.sendsMail],
  );

  return (
    <>
      <PageHeader
        title={t('nav.signups')}
        text={t('signups.text')}
        actions={<ButtonLink to="/admin/settings?key=signupPolicy">{t('signups.policy')}</ButtonLink>}
      />
      <List
        id="signups"
        caption={t('nav.signups')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        searchLabel={t('signups.search')}
        filters={
          <FilterSelect
            label={t('active.state')}
            value={list.filters.state}
            onChange={(value) => list.setFilter('state', value)}
            choices={states.map((state) => [state, t(`signups.state.${state}`)])}
          />
        }
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/signups', { params: { query: { ...listQuery<Query>(list), page, pageSize } } });
          if (!data) throw error;
          return data;
        }}
        empty={
          <EmptyState
            title={t('signups.emptyTitle')}
            text={t('signups.emptyText')}
            action={
              <ButtonLink look="primary" to="/admin/settings?key=signupPolicy">
                {t('signups.policy')}
              </ButtonLink>
            }
          />
        }
      />
      {rejecting && <RejectDialog signup={rejecting} onClose={() => setRejecting(null)} />}
    </>
  );
}

function RejectDialog({ signup, onClose }: { signup: Row; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const reject = api.useMutation('post', '/api/v1/signups/{id}/reject');
  const [reason, setReason] = useState('');
  const submit = async () => {
    try {
      await reject.mutateAsync({ params: { path: { id: signup.id } }, body: { reason } });
      toast.success(t('signups.rejected', { name: signup.name }));
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/signups'] });
      onClose();
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('signups.rejectOne', { name: signup.name })}
      description={signup.email}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="danger" busy={reject.isPending} onClick={() => void submit()}>
            {t('signups.reject')}
          </Button>
        </>
      }
    >
      <Field label={t('active.reason')} hint={t('signups.reasonHint')} optional>
        {(control) => <Textarea {...control} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </Dialog>
  );
}
