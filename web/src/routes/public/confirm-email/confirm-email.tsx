import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useLinkToken } from '#app/lib/token.ts';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { sessionQuery } from '#app/session/session.ts';

/** Where the mail to a new address leads: the address becomes the account's. */
export function ConfirmEmail() {
  const texts = useTexts();
  const { t } = texts;
  const token = useLinkToken();
  const client = useQueryClient();
  // A query though it changes something: it is asked exactly once for a token, however often this page is drawn.
  const result = useQuery({
    queryKey: ['email-confirm', token],
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    queryFn: async () => {
      const { data, error } = await http.POST('/api/v1/email-changes/confirm', { body: { token: token ?? '' } });
      if (!data) throw error;
      return data;
    },
  });
  const email = result.data?.email;
  useEffect(() => {
    if (email) void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [email, client]);

  if (token !== null && !result.error && !email)
    return (
      <FrontCard title={t('emailChange.confirmTitle')}>
        <LoadingBlock />
      </FrontCard>
    );
  return (
    <FrontCard title={t('emailChange.confirmTitle')}>
      <Notice tone={email ? 'ok' : 'warn'} actions={<ButtonLink to="/my/profile">{t('emailChange.toProfile')}</ButtonLink>}>
        {email ? t('emailChange.done', { email }) : token === null ? t('emailChange.badLink') : problemText(result.error, texts)}
      </Notice>
    </FrontCard>
  );
}
