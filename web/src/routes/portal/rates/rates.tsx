import { keepPreviousData } from '@tanstack/react-query';
import { api } from '#app/api/client.ts';
import { RateLookup, useLookupQuestion } from '#app/components/rates/rate-lookup.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { useT } from '#app/i18n/index.ts';

/** What a call would cost, with a worked example. */
export function MyRates() {
  const t = useT();
  const question = useLookupQuestion();
  const answer = api.useQuery(
    'get',
    '/api/v1/me/rates/lookup',
    { params: { query: { number: question.digits, seconds: question.seconds } } },
    { enabled: question.ready, placeholderData: keepPreviousData },
  );
  const may = api.useQuery('get', '/api/v1/me/permissions').data;
  return (
    <>
      <PageHeader title={t('lookup.title')} text={t('my.ratesText')} />
      {may?.abroadRefusal != null && (
        <Notice className="mb-5 max-w-3xl" title={t('limits.noAbroad')}>
          {t(`limitsWhy.${may.abroadRefusal}`)}
        </Notice>
      )}
      {may?.abroadFree && <Notice className="mb-5 max-w-3xl">{t('limits.abroadFree')}</Notice>}
      <Card className="max-w-3xl">
        <RateLookup question={question} answer={answer} />
      </Card>
    </>
  );
}
