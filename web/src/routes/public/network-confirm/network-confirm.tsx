import { useQuery } from '@tanstack/react-query';
import { http } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useLinkToken } from '#app/lib/token.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';

/**
 * Where the network page leads to at the new address: that this page opens there proves that the machine is reached there, so its token keeps the
 * change. Public: at another address the browser has no session.
 */
export function NetworkConfirm() {
  const texts = useTexts();
  const { t } = texts;
  const token = useLinkToken();
  // A query though it changes something: it is asked exactly once for a token, however often this page is drawn.
  const result = useQuery({
    queryKey: ['network-confirm', token],
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    queryFn: async () => {
      const { data, error } = await http.POST('/api/v1/host/network/confirm', { body: { token: token ?? '' } });
      if (!data) throw error;
      return data;
    },
  });
  const onward = <ButtonLink to="/admin/network">{t('netConfirm.toPages')}</ButtonLink>;

  if (token === null)
    return (
      <FrontCard title={t('netConfirm.title')}>
        <Notice tone="warn" actions={onward}>
          {t('netConfirm.noToken')}
        </Notice>
      </FrontCard>
    );
  if (result.error) {
    const { code } = problemOf(result.error);
    return (
      <FrontCard title={t('netConfirm.failedTitle')}>
        <Notice
          tone="bad"
          actions={
            <>
              {code === 'network' && <Button onClick={() => void result.refetch()}>{t('ui.retry')}</Button>}
              {onward}
            </>
          }
        >
          {code === 'nothing-pending' ? t('netConfirm.tooLate') : problemText(result.error, texts)}
        </Notice>
      </FrontCard>
    );
  }
  if (!result.data)
    return (
      <FrontCard title={t('netConfirm.title')}>
        <LoadingBlock />
      </FrontCard>
    );
  return (
    <FrontCard title={t('netConfirm.keptTitle')} text={t('netConfirm.keptText', { address: location.host })}>
      <ButtonLink look="primary" size="lg" to="/admin/network">
        {t('netConfirm.toPages')}
      </ButtonLink>
    </FrontCard>
  );
}
