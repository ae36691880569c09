import { z } from 'zod';
import { type LogEntry, type LogPage, type LogQuery, PRIORITIES } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';

// A message that is not text comes as a list of bytes, a field with two values as a list of strings.
const field = z.union([z.string(), z.array(z.number()), z.array(z.string()), z.null()]).optional();
const record = z.looseObject({
  __CURSOR: z.string(),
  __REALTIME_TIMESTAMP: z.coerce.number(),
  PRIORITY: field,
  MESSAGE: field,
  _SYSTEMD_UNIT: field,
  UNIT: field,
  SYSLOG_IDENTIFIER: field,
});

function textOf(value: z.infer<typeof field>): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return typeof value[0] === 'number' ? Buffer.from(value as number[]).toString('utf8') : String(value.at(-1) ?? '');
}

/** One line of `journalctl -o json`; undefined for what is no entry. */
export function parseEntry(line: string): LogEntry | undefined {
  if (line.trim() === '') return undefined;
  const parsed = record.safeParse(JSON.parse(line));
  if (!parsed.success) return undefined;
  const r = parsed.data;
  const unit = textOf(r.UNIT) || textOf(r._SYSTEMD_UNIT) || textOf(r.SYSLOG_IDENTIFIER);
  return {
    cursor: r.__CURSOR,
    time: new Date(Math.floor(r.__REALTIME_TIMESTAMP / 1000)).toISOString(),
    unit: unit.replace(/\.service$/, '') || 'kernel',
    priority: PRIORITIES[Number(textOf(r.PRIORITY) || 6)] ?? 'info',
    message: textOf(r.MESSAGE).slice(0, 10_000),
  };
}

/** Time as journalctl reads it, in UTC. */
const when = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** Arguments of journalctl(1) for a question; newest first. One more than asked tells whether there is a next page. */
export function logArguments(query: LogQuery): string[] {
  const args = [
    '-o',
    'json',
    '--no-pager',
    '--quiet',
    '--reverse',
    '--output-fields=MESSAGE,PRIORITY,_SYSTEMD_UNIT,UNIT,SYSLOG_IDENTIFIER',
  ];
  // With --reverse, --after-cursor goes on towards the past.
  args.push('-n', String(query.limit + 1));
  if (query.cursor) args.push(`--after-cursor=${query.cursor}`);
  if (query.unit) args.push(...(query.unit === 'kernel' ? ['--dmesg'] : [`--unit=${query.unit}`]));
  if (query.priority) args.push(`--priority=${query.priority}`);
  if (query.since) args.push(`--since=${when(query.since)}`);
  if (query.until) args.push(`--until=${when(query.until)}`);
  // Taken as it is, not as a pattern.
  if (query.text) args.push(`--grep=${query.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`, '--case-sensitive=no');
  return args;
}

export async function readLogs(exec: Exec, query: LogQuery): Promise<LogPage> {
  const { stdout } = await exec('journalctl', logArguments(query), { ok: [0, 1], timeout: 30_000 });
  const found = stdout.split('\n').flatMap((line) => parseEntry(line) ?? []);
  const entries = found.slice(0, query.limit);
  return { entries, next: found.length > query.limit ? (entries.at(-1)?.cursor ?? null) : null };
}
