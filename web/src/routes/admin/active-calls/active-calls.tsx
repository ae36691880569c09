import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { PhoneOff } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { QueryOf, Schema } from '#app/api/types.ts';
import { DirectionIcon } from '#app/components/calls/calls-list.tsx';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { Money } from '#app/components/money.tsx';
import { PersonLink } from '#app/components/person-link.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { List } from '#app/components/table/list.tsx';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { EmptyState } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';
import { listQuery, useListState } from '#app/lib/list-state.ts';
import { useNow } from '#app/lib/use-now.ts';

type Row = Schema<'ActiveCall'>;
type Query = QueryOf<'/api/v1/active-calls'>;

const filterNames = ['state'] as const;
const tones = { setup: 'plain', ringing: 'warn', talking: 'ok', ended: 'plain' } as const;

/** How long it rings or talks, counted here between two answers of the server. */
function Duration({ call }: { call: Row }) {
  const now = useNow();
  return <span className="tnum">{formatTalk((now - Date.parse(call.answeredAt ?? call.startedAt)) / 1000)}</span>;
}

/** Whether its sound passes through the server, and the worse of the two sides as it is heard there. */
function Sound({ media }: { media: Row['media'] }) {
  const { t } = useTexts();
  if (!media) return <span className="text-faint">{t('active.media.direct')}</span>;
  const sides = [media.caller, media.callee];
  const lost = Math.max(...sides.map((side) => (100 * side.lost) / Math.max(1, side.packets + side.lost)));
  const jitter = Math.max(...sides.map((side) => side.jitterMs));
  const bad = lost > 3 || jitter > 50;
  return (
    <span title={t('active.media.quality', { lost: lost.toFixed(1), jitter: Math.round(jitter) })}>
      <StatusLight tone={bad ? 'warn' : 'ok'}>{t(media.recorded ? 'active.media.recorded' : 'active.media.relayed')}</StatusLight>
    </span>
  );
}

/** Who is on the phone now. The list renews itself: by events, and every two seconds for the running price. */
export function ActiveCalls() {
  const texts = useTexts();
  const { t, maybe } = texts;
  const list = useListState({ sort: '', filters: filterNames });
  const [ending, setEnding] = useState<Row | null>(null);
  const query = api.useQuery(
    'get',
    '/api/v1/active-calls',
    { params: { query: listQuery<Query>(list) } },
    { placeholderData: keepPreviousData, refetchInterval: 2000 },
  );

  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'from',
        header: t('active.caller'),
        cell: (row) => (
          <span className="inline-flex items-center gap-2.5">
            <DirectionIcon direction={row.direction} />
            <PersonLink id={row.fromSubscriberId} text={row.fromName ? `${row.from} · ${row.fromName}` : row.from} admin />
          </span>
        ),
        width: 190,
        priority: 1,
      },
      {
        id: 'dialled',
        header: t('call.to'),
        cell: (row) => <PersonLink id={row.toSubscriberId} text={row.dialled} admin />,
        width: 150,
        priority: 1,
      },
      {
        id: 'destination',
        header: t('call.destination'),
        cell: (row) => (row.app ? (maybe(`app.${row.app}`) ?? row.app) : (row.destination ?? '–')),
        width: 140,
        priority: 3,
      },
      { id: 'gateway', header: t('call.gateway'), cell: (row) => row.gatewayName ?? '–', width: 120, priority: 3 },
      {
        id: 'state',
        header: t('active.state'),
        cell: (row) => (
          <StatusLight tone={tones[row.state]} live={row.state === 'ringing'}>
            {t(`active.state.${row.state}`)}
          </StatusLight>
        ),
        width: 120,
        priority: 1,
      },
      { id: 'duration', header: t('active.duration'), cell: (row) => <Duration call={row} />, width: 90, align: 'right', priority: 1 },
      {
        id: 'running',
        header: t('active.running'),
        cell: (row) =>
          row.runningCost === null ? <span className="text-faint">{t('call.free')}</span> : <Money value={row.runningCost} />,
        width: 120,
        align: 'right',
        priority: 1,
      },
      {
        id: 'held',
        header: t('money.held'),
        cell: (row) => (row.held === null ? '–' : <Money value={row.held} />),
        width: 110,
        align: 'right',
        priority: 3,
      },
      {
        id: 'perMinute',
        header: t('active.perMinute'),
        cell: (row) => (row.pricePerMinute === null ? '–' : <Money value={row.pricePerMinute} />),
        width: 110,
        align: 'right',
        priority: 3,
        off: true,
      },
      { id: 'media', header: t('active.media'), cell: (row) => <Sound media={row.media} />, width: 170, priority: 3 },
      {
        id: 'hangup',
        header: t('active.hangup'),
        cell: (row) => (
          <Button
            size="sm"
            look="danger-quiet"
            icon={PhoneOff}
            onClick={() => setEnding(row)}
            aria-label={`${t('active.hangup')}: ${row.from} → ${row.dialled}`}
          >
            {t('active.hangup')}
          </Button>
        ),
        width: 130,
        priority: 1,
      },
    ],
    [t, maybe],
  );

  return (
    <>
      <PageHeader title={t('nav.activeCalls')} />
      <List
        id="active-calls"
        caption={t('nav.activeCalls')}
        columns={columns}
        query={query}
        list={list}
        rowKey={(row) => row.id}
        rowName={(row) => `${row.from} ${row.dialled}`}
        searchLabel={t('active.search')}
        filters={
          <FilterSelect
            label={t('active.state')}
            value={list.filters.state}
            onChange={(value) => list.setFilter('state', value)}
            choices={(['ringing', 'talking'] as const).map((state) => [state, t(`active.state.${state}`)])}
          />
        }
        empty={
          <EmptyState
            title={t('active.emptyTitle')}
            text={t('active.emptyText')}
            action={
              <ButtonLink look="primary" to="/admin/calls">
                {t('active.emptyAction')}
              </ButtonLink>
            }
          />
        }
      />
      {ending && <HangupDialog call={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function HangupDialog({ call, onClose }: { call: Row; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const hangup = api.useMutation('delete', '/api/v1/active-calls/{id}');
  const submit = async () => {
    try {
      const words = reason.trim();
      await hangup.mutateAsync({ params: { path: { id: call.id } }, body: words === '' ? {} : { reason: words } });
      toast.success(t('active.ended'));
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/active-calls'] });
      onClose();
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('active.hangupTitle')}
      description={`${call.from} → ${call.dialled}`}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="danger" icon={PhoneOff} busy={hangup.isPending} type="submit" form="hangup">
            {t('active.hangup')}
          </Button>
        </>
      }
    >
      <form
        id="hangup"
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p className="text-muted">{t('active.hangupText')}</p>
        <Field label={t('active.reason')} hint={t('active.reasonHint')} optional>
          {(control) => <Input {...control} value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} autoFocus />}
        </Field>
      </form>
    </Dialog>
  );
}
