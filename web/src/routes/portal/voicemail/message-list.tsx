import { keepPreviousData } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { Pagination } from '#app/components/table/pagination.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed, NoMatch } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';
import { useListState } from '#app/lib/list-state.ts';
import { MessageRow } from '#app/routes/portal/voicemail/message-row.tsx';
import type { Message, Voicemail } from '#app/routes/portal/voicemail/use-voicemail.ts';

/** What was said on the phone, the newest first. */
export function MessageList({ box }: { box: Voicemail }) {
  const texts = useTexts();
  const { t } = texts;
  const list = useListState({ sort: '-receivedAt', filters: ['state'] as const });
  const { state } = list.filters;
  const wanted = Number(useSearchParams()[0].get('message'));
  const query = api.useQuery(
    'get',
    '/api/v1/me/voicemail/messages',
    { params: { query: { page: list.page, pageSize: list.pageSize, ...(state && { state: state as Message['state'] }) } } },
    { placeholderData: keepPreviousData },
  );
  // A link to a message that stands on a later page, or was deleted: it goes before the others.
  const items = query.data?.items ?? [];
  const isElsewhere = wanted > 0 && query.data !== undefined && list.page === 1 && !state && !items.some(({ id }) => id === wanted);
  const one = api.useQuery('get', '/api/v1/me/voicemail/messages/{id}', { params: { path: { id: wanted } } }, { enabled: isElsewhere });
  const shown = isElsewhere && one.data ? [one.data, ...items] : items;
  return (
    <Card
      flush
      title={t('voicemail.messages')}
      text={t('voicemail.usage', {
        count: box.newMessages + box.savedMessages,
        most: box.maxMessages,
        used: formatTalk(box.usedSeconds),
        room: formatTalk(box.maxSeconds),
      })}
      actions={
        <FilterSelect
          label={t('my.show')}
          all={t('voicemail.show.all')}
          value={state}
          onChange={(value) => list.setFilter('state', value)}
          choices={(['new', 'saved', 'deleted'] as const).map((each) => [each, t(`voicemail.show.${each}`)])}
        />
      }
    >
      {isElsewhere && one.error !== null && (
        <Notice tone="info" className="mx-4 mb-4 md:mx-5">
          {problemOf(one.error).status === 404 ? t('voicemail.gone') : problemText(one.error, texts)}
        </Notice>
      )}
      {query.data ? (
        shown.length === 0 ? (
          state ? (
            <NoMatch onClear={() => list.setFilter('state', '')} />
          ) : (
            <EmptyState
              title={t('voicemail.emptyTitle')}
              text={t('voicemail.emptyText')}
              action={
                <ButtonLink look="primary" to="/my/voicemail?tab=greetings">
                  {t('voicemail.toGreetings')}
                </ButtonLink>
              }
            />
          )
        ) : (
          <>
            <ul aria-label={t('voicemail.messages')} className="divide-y divide-line border-t border-line">
              {shown.map((message) => (
                <MessageRow key={message.id} message={message} retentionDays={box.retentionDays} />
              ))}
            </ul>
            <div className="border-t border-line">
              <Pagination list={list} total={query.data.total} />
            </div>
          </>
        )
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <div className="p-5">
          <LoadingBlock lines={4} />
        </div>
      )}
    </Card>
  );
}
