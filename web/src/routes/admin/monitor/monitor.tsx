import { Radar } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { classOf, statusText } from '#app/components/calls/sip-status.tsx';
import { useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues, StatTile } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes, formatCount, formatSpan } from '#app/lib/format.ts';
import { MediaCards } from '#app/routes/admin/monitor/media-cards.tsx';

/** The machine room: what H-8 names, refreshed every three seconds. */
export function Monitor() {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/monitor', {}, { refetchInterval: 3000 });
  return (
    <>
      <PageHeader title={t('nav.monitor')} text={t('monitor.text')} />
      {query.data ? (
        <Figures monitor={query.data} />
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock />
      )}
      <Ping />
    </>
  );
}

function Figures({ monitor }: { monitor: Schema<'Monitor'> }) {
  const texts = useTexts();
  const { t, locale } = texts;
  const count = (n: number | undefined) => <span className="tnum">{formatCount(n ?? 0, locale)}</span>;
  const list = (values: Record<string, number>, name: (key: string) => string) =>
    Object.entries(values).map(([key, value]) => [name(key), count(value)] as const);
  return (
    <div className="grid gap-5">
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <StatTile
          label={t('monitor.transactions')}
          value={count(monitor.transactions.current)}
          note={t('monitor.waiting', { count: monitor.transactions.waiting })}
        />
        <StatTile
          label={t('nav.activeCalls')}
          value={count(monitor.calls.active)}
          note={t('monitor.talking', { count: monitor.calls.talking })}
        />
        <StatTile
          label={t('nav.registrations')}
          value={count(monitor.registrations.registered)}
          note={t('monitor.expired', { count: monitor.registrations.expired })}
        />
        <StatTile
          label={t('monitor.memory')}
          value={formatBytes(monitor.process.memoryBytes, locale)}
          note={t('monitor.cpu', { seconds: Math.round(monitor.process.cpuSeconds) })}
        />
      </div>
      <div className="grid items-start gap-5 md:grid-cols-2 xl:grid-cols-3">
        <Card title={t('monitor.server')}>
          <KeyValues
            rows={[
              [t('monitor.version'), monitor.version],
              [t('monitor.upSince'), formatSpan(monitor.upSeconds, locale)],
              [t('monitor.process'), count(monitor.process.pid)],
              [t('monitor.listeners'), count(monitor.liveListeners)],
            ]}
          />
        </Card>
        <Card title={t('monitor.transactions')}>
          <KeyValues
            rows={[
              [t('monitor.asServer'), count(monitor.transactions.server)],
              [t('monitor.asClient'), count(monitor.transactions.client)],
              [t('monitor.total'), count(monitor.transactions.total)],
              [t('monitor.local'), count(monitor.transactions.local)],
            ]}
          />
        </Card>
        <Card title={t('monitor.replies')}>
          <KeyValues rows={list(monitor.repliesByClass, (key) => `${key} ${t(`sipClass.${classOf(Number(key[0]) * 100)}`)}`)} />
        </Card>
        <Card title={t('monitor.stateless')}>
          <KeyValues rows={list(monitor.stateless, (key) => (/^\d+$/.test(key) ? `${key} ${statusText(Number(key), texts)}` : key))} />
        </Card>
        <Card title={t('monitor.transport')}>
          <KeyValues rows={list(monitor.transport, (key) => texts.maybe(`monitor.transport.${key}`) ?? key)} />
        </Card>
        <MediaCards media={monitor.media} />
        <Card title={t('monitor.keepAlive')}>
          <KeyValues rows={list(monitor.keepAlive, (key) => texts.maybe(`monitor.keepAlive.${key}`) ?? key)} />
        </Card>
        <Card title={t('monitor.stun')}>
          <KeyValues rows={list(monitor.stun, (key) => texts.maybe(`monitor.stun.${key}`) ?? key)} />
        </Card>
        <Card title={t('monitor.layer')}>
          <KeyValues rows={list(monitor.layer, (key) => texts.maybe(`monitor.layer.${key}`) ?? key)} />
        </Card>
      </div>
    </div>
  );
}

const target = z.object({ uri: z.string().trim().min(1, 'invalid.required') });

/** Sends OPTIONS to any SIP address and tells what came back. */
function Ping() {
  const texts = useTexts();
  const { t } = texts;
  const form = useZodForm(target, { uri: '' });
  const ping = api.useMutation('post', '/api/v1/ping');
  const [result, setResult] = useState<Schema<'PingResult'> | null>(null);
  const submit = form.handleSubmit(async (body) => {
    setResult(null);
    try {
      setResult(await ping.mutateAsync({ body }));
    } catch (error) {
      form.setError('uri', { message: problemText(error, texts) });
    }
  });
  return (
    <Card title={t('monitor.ping')} text={t('monitor.pingText')} className="mt-5">
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-3 sm:grid-cols-[1fr_auto]">
        <Field label={t('monitor.pingTarget')} error={form.formState.errors.uri?.message} required>
          {(control) => (
            <Input {...control} {...form.register('uri')} placeholder="sip:192.0.2.10:5060" spellCheck={false} data-page-search />
          )}
        </Field>
        <Button type="submit" icon={Radar} busy={ping.isPending} className="sm:mt-6.5">
          {t('monitor.pingButton')}
        </Button>
      </form>
      {result && (
        <Notice
          tone={result.ok ? 'ok' : 'bad'}
          className="mt-4"
          title={result.ok ? t('monitor.pingOk', { uri: result.uri }) : t('monitor.pingFailed', { uri: result.uri })}
        >
          {result.status === null ? result.reason : `${result.status} ${statusText(result.status, texts)}`}
          {result.rttMs !== null && `, ${result.rttMs.toFixed(1)} ms`}
        </Notice>
      )}
    </Card>
  );
}
