import { keepPreviousData } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { Area, AreaChart, Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { statusText } from '#app/components/calls/sip-status.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Select } from '#app/components/ui/input.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { type Texts, useTexts } from '#app/i18n/index.ts';
import { formatClock, formatDay } from '#app/lib/format.ts';

type Point = Schema<'StatisticsPoint'>;
const ranges = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;
type Range = keyof typeof ranges;
const axis = { stroke: 'var(--faint)', fontSize: 11, tickLine: false, axisLine: false } as const;

/** Failures of all points together, the commonest code first. */
function failureSums(points: readonly Point[]): { status: number; count: number }[] {
  const sums = new Map<number, number>();
  for (const point of points) {
    for (const [status, count] of Object.entries(point.failures)) sums.set(Number(status), (sums.get(Number(status)) ?? 0) + count);
  }
  return [...sums].map(([status, count]) => ({ status, count })).sort((a, b) => b.count - a.count);
}

/** Calls over time, and failures by SIP code. */
export function Charts() {
  const texts = useTexts();
  const { t, locale } = texts;
  const [search, setSearch] = useSearchParams();
  const asked = search.get('range');
  const range: Range = asked === '24h' || asked === '7d' ? asked : '1h';
  // The minute is part of the question, so that the answer can be kept for as long as it is true.
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const from = new Date(minute - ranges[range]).toISOString();
  const query = api.useQuery(
    'get',
    '/api/v1/statistics',
    { params: { query: { from } } },
    { placeholderData: keepPreviousData, refetchInterval: 60_000 },
  );
  const points = query.data?.points;
  const failures = useMemo(() => failureSums(points ?? []), [points]);
  const label = (at: string) => (range === '7d' ? formatDay(at, locale) : formatClock(at, locale));

  if (!points)
    return query.error ? (
      <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingBlock lines={6} />
    );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-[2fr_1fr]">
      <Card
        title={t('chart.calls')}
        actions={
          <Select
            aria-label={t('chart.range')}
            className="w-36"
            value={range}
            onChange={(event) =>
              setSearch(event.target.value === '1h' ? {} : { range: event.target.value }, { replace: true, preventScrollReset: true })
            }
          >
            <option value="1h">{t('chart.1h')}</option>
            <option value="24h">{t('chart.24h')}</option>
            <option value="7d">{t('chart.7d')}</option>
          </Select>
        }
      >
        <figure aria-label={t('chart.callsSummary', { most: Math.max(0, ...points.map((point) => point.activeCalls)) })}>
          <div className="h-56" aria-hidden>
            <ResponsiveContainer>
              <AreaChart accessibilityLayer={false} data={points} margin={{ left: -18, right: 4, top: 8 }}>
                <CartesianGrid stroke="var(--line)" vertical={false} />
                <XAxis dataKey="at" tickFormatter={label} minTickGap={48} {...axis} />
                <YAxis allowDecimals={false} {...axis} />
                <Tooltip content={<Note texts={texts} when={label} />} />
                <Area
                  type="stepAfter"
                  dataKey="activeCalls"
                  name={t('chart.active')}
                  stroke="var(--chart-1)"
                  fill="var(--chart-1)"
                  fillOpacity={0.16}
                  strokeWidth={2}
                  isAnimationActive={false}
                />
                <Area
                  type="stepAfter"
                  dataKey="registrations"
                  name={t('home.phones')}
                  stroke="var(--chart-2)"
                  fill="none"
                  strokeWidth={1.5}
                  strokeDasharray="4 3"
                  isAnimationActive={false}
                />
              </AreaChart>
            </ResponsiveContainer>
          </div>
          <figcaption className="mt-2 flex gap-5 text-xs text-muted">
            <span className="inline-flex items-center gap-2">
              <span aria-hidden className="h-0.5 w-5 bg-[var(--chart-1)]" />
              {t('chart.active')}
            </span>
            <span className="inline-flex items-center gap-2">
              <span aria-hidden className="w-5 border-t-2 border-dashed border-[var(--chart-2)]" />
              {t('home.phones')}
            </span>
          </figcaption>
        </figure>
      </Card>
      <Card title={t('chart.failures')}>
        {failures.length === 0 ? (
          <p className="text-muted">{t('chart.noFailures')}</p>
        ) : (
          <>
            <div className="h-40" aria-hidden>
              <ResponsiveContainer>
                <BarChart accessibilityLayer={false} data={failures.slice(0, 8)} margin={{ left: -22, right: 4, top: 8 }}>
                  <CartesianGrid stroke="var(--line)" vertical={false} />
                  <XAxis dataKey="status" {...axis} />
                  <YAxis allowDecimals={false} {...axis} />
                  <Bar dataKey="count" fill="var(--chart-3)" radius={[3, 3, 0, 0]} maxBarSize={34} isAnimationActive={false} />
                </BarChart>
              </ResponsiveContainer>
            </div>
            <ul className="mt-2 grid gap-1 text-sm">
              {failures.slice(0, 5).map(({ status, count }) => (
                <li key={status} className="flex justify-between gap-3">
                  <span className="truncate">
                    <span className="tnum font-medium">{status}</span> {statusText(status, texts)}
                  </span>
                  <span className="tnum text-muted">{count}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Card>
    </div>
  );
}

interface NoteProps {
  texts: Texts;
  /** Not `label`: the chart puts a prop of that name into its tooltip. */
  when: (at: string) => string;
  active?: boolean;
  payload?: readonly { payload?: Point }[];
}

/** What stands at the pointer. */
function Note({ texts: { t }, when, active, payload }: NoteProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className="rounded-md border border-line bg-raised px-3 py-2 text-xs shadow-float">
      <p className="tnum font-medium">{when(point.at)}</p>
      <p>{`${t('chart.active')}: ${point.activeCalls}`}</p>
      <p>{`${t('home.phones')}: ${point.registrations}`}</p>
      <p>{`${t('chart.ended')}: ${point.attempts}, ${t('call.answered').toLowerCase()}: ${point.answered}`}</p>
    </div>
  );
}
