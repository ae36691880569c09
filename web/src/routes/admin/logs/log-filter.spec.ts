import { describe, expect, it } from 'vitest';
import { filterOf, isUrgent, logPageSize, queryOf } from '#app/routes/admin/logs/log-filter.ts';

describe('the filter of the log', () => {
  it('is what the address says, and nothing else', () => {
    expect(filterOf(new URLSearchParams('unit=ssh&priority=&q=bad%20key&page=4'))).toEqual({ unit: 'ssh', q: 'bad key' });
  });

  it('becomes a question, with moments of the reader’s zone in UTC', () => {
    expect(queryOf({ unit: 'dialtone', priority: 'warning', from: '2026-03-01T10:00', q: 'call' }, 'c1')).toEqual({
      limit: logPageSize,
      unit: 'dialtone',
      priority: 'warning',
      since: new Date(2026, 2, 1, 10, 0).toISOString(),
      text: 'call',
      cursor: 'c1',
    });
  });

  it('leaves out what the server would refuse', () => {
    expect(queryOf({ unit: 'a b', priority: 'loud', from: 'yesterday', to: '', q: 'x'.repeat(300) }, null)).toEqual({
      limit: logPageSize,
      text: 'x'.repeat(200),
    });
  });

  it('knows what is urgent', () => {
    expect((['emerg', 'err', 'warning', 'notice', 'debug'] as const).map(isUrgent)).toEqual(['bad', 'bad', 'warn', 'plain', 'plain']);
  });
});
