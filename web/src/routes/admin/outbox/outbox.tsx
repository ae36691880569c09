import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { MailCheck, RotateCw } from 'lucide-react';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { FilterSelect } from '#app/components/filter-select.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { type Selection, useSelection } from '#app/components/table/selection.ts';
import { Badge, type Tone } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { KeyValues } from '#app/components/ui/card.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { useInfo } from '#app/session/session.ts';

type Row = Schema<'OutboxMail'>;
type Query = QueryOf<'/api/v1/outbox'>;
const states = ['queued', 'sent', 'kept', 'failed'] as const;
const tones: Record<Row['state'], Tone> = { queued: 'info', sent: 'ok', kept: 'warn', failed: 'bad' };
const filterNames = ['state'] as const;

/** Every mail of this server. With no mail server set they wait here, to be read and passed on by hand. */
export function Outbox() {
  const texts = useTexts();
  const { t, maybe } = texts;
  const list = useListState({ sort: '-createdAt', filters: filterNames });
  const [search, setSearch] = useSearchParams();
  const selection = useSelection();
  const open = Number(search.get('mail'));
  const query = api.useQuery('get', '/api/v1/outbox', { params: { query: listQuery<Query>(list) } }, { placeholderData: keepPreviousData });

  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: 'subject', header: t('outbox.subject'), cell: (row) => row.subject, csv: (row) => row.subject, width: 280, priority: 1 },
      { id: 'to', header: t('call.to'), cell: (row) => row.to, csv: (row) => row.to, sort: 'to', width: 210, priority: 1 },
      {
        id: 'template',
        header: t('outbox.kind'),
        cell: (row) => maybe(`mail.${row.template}`) ?? row.template,
        csv: (row) => row.template,
        width: 150,
        priority: 3,
      },
      {
        id: 'state',
        header: t('active.state'),
        cell: (row) => <Badge tone={tones[row.state]}>{t(`outbox.state.${row.state}`)}</Badge>,
        csv: (row) => row.state,
        sort: 'state',
        width: 120,
        priority: 1,
      },
      {
        id: 'createdAt',
        header: t('ledger.when'),
        cell: (row) => <When at={row.createdAt} />,
        csv: (row) => row.createdAt,
        sort: 'createdAt',
        downFirst: true,
        width: 130,
        priority: 2,
      },
    ],
    [t, maybe],
  );

  const show = (id: number | null) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (id === null) next.delete('mail');
        else next.set('mail', String(id));
        return next;
      },
      { preventScrollReset: true },
    );

  return (
    <>
      <PageHeader
        title={t('nav.outbox')}
        text={t('outbox.text')}
        actions={<ButtonLink to="/admin/settings?key=smtpUrl">{t('outbox.settings')}</ButtonLink>}
      />
      <Kept onShow={() => list.setFilter('state', 'kept')} shown={list.filters.state === 'kept'} />
      <List
        id="outbox"
        caption={t('nav.outbox')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.subject}
        onOpen={(row) => show(row.id)}
        selection={selection}
        bulk={<SendSelected selection={selection} />}
        searchLabel={t('outbox.search')}
        filters={
          <FilterSelect
            label={t('active.state')}
            value={list.filters.state}
            onChange={(value) => list.setFilter('state', value)}
            choices={states.map((state) => [state, t(`outbox.state.${state}`)])}
          />
        }
        exportPage={async (page, pageSize) => {
          const { data, error } = await http.GET('/api/v1/outbox', { params: { query: { ...listQuery<Query>(list), page, pageSize } } });
          if (!data) throw error;
          return data;
        }}
        empty={
          <EmptyState
            title={t('outbox.emptyTitle')}
            text={t('outbox.emptyText')}
            action={
              <ButtonLink look="primary" to="/admin/settings?key=smtpUrl">
                {t('outbox.settings')}
              </ButtonLink>
            }
          />
        }
      />
      {open > 0 && <MailDialog id={open} onClose={() => show(null)} />}
    </>
  );
}

/** Addresses in the text become links; the rest stays text. */
const withLinks = (text: string) =>
  text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, in their order
      <a key={index} href={part} className="break-all text-primary underline">
        {part}
      </a>
    ) : (
      part
    ),
  );

const useRefreshOutbox = () => {
  const client = useQueryClient();
  return () => client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/outbox') });
};

/** Once there is a mail server: mails that were kept before do not leave by themselves, their links may be old. */
function Kept({ shown, onShow }: { shown: boolean; onShow: () => void }) {
  const { t } = useTexts();
  const info = useInfo();
  const kept = api.useQuery('get', '/api/v1/outbox', { params: { query: { state: 'kept', pageSize: 1 } } });
  if (!info?.sendsMail || !kept.data?.total) return null;
  return (
    <Notice
      className="mb-5"
      title={t('outbox.keptTitle', { count: kept.data.total })}
      actions={
        !shown && (
          <Button size="sm" onClick={onShow}>
            {t('outbox.showKept')}
          </Button>
        )
      }
    >
      {t('outbox.keptText')}
    </Notice>
  );
}

function SendSelected({ selection }: { selection: Selection }) {
  const texts = useTexts();
  const refresh = useRefreshOutbox();
  const send = api.useMutation('post', '/api/v1/outbox/retry');
  const run = async () => {
    try {
      const { queued } = await send.mutateAsync({ body: { ids: [...selection.keys] } });
      toast.success(texts.t('outbox.queued', { count: queued }));
      selection.clear();
      await refresh();
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };
  return (
    <Button size="sm" icon={MailCheck} busy={send.isPending} onClick={() => void run()}>
      {texts.t('outbox.retry')}
    </Button>
  );
}

function MailDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const refresh = useRefreshOutbox();
  const info = useInfo();
  const query = api.useQuery('get', '/api/v1/outbox/{id}', { params: { path: { id } } });
  const retry = api.useMutation('post', '/api/v1/outbox/{id}/retry');
  const mail = query.data;
  const again = async () => {
    try {
      await retry.mutateAsync({ params: { path: { id } } });
      toast.success(t('outbox.retried'));
      await refresh();
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      place="side"
      title={mail?.subject ?? t('nav.outbox')}
      footer={
        mail &&
        mail.state !== 'sent' &&
        info &&
        (info.sendsMail ? (
          <Button icon={mail.state === 'failed' ? RotateCw : MailCheck} busy={retry.isPending} onClick={() => void again()}>
            {t('outbox.retry')}
          </Button>
        ) : (
          <ButtonLink to="/admin/settings?key=smtpUrl">{t('outbox.settings')}</ButtonLink>
        ))
      }
    >
      {mail ? (
        <>
          <KeyValues
            rows={[
              [t('call.to'), mail.to],
              [
                t('active.state'),
                <Badge key="s" tone={tones[mail.state]}>
                  {t(`outbox.state.${mail.state}`)}
                </Badge>,
              ],
              [t('outbox.created'), <When key="w" at={mail.createdAt} />],
              mail.sentAt !== null && [t('outbox.sentAt'), <When key="t" at={mail.sentAt} />],
              mail.attachmentName !== null && [t('outbox.attachment'), mail.attachmentName],
              [t('outbox.attempts'), mail.attempts],
              mail.lastError !== null && [
                t('outbox.lastError'),
                <span key="e" className="text-bad">
                  {mail.lastError}
                </span>,
              ],
            ]}
          />
          <div className="mt-5 rounded-lg border border-line bg-raised p-4 whitespace-pre-wrap">{withLinks(mail.text)}</div>
        </>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock />
      )}
    </Dialog>
  );
}
