import { CircleX, CornerUpRight, Headset, PhoneCall, PhoneForwarded, Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { z } from 'zod';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { useZodForm } from '#app/components/form.tsx';
import { Money } from '#app/components/money.tsx';
import { StepList } from '#app/components/step-list.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatSpan } from '#app/lib/format.ts';

const question = z.object({ from: z.string().trim().min(1, 'invalid.required'), dialled: z.string().trim().min(1, 'invalid.required') });

type Result = Schema<'RouteResult'>;
type Stage = Schema<'RouteStage'>;

/** What would happen if X dialled Y: the plan, the price and the reasons, answered by the code that carries calls. */
export function RouteTest() {
  const texts = useTexts();
  const { t } = texts;
  const [search, setSearch] = useSearchParams();
  const asked = { from: search.get('from') ?? '', dialled: search.get('dialled') ?? '' };
  const form = useZodForm(question, asked);
  const { errors } = form.formState;
  // The question stands in the address, so it is a query: Back works, and a link shows the same.
  const ready = asked.from !== '' && asked.dialled !== '';
  const test = api.useQuery('post', '/api/v1/route-test', { body: { ...asked, seconds: 60 } }, { enabled: ready, retry: false, gcTime: 0 });

  const submit = form.handleSubmit((values) => {
    if (values.from === asked.from && values.dialled === asked.dialled) void test.refetch();
    else setSearch(values);
  });

  return (
    <>
      <PageHeader title={t('nav.routeTest')} text={t('test.text')} />
      <Card className="mb-5">
        <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4 sm:grid-cols-[1fr_1fr_auto]">
          <Field label={t('test.from')} hint={t('test.fromHint')} error={errors.from?.message} required>
            {(control) => (
              <Input {...control} {...form.register('from')} className="tnum" autoComplete="off" autoFocus={!asked.from} data-page-search />
            )}
          </Field>
          <Field label={t('test.dialled')} hint={t('test.dialledHint')} error={errors.dialled?.message} required>
            {(control) => (
              <Input {...control} {...form.register('dialled')} className="tnum" autoComplete="off" autoFocus={asked.from !== ''} />
            )}
          </Field>
          <Button type="submit" look="primary" icon={Route} busy={test.isFetching} className="sm:mt-6.5">
            {t('test.submit')}
          </Button>
        </form>
        <p className="mt-2 text-xs text-muted">{t('test.again')}</p>
      </Card>
      <div aria-live="polite">
        {ready && test.error && <Notice tone="bad">{problemText(test.error, texts)}</Notice>}
        {ready && test.isPending && <LoadingBlock />}
        {ready && test.data && <Answer result={test.data} />}
      </div>
    </>
  );
}

function Answer({ result }: { result: Result }) {
  const { t, maybe, locale } = useTexts();
  const { price, refusal } = result;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[3fr_2fr]">
      <div className="grid gap-5">
        {refusal && (
          <Notice tone="bad" title={t('test.refused', { reason: maybe(`refusal.${refusal.code}`) ?? refusal.reason })}>
            {`SIP ${refusal.status}. ${maybe(`refusalDo.${refusal.code}`) ?? refusal.text}`}
          </Notice>
        )}
        {result.stages
          .filter((stage) => stage.kind !== 'reject')
          // A mailbox has a stage for each reason that a call comes to it; they look the same.
          .filter((stage, index, all) => stage.app !== 'voicemail' || all.findIndex(({ app }) => app === 'voicemail') === index)
          .map((stage, index) => (
            // A plan's stages have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <StageCard key={index} stage={stage} result={result} />
          ))}
        {price && (
          <Card title={`${price.prefix} ${price.name}`}>
            <KeyValues
              rows={[
                [
                  t('rate.price'),
                  <span key="p">
                    <Money value={price.pricePerMinute} /> {t('rate.perMinute')}
                  </span>,
                ],
                [t('rate.connectFee'), <Money key="c" value={price.connectFee} />],
                [t('rate.increments'), <span key="i" className="tnum">{`${price.firstIncrement}/${price.nextIncrement} s`}</span>],
                [
                  t('rate.exampleFor', { time: formatSpan(price.exampleSeconds, locale) }),
                  <Money key="e" value={price.exampleCost} className="font-semibold" />,
                ],
                price.affordableSeconds !== null && [
                  t('money.available'),
                  t('test.lasts', { time: formatSpan(price.affordableSeconds, locale) }),
                ],
              ]}
            />
          </Card>
        )}
      </div>
      <Card title={t('test.why')}>
        <StepList steps={result.explanation} kind="route" />
      </Card>
    </div>
  );
}

const Line = ({ icon: Icon, title, children }: { icon: typeof Route; title: string; children?: ReactNode }) => (
  <Card>
    <div className="flex gap-4">
      <span className="grid size-10 shrink-0 place-items-center rounded-full bg-primary-soft text-primary">
        <Icon className="size-5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="font-display text-lg font-semibold">{title}</h2>
        <div className="mt-1 text-muted">{children}</div>
      </div>
    </div>
  </Card>
);

function StageCard({ stage, result }: { stage: Stage; result: Result }) {
  const { t } = useTexts();
  const destination = result.destination || (result.e164 ? `+${result.e164}` : '');
  if (stage.kind === 'ring') {
    const phones = (stage.phones ?? []).flat();
    return (
      <Line icon={PhoneCall} title={t('test.rings', { name: destination })}>
        {phones.length === 0 ? t('test.noPhones') : t('test.phones', { count: phones.length, seconds: stage.ringSeconds ?? 0 })}
        <ul className="mt-1 grid gap-0.5 font-mono text-xs">
          {phones.map((contact) => (
            <li key={contact} className="break-all">
              {contact}
            </li>
          ))}
        </ul>
      </Line>
    );
  }
  if (stage.kind === 'bridge')
    return (
      <Line icon={PhoneForwarded} title={t('test.goesOut', { destination })}>
        <p>{t('test.gateways')}</p>
        <ol className="mt-1 list-decimal pl-5">
          {(stage.gateways ?? []).map((gateway) => (
            <li key={gateway.id}>
              <span className="font-medium text-ink">{gateway.name}</span>, {t('test.sends', { number: gateway.sends })}
            </li>
          ))}
        </ol>
        {result.price === null && <p className="mt-1">{t('test.notCharged')}</p>}
      </Line>
    );
  if (stage.kind === 'app') {
    const service = [t(`app.${stage.app ?? 'announcement'}`), stage.app === 'voicemail' ? '' : (stage.argument ?? '')]
      .filter(Boolean)
      .join(' ');
    return <Line icon={Headset} title={t(stage.app === 'voicemail' ? 'test.then' : 'test.answers', { service })} />;
  }
  if (stage.kind === 'redirect')
    return <Line icon={CornerUpRight} title={t('test.redirected', { target: (stage.contacts ?? []).join(', ') })} />;
  return (
    <Line icon={CircleX} title={stage.reason ?? String(stage.status ?? '')}>
      {stage.text}
    </Line>
  );
}
