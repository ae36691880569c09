import type { QueryOf, Schema } from '#app/api/types.ts';

export type LogEntry = Schema<'HostLogs'>['entries'][number];
export type LogQuery = QueryOf<'/api/v1/host/logs'>;

/** Most urgent first, as the journal counts them (RFC 5424 section 6.2.1). */
export const priorities = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
export const logNames = ['unit', 'priority', 'from', 'to', 'q'] as const;
export type LogFilter = Partial<Record<(typeof logNames)[number], string>>;

export const logPageSize = 100;

/** What the address of the page says. */
export function filterOf(search: URLSearchParams): LogFilter {
  const filter: LogFilter = {};
  for (const name of logNames) {
    const value = search.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

/** A moment typed into a field of the browser's own zone ("2026-03-01T10:00") as ISO 8601; undefined for what is none. */
function moment(local: string | undefined): string | undefined {
  if (!local) return undefined;
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The question to the server; what it would refuse is left out. */
export function queryOf(filter: LogFilter, cursor: string | null): LogQuery {
  const query: LogQuery = { limit: logPageSize };
  const priority = priorities.find((each) => each === filter.priority);
  const since = moment(filter.from);
  const until = moment(filter.to);
  if (filter.unit && /^[A-Za-z0-9@._:-]{1,64}$/.test(filter.unit)) query.unit = filter.unit;
  if (priority) query.priority = priority;
  if (since) query.since = since;
  if (until) query.until = until;
  if (filter.q) query.text = filter.q.slice(0, 200);
  if (cursor !== null) query.cursor = cursor;
  return query;
}

export const isUrgent = (priority: LogEntry['priority']): 'bad' | 'warn' | 'plain' => {
  const place = priorities.indexOf(priority);
  return place <= priorities.indexOf('err') ? 'bad' : priority === 'warning' ? 'warn' : 'plain';
};
