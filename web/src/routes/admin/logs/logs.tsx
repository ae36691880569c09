import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useSearchParams } from 'react-router';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { FilterSelect } from '#app/components/filter-select.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { EmptyState, LoadFailed, NoMatch } from '#app/components/ui/empty-state.tsx';
import { Input, SearchInput } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatDateTime, formatWhen } from '#app/lib/format.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';
import { filterOf, isUrgent, type LogEntry, type LogFilter, logNames, priorities, queryOf } from '#app/routes/admin/logs/log-filter.ts';
import { OnlyAppliance } from '#app/routes/admin/system/only-appliance.tsx';

const followMs = 3000;
/** Of these the log tells most; what else writes into it is found by its text. */
const units = [
  'dialtone',
  'dialtone-host',
  'chrony',
  'ssh',
  'nftables',
  'systemd-networkd',
  'systemd-resolved',
  'systemd-journald',
  'kernel',
];

/** The log of the machine, newest first. */
export function Logs() {
  const { t } = useTexts();
  return (
    <>
      <PageHeader title={t('nav.log')} text={t('log.text')} />
      <OnlyAppliance elsewhere={t('log.elsewhere')}>
        <Journal />
      </OnlyAppliance>
    </>
  );
}

function Journal() {
  const texts = useTexts();
  const { t, maybe } = texts;
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const asked = useDebounced(JSON.stringify(filter), 250);
  const [follow, setFollow] = useState(false);
  const queryKey = ['host', 'logs', asked];
  const query = useInfiniteQuery({
    queryKey,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const { data, error } = await http.GET('/api/v1/host/logs', {
        params: { query: queryOf(JSON.parse(asked) as LogFilter, pageParam) },
        signal,
      });
      if (!data) throw error;
      return data;
    },
    getNextPageParam: (page) => page.next,
    refetchInterval: follow && followMs,
    refetchOnWindowFocus: false,
  });
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  const filtered = logNames.some((name) => filter[name] !== undefined);

  const set = (name: (typeof logNames)[number], value: string | undefined) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const startFollowing = (on: boolean) => {
    // Only the newest page is asked for again and again.
    if (on) void client.resetQueries({ queryKey });
    setFollow(on);
  };

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput
          className="w-64 max-sm:w-full"
          aria-label={t('log.search')}
          placeholder={t('log.search')}
          value={filter.q ?? ''}
          onChange={(event) => set('q', event.target.value)}
        />
        <FilterSelect
          label={t('log.unit')}
          value={filter.unit}
          onChange={(value) => set('unit', value)}
          choices={[...new Set([...units, ...(filter.unit ? [filter.unit] : [])])].map((unit) => [
            unit,
            maybe(`service.name.${unit}`) ?? unit,
          ])}
        />
        <FilterSelect
          label={t('log.priority')}
          value={filter.priority}
          onChange={(value) => set('priority', value)}
          choices={priorities.map((each) => [each, t(`log.upTo.${each}`)])}
        />
        <Moment label={t('log.from')} value={filter.from} onChange={(value) => set('from', value)} />
        <Moment label={t('log.to')} value={filter.to} onChange={(value) => set('to', value)} />
        <div className="ml-auto max-sm:ml-0">
          <Switch checked={follow} onChange={startFollowing} label={t('log.follow')} />
        </div>
      </div>
      <Card flush>
        {query.data ? (
          entries.length > 0 ? (
            <ol aria-label={t('nav.log')} className="divide-y divide-line/60">
              {entries.map((entry) => (
                <Entry key={entry.cursor} entry={entry} onUnit={(unit) => set('unit', unit)} />
              ))}
            </ol>
          ) : filtered ? (
            <NoMatch onClear={() => setSearch({}, { replace: true })} />
          ) : (
            <EmptyState title={t('log.emptyTitle')} />
          )
        ) : query.error ? (
          <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingBlock lines={12} className="p-5" />
        )}
      </Card>
      {query.hasNextPage && (
        <Button
          className="justify-self-center"
          busy={query.isFetchingNextPage}
          onClick={() => {
            setFollow(false);
            void query.fetchNextPage();
          }}
        >
          {t('log.older')}
        </Button>
      )}
    </div>
  );
}

function Moment(props: { label: string; value: string | undefined; onChange: (value: string | undefined) => void }) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 text-sm text-muted max-sm:w-full max-sm:justify-between">
      <label htmlFor={id}>{props.label}</label>
      <Input
        id={id}
        type="datetime-local"
        className="w-auto"
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.target.value || undefined)}
      />
    </div>
  );
}

function Entry({ entry, onUnit }: { entry: LogEntry; onUnit: (unit: string) => void }) {
  const { maybe, locale } = useTexts();
  const tone = isUrgent(entry.priority);
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 px-4 py-1.5 md:grid-cols-[9.5rem_9rem_minmax(0,1fr)]">
      <time dateTime={entry.time} title={formatDateTime(entry.time, locale)} className="tnum text-xs leading-6 text-muted">
        {formatWhen(entry.time, locale)}
      </time>
      <span className="min-w-0 truncate">
        <button
          type="button"
          className="min-h-6 rounded font-mono text-xs text-muted hover:text-ink hover:underline"
          onClick={() => onUnit(entry.unit)}
        >
          {entry.unit}
        </button>
      </span>
      <span className="min-w-0 font-mono text-xs leading-6 break-words whitespace-pre-wrap max-md:col-span-2">
        {tone !== 'plain' && (
          <Badge tone={tone} className="mr-2 font-sans">
            {maybe(`log.priority.${entry.priority}`)}
          </Badge>
        )}
        {entry.message}
      </span>
    </li>
  );
}
