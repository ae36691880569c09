import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Badge } from '#app/components/ui/badge.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { Tabs } from '#app/components/ui/tabs.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { Greetings } from '#app/routes/portal/voicemail/greetings.tsx';
import { MailboxSettings } from '#app/routes/portal/voicemail/mailbox-settings.tsx';
import { MessageList } from '#app/routes/portal/voicemail/message-list.tsx';
import type { Voicemail } from '#app/routes/portal/voicemail/use-voicemail.ts';

/** The own mailbox: messages, greetings, and how it is set. */
export function VoicemailPage() {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/me/voicemail');
  return (
    <>
      <PageHeader title={t('nav.voicemail')} text={query.data?.code ? t('voicemail.dial', { code: query.data.code }) : undefined} />
      {query.data ? (
        <Body box={query.data} />
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={6} />
      )}
    </>
  );
}

function Body({ box }: { box: Voicemail }) {
  const { t } = useTexts();
  const full = box.newMessages + box.savedMessages >= box.maxMessages || box.usedSeconds >= box.maxSeconds;
  return (
    <>
      {!box.permitted && (
        <Notice tone="info" className="mb-5" title={t('voicemail.notPermitted')}>
          {t('voicemail.notPermittedText')}
        </Notice>
      )}
      {full && (
        <Notice tone="warn" className="mb-5" title={t('voicemail.full')}>
          {t('voicemail.fullText')}
        </Notice>
      )}
      <Tabs
        label={t('nav.voicemail')}
        tabs={[
          {
            id: 'messages',
            label: (
              <>
                {t('voicemail.messages')}
                {box.newMessages > 0 && <Badge tone="primary">{t('voicemail.newCount', { count: box.newMessages })}</Badge>}
              </>
            ),
            content: <MessageList box={box} />,
          },
          { id: 'greetings', label: t('voicemail.greetings'), content: <Greetings box={box} /> },
          { id: 'settings', label: t('voicemail.settings'), content: <MailboxSettings box={box} /> },
        ]}
      />
    </>
  );
}
