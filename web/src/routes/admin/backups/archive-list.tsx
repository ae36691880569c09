import { useQueryClient } from '@tanstack/react-query';
import { Download, Trash2 } from 'lucide-react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import type { Column } from '#app/components/table/columns.ts';
import { FittedRows } from '#app/components/table/rows.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button, buttonStyle } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes } from '#app/lib/format.ts';

type Archive = Schema<'BackupArchive'>;

export interface ArchiveListProps {
  where: 'here' | 'place';
  title: string;
  /** The button for the first one. */
  make: React.ReactNode;
}

/** Backups at one place: how large, whether they open, to download and to delete. */
export function ArchiveList({ where, title, make }: ArchiveListProps) {
  const texts = useTexts();
  const { t, locale } = texts;
  const client = useQueryClient();
  const ask = useConfirm();
  const query = api.useQuery('get', '/api/v1/backups/archives', { params: { query: { where } } }, { retry: false });

  const remove = async (name: string) => {
    if (!(await ask({ title: t('bk.deleteTitle'), text: t('bk.deleteText', { name }), action: t('bk.delete'), danger: true }))) return;
    const { error, response } = await http.DELETE('/api/v1/backups/archives/{name}', { params: { path: { name }, query: { where } } });
    if (response.ok) toast.success(t('bk.deleted'));
    else toast.error(problemText(error, texts));
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/backups/archives'] });
  };
  const columns: Column<Archive>[] = [
    { id: 'made', header: t('bk.made'), cell: (row) => <When at={row.createdAt} />, width: 150, priority: 1 },
    {
      id: 'checked',
      header: t('bk.checked'),
      cell: (row) =>
        row.fault !== null ? (
          <Badge tone="bad">{t('bk.broken')}</Badge>
        ) : row.verifiedAt !== null ? (
          <Badge tone="ok">{t('bk.verified')}</Badge>
        ) : (
          <Badge tone="plain">{t('bk.notVerified')}</Badge>
        ),
      width: 160,
      priority: 1,
    },
    { id: 'size', header: t('bk.size'), cell: (row) => formatBytes(row.bytes, locale), width: 100, align: 'right', priority: 1 },
    { id: 'version', header: t('bk.version'), cell: (row) => row.version ?? '–', width: 90, priority: 3 },
    {
      id: 'file',
      header: t('bk.file'),
      cell: (row) => (
        <code className="font-mono text-xs" title={row.name}>
          {row.name}
        </code>
      ),
      width: 260,
      priority: 2,
    },
    {
      id: 'actions',
      header: t('bk.download'),
      cell: (row) => (
        <span className="flex gap-1">
          <a
            className={buttonStyle({ size: 'icon-sm' })}
            href={`/api/v1/backups/archives/${encodeURIComponent(row.name)}/file?where=${where}`}
            download={row.name}
            aria-label={t('bk.downloadOne', { name: row.name })}
          >
            <Download aria-hidden />
          </a>
          <Button
            size="icon-sm"
            look="danger-quiet"
            icon={Trash2}
            aria-label={t('bk.deleteOne', { name: row.name })}
            onClick={() => void remove(row.name)}
          />
        </span>
      ),
      width: 110,
      priority: 1,
    },
  ];
  return (
    <Card flush title={title} actions={query.data && query.data.items.length > 0 ? make : null}>
      {query.data ? (
        query.data.items.length === 0 ? (
          <EmptyState title={t('bk.emptyTitle')} text={t('bk.emptyText')} action={make} />
        ) : (
          <FittedRows caption={title} columns={columns} rows={query.data.items} rowKey={(row) => row.name} rowName={(row) => row.name} />
        )
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock className="p-5" />
      )}
    </Card>
  );
}
