import { useQueryClient } from '@tanstack/react-query';
import { Plus, RotateCcw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import type { Column } from '#app/components/table/columns.ts';
import { FittedRows } from '#app/components/table/rows.tsx';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';
import { FeatureCodeDialog } from '#app/routes/admin/feature-codes/feature-code-dialog.tsx';

type Row = Schema<'FeatureCode'>;

/** What subscribers dial for a service. */
export function FeatureCodes() {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const [editing, setEditing] = useState<Row | 'new' | null>(null);
  const query = api.useQuery('get', '/api/v1/feature-codes');
  const reset = api.useMutation('post', '/api/v1/feature-codes/reset');
  const items = query.data?.items;

  const putBack = async () => {
    if (!(await ask({ title: t('codes.resetTitle'), text: t('codes.resetText'), action: t('codes.reset'), danger: true }))) return;
    try {
      await reset.mutateAsync({});
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/feature-codes'] });
      toast.success(t('codes.resetDone'));
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };

  const add = (
    <Button look="primary" icon={Plus} onClick={() => setEditing('new')}>
      {t('codes.add')}
    </Button>
  );
  const columns: Column<Row>[] = [
    {
      id: 'code',
      header: t('codes.code'),
      cell: (row) => <span className="tnum font-medium">{row.prefix ? t('codes.follow', { code: row.code }) : row.code}</span>,
      width: 150,
      priority: 1,
    },
    { id: 'feature', header: t('codes.feature'), cell: (row) => t(`app.${row.feature}`), width: 200, priority: 1 },
    {
      id: 'description',
      header: t('codes.description'),
      cell: (row) =>
        row.clash === null ? (
          serverSentence(row.description, texts)
        ) : (
          <span className="inline-flex items-center gap-2 text-warn">
            <TriangleAlert className="size-4 shrink-0" aria-hidden />
            {t('codes.clash', { name: row.clash })}
          </span>
        ),
      width: 290,
      priority: 2,
    },
    { id: 'argument', header: t('codes.argument'), cell: (row) => row.argument ?? '–', width: 140, priority: 3 },
    {
      id: 'enabled',
      header: t('active.state'),
      cell: (row) => <StatusLight tone={row.enabled ? 'ok' : 'plain'}>{t(row.enabled ? 'codes.enabled' : 'codes.disabled')}</StatusLight>,
      width: 140,
      priority: 1,
    },
  ];

  return (
    <>
      <PageHeader
        title={t('nav.featureCodes')}
        text={t('codes.text')}
        actions={
          <>
            <Button icon={RotateCcw} onClick={() => void putBack()} busy={reset.isPending}>
              {t('codes.reset')}
            </Button>
            {items?.length === 0 ? null : add}
          </>
        }
      />
      <Card flush>
        {items?.length === 0 ? (
          <EmptyState title={t('codes.emptyTitle')} text={t('codes.emptyText')} action={add} />
        ) : items ? (
          <FittedRows
            caption={t('nav.featureCodes')}
            columns={columns}
            rows={items}
            rowKey={(row) => row.id}
            rowName={(row) => `${row.code} ${row.description}`}
            onOpen={setEditing}
          />
        ) : query.error ? (
          <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingBlock className="p-5" />
        )}
      </Card>
      {editing && <FeatureCodeDialog code={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
