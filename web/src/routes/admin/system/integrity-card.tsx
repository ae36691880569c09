import { useQueryClient } from '@tanstack/react-query';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { Ago } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** Is the disc or stick still as it was made? */
export function IntegrityCard() {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const { data } = api.useQuery(
    'get',
    '/api/v1/integrity',
    {},
    { refetchInterval: (query) => (query.state.data?.running ? 2000 : 60_000) },
  );
  if (!data?.appliance) return null;
  const start = async () => {
    const { error, response } = await http.POST('/api/v1/jobs/{name}/run', { params: { path: { name: 'integrity' } } });
    if (!response.ok) toast.error(problemText(error, texts));
    // The thread begins a moment after the answer.
    setTimeout(() => void client.invalidateQueries({ queryKey: ['get', '/api/v1/integrity'] }), 500);
  };
  const state = data.running ? 'running' : data.checkedAt === null ? 'never' : data.bad.length > 0 ? 'bad' : 'good';
  return (
    <Card
      title={t('integrity.title')}
      text={t('integrity.text')}
      actions={
        <Button size="sm" busy={data.running} onClick={() => void start()}>
          {t('integrity.now')}
        </Button>
      }
    >
      <KeyValues
        rows={[
          [
            t('integrity.state'),
            <StatusLight key="s" tone={state === 'bad' ? 'bad' : state === 'good' ? 'ok' : 'plain'}>
              {t(`integrity.state.${state}`)}
            </StatusLight>,
          ],
          data.checkedAt !== null && [t('integrity.last'), <Ago key="a" at={data.checkedAt} />],
          data.bad.length > 0 && [
            t('integrity.files'),
            <ul key="f" className="font-mono text-sm break-all">
              {data.bad.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>,
          ],
        ]}
      />
    </Card>
  );
}
