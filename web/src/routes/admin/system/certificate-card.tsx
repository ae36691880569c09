import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Badge } from '#app/components/ui/badge.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';

const soonMs = 21 * 86_400_000;

/** The certificate that browsers and phones see, in short; its own page has the rest. */
export function CertificateCard() {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/certificates');
  const state = query.data;
  const shown = state?.items.find((each) => each.source === state.shown);
  const left = shown ? Date.parse(shown.validTo) - Date.now() : 0;
  return (
    <Card
      title={t('machine.certificate')}
      actions={
        <ButtonLink size="sm" to="/admin/certificates">
          {t('machine.certificateMore')}
        </ButtonLink>
      }
    >
      {state ? (
        shown ? (
          <KeyValues
            rows={[
              [
                t('machine.certificateNames'),
                <span key="n" className="break-all">
                  {shown.names.join(', ')}
                </span>,
              ],
              [t('machine.certificateIssuer'), shown.selfSigned ? t('machine.certificateSelf') : shown.issuer],
              [
                t('machine.certificateEnds'),
                <span key="e" className="inline-flex flex-wrap items-center gap-2">
                  <When at={shown.validTo} />
                  {left < soonMs && (
                    <Badge tone={left <= 0 ? 'bad' : 'warn'}>{t(left <= 0 ? 'machine.expired' : 'machine.expiresSoon')}</Badge>
                  )}
                </span>,
              ],
            ]}
          />
        ) : (
          <p className="text-muted">{t('machine.noTls')}</p>
        )
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock />
      )}
    </Card>
  );
}
