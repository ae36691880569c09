import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { ProgressBar, Stepper } from '#app/components/ui/progress.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { ImportMapping } from '#app/routes/admin/rate-import/import-mapping.tsx';
import { ImportPreview } from '#app/routes/admin/rate-import/import-preview.tsx';
import { ImportUpload } from '#app/routes/admin/rate-import/import-upload.tsx';

const busyStates = ['reading', 'checking', 'committing'] as const;
const busyState = (state: string) => busyStates.find((each) => each === state);

/** Upload, match the columns, look at what would change, commit: all rows or none. The job is in the address and survives a reload. */
export function RateImport() {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const navigate = useNavigate();
  const tariffId = Number(useParams().id);
  const [search, setSearch] = useSearchParams();
  const id = search.get('job') ?? '';
  const tariff = api.useQuery('get', '/api/v1/tariffs').data?.items.find((each) => each.id === tariffId);
  const query = api.useQuery(
    'get',
    '/api/v1/rate-imports/{id}',
    { params: { path: { id } } },
    // Events tell of progress too; asking as well keeps the bar honest while the stream is down.
    { enabled: id !== '', refetchInterval: ({ state }) => (state.data && busyState(state.data.state) ? 700 : false) },
  );
  const job = id === '' ? undefined : query.data;
  const busy = job && busyState(job.state);
  const back = `/admin/rates/${tariffId}`;
  const params = { path: { id } };

  const refresh = () => client.invalidateQueries({ queryKey: ['get', '/api/v1/rate-imports/{id}'] });

  const cancel = async () => {
    const { error, response } = await http.DELETE('/api/v1/rate-imports/{id}', { params });
    if (!response.ok && response.status !== 404) toast.error(problemText(error, texts));
    else {
      toast.message(t('import.cancelled'));
      await navigate(back);
    }
  };

  const commit = async (skipRejected: boolean) => {
    const { error, response } = await http.POST('/api/v1/rate-imports/{id}/commit', { params, body: skipRejected ? { skipRejected } : {} });
    if (!response.ok) toast.error(problemText(error, texts));
    await refresh();
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/tariffs'] });
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/tariffs/{id}/rates'] });
  };

  const step = !job
    ? 0
    : job.state === 'reading' || job.state === 'mapping'
      ? 1
      : job.state === 'done'
        ? 4
        : job.state === 'committing'
          ? 3
          : 2;

  return (
    <>
      <PageHeader
        title={t('rate.import')}
        crumbs={[{ label: tariff ? `${t('nav.rates')}: ${tariff.name}` : t('nav.rates'), to: back }]}
        text={job?.fileName ?? t('import.text')}
      />
      <div className="mb-5">
        <Stepper
          label={t('import.steps')}
          steps={[t('import.upload'), t('import.map'), t('import.check'), t('import.commit')]}
          current={step}
        />
      </div>
      {id === '' && <ImportUpload tariffId={tariffId} onStarted={(job) => setSearch({ job })} />}
      {id !== '' &&
        !job &&
        (query.error ? <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} /> : <LoadingBlock />)}
      {job && (
        <div className="grid gap-5" aria-live="polite">
          {busy && (
            <Card>
              <div className="flex items-center gap-4">
                <div className="min-w-0 flex-1">
                  <p className="mb-2 font-medium">
                    {t(`import.state.${busy}`)} <span className="tnum text-muted">{`${Math.round(job.progress * 100)} %`}</span>
                  </p>
                  <ProgressBar value={job.progress} label={t(`import.state.${busy}`)} />
                </div>
                {job.state !== 'committing' && <Button onClick={() => void cancel()}>{t('ui.cancel')}</Button>}
              </div>
            </Card>
          )}
          {job.state === 'failed' && (
            <Notice
              tone="bad"
              title={t('import.failed')}
              actions={
                <Button size="sm" onClick={() => setSearch({})}>
                  {t('import.another')}
                </Button>
              }
            >
              {job.error?.message}
            </Notice>
          )}
          {job.state === 'cancelled' && (
            <Notice
              actions={
                <Button size="sm" onClick={() => setSearch({})}>
                  {t('import.another')}
                </Button>
              }
            >
              {t('import.cancelled')}
            </Notice>
          )}
          {job.state === 'done' && (
            <Notice
              tone="ok"
              title={t('import.done')}
              actions={
                <ButtonLink look="primary" size="sm" to={back}>
                  {t('import.toRates')}
                </ButtonLink>
              }
            >
              {job.counts &&
                t('import.doneCounts', {
                  create: job.counts.create,
                  update: job.counts.update,
                  skip: job.counts.skip,
                  delete: job.counts.delete,
                })}
            </Notice>
          )}
          {(job.state === 'mapping' || job.state === 'ready') && (
            <ImportMapping key={`${job.state}-${job.columns.length}`} job={job} onChanged={() => void refresh()} />
          )}
          {job.state === 'ready' && <ImportPreview job={job} onCommit={commit} onCancel={() => void cancel()} />}
        </div>
      )}
    </>
  );
}
