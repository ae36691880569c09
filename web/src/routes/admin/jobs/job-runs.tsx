import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Actor } from '#app/components/actor.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';

const tones = { ok: 'ok', warning: 'warn', failed: 'bad' } as const;

/** The last runs of one job, and what each had to say. */
export function JobRuns({ name, onClose }: { name: string; onClose: () => void }) {
  const texts = useTexts();
  const { t, maybe } = texts;
  const query = api.useQuery('get', '/api/v1/jobs/{name}/runs', { params: { path: { name } } });
  return (
    <Dialog open onClose={onClose} place="side" title={maybe(`job.${name}`) ?? name} description={t('jobs.runs')}>
      {query.data ? (
        query.data.items.length === 0 ? (
          <p className="text-muted">{t('jobs.noRuns')}</p>
        ) : (
          <ul className="divide-y divide-line">
            {query.data.items.map((run) => (
              <li key={run.startedAt} className="py-2.5">
                <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <Badge tone={tones[run.result]}>{t(`jobs.result.${run.result}`)}</Badge>
                  <When at={run.startedAt} />
                  <span className="tnum text-muted">{`${run.durationMs} ms`}</span>
                  {run.actor !== null && (
                    <span className="text-muted">
                      <Actor name={run.actor} />
                    </span>
                  )}
                </p>
                {run.message && <p className="mt-1 text-muted">{serverSentence(run.message, texts)}</p>}
              </li>
            ))}
          </ul>
        )
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock />
      )}
    </Dialog>
  );
}
