import { type Command, InvalidArgumentError } from 'commander';
import type { CallRow } from '../../cdr/cdr.schemas.ts';
import type { ActiveCallDto } from '../../monitoring/active-call.schemas.ts';
import { withServer } from '../context.ts';
import { table } from '../output.ts';
import { subscriberOf } from '../subscribers.ts';

const isoTime = (text: string): string => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('Expected a time such as 2026-01-31 or 2026-01-31T12:00');
  return new Date(time).toISOString();
};

const count = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 250) throw new InvalidArgumentError('Expected a number from 1 to 250');
  return number;
};

interface ListOptions {
  subscriber?: string;
  from?: string;
  to?: string;
  limit: number;
  missed?: boolean;
}

/** `dialtone calls active|list|hangup`. */
export function addCallCommands(program: Command): void {
  const calls = program.command('calls').description('calls: active, list (records), hangup');

  calls
    .command('active')
    .description('calls that are being made now')
    .action(
      withServer(async ({ api, out }) => {
        const found = await api.get<{ items: ActiveCallDto[]; total: number }>('/active-calls', { pageSize: 250 });
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'ID', value: (c) => c.id },
              { title: 'FROM', value: (c) => c.from },
              { title: 'DIALLED', value: (c) => c.dialled },
              { title: 'GATEWAY', value: (c) => c.gatewayName },
              { title: 'STATE', value: (c) => c.state },
              { title: 'SECONDS', value: (c) => c.talkSeconds, right: true },
              { title: 'COST', value: (c) => c.runningCost, right: true },
            ],
            'No calls.',
          ),
        );
      }),
    );

  calls
    .command('list')
    .description('call records, newest first')
    .option('--subscriber <number>')
    .option('--from <time>', 'started at or after', isoTime)
    .option('--to <time>', 'started before', isoTime)
    .option('--missed', 'missed calls only')
    .option('-n, --limit <count>', 'how many', count, 50)
    .action(
      withServer(async ({ api, out }, options: ListOptions) => {
        const found = await api.get<{ items: CallRow[]; total: number }>('/calls', {
          pageSize: options.limit,
          from: options.from,
          to: options.to,
          missed: options.missed,
          subscriberId: options.subscriber === undefined ? undefined : (await subscriberOf(api, options.subscriber)).id,
        });
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'ID', value: (c) => c.id, right: true },
              { title: 'STARTED', value: (c) => c.startedAt },
              { title: 'FROM', value: (c) => c.from },
              { title: 'DIALLED', value: (c) => c.dialled },
              { title: 'SECONDS', value: (c) => c.talkSeconds, right: true },
              { title: 'COST', value: (c) => c.cost, right: true },
              { title: 'STATUS', value: (c) => `${c.status} ${c.reason}` },
              // A call that was refused has nobody who ended it.
              { title: 'ENDED BY', value: (c) => (c.answeredAt === null && c.endedBy === 'error' ? null : c.endedBy) },
            ],
            'No calls.',
          ),
        );
      }),
    );

  calls
    .command('hangup <id>')
    .description('end a call that is being made (its id is in "calls active")')
    .option('--reason <text>', 'kept with the record')
    .action(
      withServer(async ({ api, out }, id: string, options: { reason?: string }) => {
        await api.delete(`/active-calls/${encodeURIComponent(id)}`, options.reason === undefined ? undefined : { reason: options.reason });
        out.print({ ended: id }, () => `Call ${id} ended.`);
      }),
    );
}
