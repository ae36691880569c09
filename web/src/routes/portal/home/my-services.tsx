import { api } from '#app/api/client.ts';
import { Card } from '#app/components/ui/card.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';

/** The service numbers that may be dialled. Nothing is shown where there are none. */
export function MyServices({ className }: { className?: string }) {
  const texts = useTexts();
  const { t } = texts;
  const codes = api.useQuery('get', '/api/v1/me/feature-codes').data?.items;
  if (!codes || codes.length === 0) return null;
  return (
    <Card title={t('codes.mine')} className={className}>
      <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-2">
        {codes.map(({ code, prefix, feature, description }) => (
          <div key={code} className="flex min-w-0 items-baseline gap-3">
            <dt className="tnum min-w-26 shrink-0 font-medium">{prefix ? t('codes.follow', { code }) : code}</dt>
            <dd className="min-w-0 text-muted">{description ? serverSentence(description, texts) : t(`app.${feature}`)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
