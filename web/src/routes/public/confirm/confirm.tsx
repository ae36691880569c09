import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { http } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import { DeviceGuide } from '#app/components/device/device-guide.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { CopyButton } from '#app/components/ui/copy-button.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useLinkToken } from '#app/lib/token.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { sessionQuery } from '#app/session/session.ts';

/** Where the link of the sign-up mail leads: a number, the SIP password for this one time, and how to set the phone up. */
export function Confirm() {
  const texts = useTexts();
  const { t } = texts;
  const token = useLinkToken();
  const client = useQueryClient();
  // A query though it changes something: it is asked exactly once for a token, however often this page is drawn.
  const result = useQuery({
    queryKey: ['signup-confirm', token],
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    queryFn: async () => {
      const { data, error } = await http.POST('/api/v1/signups/confirm', { body: { token: token ?? '' } });
      if (!data) throw error;
      return data;
    },
  });
  const confirmed = result.data?.status;
  useEffect(() => {
    if (confirmed === 'active') void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [confirmed, client]);

  if (token === null || result.error)
    return (
      <FrontCard title={t('confirm.title')}>
        <Notice
          tone="warn"
          actions={
            <>
              <ButtonLink to="/login">{t('confirm.toLogin')}</ButtonLink>
              {/* A new link comes with a new sign-up; whoever used his has an account. */}
              {problemOf(result.error).code !== 'link-used' && <ButtonLink to="/signup">{t('confirm.again')}</ButtonLink>}
            </>
          }
        >
          {token === null ? t('confirm.badLink') : problemText(result.error, texts)}
        </Notice>
      </FrontCard>
    );
  if (!result.data)
    return (
      <FrontCard title={t('confirm.title')}>
        <LoadingBlock />
      </FrontCard>
    );
  const { status, number, sipPassword, device, provisioning } = result.data;
  if (status === 'pending') return <FrontCard title={t('confirm.pendingTitle')} text={t('confirm.pendingText')} />;
  return (
    <FrontCard title={t('confirm.activeTitle', { number: number ?? '' })} text={t('confirm.activeText')} wide>
      {sipPassword && (
        <div className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-lg border border-brass-bright bg-brass-soft px-4 py-3">
          <span className="label-caps text-brass">{t('device.sipPassword')}</span>
          <code className="font-mono text-lg font-semibold break-all" data-testid="sip-password">
            {sipPassword}
          </code>
          <CopyButton text={sipPassword} name={t('device.sipPassword')} />
        </div>
      )}
      {device && (
        <DeviceGuide
          settings={device}
          sipPassword={sipPassword}
          firstLink={provisioning}
          createLink={async () => {
            const { data, error } = await http.POST('/api/v1/me/provisioning-links');
            if (!data) throw error;
            return data;
          }}
        />
      )}
      <div className="mt-8">
        <ButtonLink look="primary" size="lg" to="/my">
          {t('confirm.toPortal')}
        </ButtonLink>
      </div>
    </FrontCard>
  );
}
