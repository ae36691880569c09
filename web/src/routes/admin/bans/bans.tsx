import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { Ban as BanIcon } from 'lucide-react';
import { useMemo, useState } from 'react';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { optionalInteger } from '#app/lib/schemas.ts';

type Row = Schema<'Ban'>;
type Query = QueryOf<'/api/v1/bans'>;

/** Addresses that nobody here talks to for a while: they tried too many passwords, or somebody put them here. */
export function Bans() {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const list = useListState({ sort: '-createdAt', filters: [] });
  const [adding, setAdding] = useState(false);
  const query = api.useQuery('get', '/api/v1/bans', { params: { query: listQuery<Query>(list) } }, { placeholderData: keepPreviousData });

  const columns = useMemo<Column<Row>[]>(() => {
    const forgive = async (row: Row) => {
      const yes = await ask({
        title: t('bans.forgiveTitle', { address: row.address }),
        text: t('bans.forgiveText'),
        action: t('bans.forgive'),
      });
      if (!yes) return;
      const { error, response } = await http.DELETE('/api/v1/bans/{id}', { params: { path: { id: row.id } } });
      if (!response.ok) toast.error(problemText(error, texts));
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/bans'] });
    };
    return [
      {
        id: 'address',
        header: t('bans.address'),
        cell: (row) => <span className="font-mono text-xs">{row.address}</span>,
        csv: (row) => row.address,
        sort: 'address',
        width: 200,
        priority: 1,
      },
      {
        id: 'reason',
        header: t('bans.reason'),
        cell: (row) => (
          <span className="flex items-center gap-2">
            <Badge tone={row.reason === 'by-hand' ? 'info' : 'warn'}>{t(`bans.reason.${row.reason}`, { count: row.failures })}</Badge>
            {row.note}
          </span>
        ),
        csv: (row) => row.note ?? row.reason,
        sort: 'reason',
        width: 260,
        priority: 1,
      },
      { id: 'actor', header: t('bans.by'), cell: (row) => row.actor ?? '–', csv: (row) => row.actor ?? '', width: 130, priority: 3 },
      {
        id: 'createdAt',
        header: t('bans.since'),
        cell: (row) => <When at={row.createdAt} />,
        csv: (row) => row.createdAt,
        sort: 'createdAt',
        downFirst: true,
        width: 140,
        priority: 2,
      },
      {
        id: 'expiresAt',
        header: t('bans.until'),
        cell: (row) => <When at={row.expiresAt} />,
        csv: (row) => row.expiresAt,
        sort: 'expiresAt',
        width: 140,
        priority: 1,
      },
      {
        id: 'forgive',
        header: t('bans.forgive'),
        cell: (row) => (
          <Button size="sm" onClick={() => void forgive(row)}>
            {t('bans.forgive')}
          </Button>
        ),
        width: 110,
        priority: 1,
      },
    ];
  }, [t, ask, client, texts]);

  return (
    <>
      <PageHeader
        title={t('nav.bans')}
        text={t('bans.text')}
        actions={
          <>
            <ButtonLink to="/admin/settings?key=adminNetworks">{t('bans.settings')}</ButtonLink>
            <Button look="primary" icon={BanIcon} onClick={() => setAdding(true)}>
              {t('bans.add')}
            </Button>
          </>
        }
      />
      <List
        id="bans"
        caption={t('nav.bans')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.address}
        searchLabel={t('bans.search')}
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/bans', { params: { query: { ...listQuery<Query>(list), page, pageSize } } });
          if (!data) throw error;
          return data;
        }}
        empty={<EmptyState title={t('bans.emptyTitle')} text={t('bans.emptyText')} />}
      />
      {adding && <NewBan onClose={() => setAdding(false)} />}
    </>
  );
}

const banForm = z.object({
  address: z.string().trim().min(1, 'invalid.required'),
  minutes: optionalInteger(1, 43_200),
  note: z.string().trim(),
});

function NewBan({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const form = useZodForm(banForm, { address: '', minutes: '', note: '' });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ address, minutes, note }) => {
    try {
      const body = { address, ...(minutes !== '' && { seconds: Number(minutes) * 60 }), ...(note !== '' && { note }) };
      const { error, response } = await http.POST('/api/v1/bans', { body });
      if (!response.ok) throw error;
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/bans'] });
      onClose();
    } catch (error) {
      showProblem(form, error, texts, { seconds: 'minutes' });
    }
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('bans.add')}
      footer={
        <Button type="submit" form="new-ban" look="primary" busy={isSubmitting}>
          {t('bans.add')}
        </Button>
      }
    >
      <form id="new-ban" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <Field label={t('bans.address')} hint={t('bans.addressHint')} error={errors.address?.message} required>
          {(control) => (
            <Input
              {...control}
              {...form.register('address')}
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
              autoFocus
              placeholder="203.0.113.7"
            />
          )}
        </Field>
        <Field label={t('bans.minutes')} hint={t('bans.minutesHint')} error={errors.minutes?.message} optional>
          {(control) => <Input {...control} {...form.register('minutes')} inputMode="numeric" className="tnum" />}
        </Field>
        <Field label={t('bans.note')} error={errors.note?.message} optional>
          {(control) => <Input {...control} {...form.register('note')} autoComplete="off" />}
        </Field>
      </form>
    </Dialog>
  );
}
