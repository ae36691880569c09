import { useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { z } from 'zod';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { FittedRows } from '#app/components/table/rows.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';

type Domain = Schema<'Domain'>;
const domainForm = z.object({ name: z.string().trim().min(1, 'invalid.required') });

/** The SIP domains served here. The default one is a setting; others are further names of this company. */
export function Domains() {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const query = api.useQuery('get', '/api/v1/domains');
  const form = useZodForm(domainForm, { name: '' });
  const refresh = () => client.invalidateQueries({ queryKey: ['get', '/api/v1/domains'] });

  const submit = form.handleSubmit(async (body) => {
    try {
      const { error, response } = await http.POST('/api/v1/domains', { body });
      if (!response.ok) throw error;
      form.reset();
      await refresh();
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  const erase = async (domain: Domain) => {
    if (domain.id === null) return;
    const yes = await ask({
      title: t('domains.deleteTitle', { name: domain.name }),
      text: t('domains.deleteText'),
      action: t('ui.delete'),
      danger: true,
    });
    if (!yes) return;
    const { error, response } = await http.DELETE('/api/v1/domains/{id}', { params: { path: { id: domain.id } } });
    if (response.ok) await refresh();
    else toast.error(problemText(error, texts));
  };

  const columns: Column<Domain>[] = [
    { id: 'name', header: t('device.domain'), cell: (row) => <span className="font-medium">{row.name}</span>, width: 240, priority: 1 },
    {
      id: 'default',
      header: t('domains.kind'),
      cell: (row) => (row.isDefault ? <Badge tone="primary">{t('domains.default')}</Badge> : <Badge>{t('domains.further')}</Badge>),
      width: 130,
      priority: 1,
    },
    {
      id: 'subscribers',
      header: t('nav.subscribers'),
      cell: (row) => <span className="tnum">{row.subscribers}</span>,
      width: 100,
      align: 'right',
      priority: 1,
    },
    {
      id: 'createdAt',
      header: t('subscriber.since'),
      cell: (row) => (row.createdAt ? <When at={row.createdAt} /> : '–'),
      width: 140,
      priority: 3,
    },
    {
      id: 'delete',
      header: t('ui.delete'),
      cell: (row) =>
        row.isDefault ? (
          <ButtonLink size="sm" look="quiet" to="/admin/settings?key=sipDomain">
            {t('domains.change')}
          </ButtonLink>
        ) : (
          <Button
            look="danger-quiet"
            size="icon-sm"
            icon={Trash2}
            aria-label={t('domains.deleteTitle', { name: row.name })}
            onClick={() => void erase(row)}
          />
        ),
      width: 110,
      priority: 1,
    },
  ];

  return (
    <>
      <PageHeader title={t('nav.domains')} text={t('domains.text')} />
      <div className="grid gap-5">
        <Card flush>
          {query.data ? (
            <FittedRows
              caption={t('nav.domains')}
              columns={columns}
              rows={query.data.items}
              rowKey={(row) => row.name}
              rowName={(row) => row.name}
            />
          ) : query.error ? (
            <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
          ) : (
            <LoadingBlock className="p-5" />
          )}
        </Card>
        <Card title={t('domains.add')} className="max-w-xl">
          <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-3">
            <FormProblem form={form} />
            <Field label={t('device.domain')} error={form.formState.errors.name?.message} required>
              {(control) => (
                <Input {...control} {...form.register('name')} autoComplete="off" spellCheck={false} placeholder="sip.example.org" />
              )}
            </Field>
            <div>
              <Button type="submit" look="primary" icon={Plus} busy={form.formState.isSubmitting}>
                {t('domains.add')}
              </Button>
            </div>
          </form>
        </Card>
      </div>
    </>
  );
}
