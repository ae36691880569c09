import { useQueryClient } from '@tanstack/react-query';
import { DatabaseBackup, Play } from 'lucide-react';
import { useState } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import type { Column } from '#app/components/table/columns.ts';
import { FittedRows } from '#app/components/table/rows.tsx';
import { Badge, StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { Ago, When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes } from '#app/lib/format.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';
import { JobRuns } from '#app/routes/admin/jobs/job-runs.tsx';

type Job = Schema<'Job'>;
type Backup = Schema<'Backup'>;
const tones = { ok: 'ok', warning: 'warn', failed: 'bad' } as const;

/** What the machine does by itself: last run, result, next run, run now (M-10); and the backups it has made. */
export function Jobs() {
  const texts = useTexts();
  const { t, maybe, locale } = texts;
  const client = useQueryClient();
  const jobs = api.useQuery('get', '/api/v1/jobs');
  const backups = api.useQuery('get', '/api/v1/backups');
  const run = api.useMutation('post', '/api/v1/jobs/{name}/run');
  const save = api.useMutation('post', '/api/v1/backups');

  const [shown, setShown] = useState<Job | null>(null);

  const start = async (job: Job) => {
    try {
      await run.mutateAsync({ params: { path: { name: job.name } } });
      toast.success(t('jobs.started', { name: maybe(`job.${job.name}`) ?? job.name }));
    } catch (error) {
      toast.error(problemText(error, texts));
    }
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/jobs'] });
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/backups'] });
  };
  const backup = async () => {
    try {
      await save.mutateAsync({});
      toast.success(t('backups.made'));
    } catch (error) {
      toast.error(problemText(error, texts));
    }
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/backups'] });
  };

  const jobColumns: Column<Job>[] = [
    {
      id: 'name',
      header: t('jobs.job'),
      cell: (row) => <span className="font-medium">{maybe(`job.${row.name}`) ?? row.name}</span>,
      width: 240,
      priority: 1,
    },
    {
      id: 'result',
      header: t('jobs.result'),
      cell: (row) =>
        row.running ? (
          <StatusLight tone="info" live>
            {t('jobs.running')}
          </StatusLight>
        ) : row.lastRun ? (
          <Badge tone={tones[row.lastRun.result]}>{t(`jobs.result.${row.lastRun.result}`)}</Badge>
        ) : (
          <span className="text-faint">{t('jobs.notYet')}</span>
        ),
      width: 120,
      priority: 1,
    },
    {
      id: 'message',
      header: t('jobs.message'),
      cell: (row) => {
        const said = row.lastRun ? serverSentence(row.lastRun.message, texts) : '–';
        return <span title={said}>{said}</span>;
      },
      width: 170,
      priority: 3,
    },
    { id: 'last', header: t('jobs.last'), cell: (row) => <Ago at={row.lastRun?.startedAt} />, width: 120, priority: 1 },
    { id: 'next', header: t('jobs.next'), cell: (row) => <Ago at={row.nextRunAt} />, width: 140, priority: 1 },
    {
      id: 'schedule',
      header: t('jobs.schedule'),
      cell: (row) => <code className="font-mono text-xs">{row.schedule}</code>,
      width: 120,
      priority: 3,
    },
    {
      id: 'run',
      header: t('jobs.runNow'),
      cell: (row) => (
        <Button
          size="sm"
          icon={Play}
          disabled={row.running}
          aria-label={t('jobs.runOne', { name: maybe(`job.${row.name}`) ?? row.name })}
          onClick={() => void start(row)}
        >
          {t('jobs.runNow')}
        </Button>
      ),
      width: 180,
      priority: 1,
    },
  ];
  const backupColumns: Column<Backup>[] = [
    {
      id: 'name',
      header: t('backups.file'),
      cell: (row) => <code className="font-mono text-xs">{row.name}</code>,
      width: 300,
      priority: 1,
    },
    { id: 'bytes', header: t('backups.size'), cell: (row) => formatBytes(row.bytes, locale), width: 110, align: 'right', priority: 1 },
    { id: 'createdAt', header: t('backups.when'), cell: (row) => <When at={row.createdAt} />, width: 150, priority: 1 },
  ];
  const makeBackup = (
    <Button look="primary" icon={DatabaseBackup} busy={save.isPending} onClick={() => void backup()}>
      {t('backups.make')}
    </Button>
  );

  return (
    <>
      <PageHeader title={t('nav.jobs')} text={t('jobs.text')} />
      <div className="grid gap-5">
        <Card flush title={t('jobs.jobs')}>
          {jobs.data ? (
            <FittedRows
              onOpen={setShown}
              caption={t('jobs.jobs')}
              columns={jobColumns}
              rows={jobs.data.items}
              rowKey={(row) => row.name}
              rowName={(row) => row.name}
            />
          ) : jobs.error ? (
            <LoadFailed message={problemText(jobs.error, texts)} onRetry={() => void jobs.refetch()} />
          ) : (
            <LoadingBlock className="p-5" />
          )}
        </Card>
        <Card
          flush
          title={t('backups.title')}
          text={t('backups.text')}
          actions={backups.data && backups.data.items.length > 0 ? makeBackup : null}
        >
          {backups.data ? (
            backups.data.items.length === 0 ? (
              <EmptyState title={t('backups.emptyTitle')} text={t('backups.emptyText')} action={makeBackup} />
            ) : (
              <FittedRows
                caption={t('backups.title')}
                columns={backupColumns}
                rows={backups.data.items}
                rowKey={(row) => row.name}
                rowName={(row) => row.name}
              />
            )
          ) : backups.error ? (
            <LoadFailed message={problemText(backups.error, texts)} onRetry={() => void backups.refetch()} />
          ) : (
            <LoadingBlock className="p-5" />
          )}
        </Card>
      </div>
      {shown && <JobRuns name={shown.name} onClose={() => setShown(null)} />}
    </>
  );
}
