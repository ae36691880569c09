import type { Command } from 'commander';
import type { SubscriberDetail, SubscriberImportResult } from '../../subscribers/subscriber.schemas.ts';
import { CommandError } from '../api-client.ts';
import { passwordOf, readInput, withPasswordOptions, withServer } from '../context.ts';
import { facts, table } from '../output.ts';
import {
  type Created,
  importFaults,
  listSubscribers,
  type NewSubscriberBody,
  type ShownPassword,
  subscriberDetailOf,
  subscriberOf,
} from '../subscribers.ts';

interface AddOptions {
  password?: string;
  passwordStdin?: boolean;
  email?: string;
  name?: string;
  domain?: string;
  kind?: 'prepaid' | 'postpaid';
  balance?: string;
  group?: string[];
}

const WEAK = 'This password is short enough to be guessed; "dialtone subscriber passwd" without a password makes a strong one.';

const detailText = (s: SubscriberDetail): string =>
  facts([
    ['Number', `${s.number}@${s.domain}`],
    ['Name', s.displayName],
    ['E-mail', s.email],
    ['Status', s.status],
    ['Account', s.kind],
    ['Balance', s.balance],
    ['Held', s.held],
    ['Available', s.available],
    ['Groups', s.groups.join(' ')],
    ['Numbers', s.numbers.map((n) => n.number).join(' ')],
    ['Online', s.online],
    ['Calls now', s.activeCalls],
    ['Last call', s.lastCallAt],
  ]);

/** `dialtone subscriber ...` */
export function addSubscriberCommands(program: Command): void {
  const subscriber = program.command('subscriber').description('subscribers: add, import, show, passwd, rm, list');

  withPasswordOptions(
    subscriber.command('add <number>').description('create a subscriber; without a password a strong one is made and shown once'),
  )
    .option('--email <address>')
    .option('--name <name>', 'display name')
    .option('--domain <domain>', 'default: the SIP domain of the settings')
    .option('--kind <kind>', 'prepaid or postpaid')
    .option('--balance <amount>', 'opening balance')
    .option('--group <name...>', 'what he may call: local ld int voicemail free-pstn')
    .action(
      withServer(async ({ api, out }, number: string, options: AddOptions) => {
        const body = {
          number,
          ...(options.domain !== undefined && { domain: options.domain }),
          ...(options.email !== undefined && { email: options.email }),
          ...(options.name !== undefined && { displayName: options.name }),
          ...(options.kind !== undefined && { kind: options.kind }),
          ...(options.balance !== undefined && { balance: options.balance }),
          ...(options.group !== undefined && { groups: options.group as NonNullable<NewSubscriberBody['groups']> }),
          ...optional('sipPassword', passwordOf(options)),
        } satisfies NewSubscriberBody;
        const created = await api.post<Created>('/subscribers', body);
        out.print(created, () =>
          [
            `${created.subscriber.number}@${created.subscriber.domain} created.`,
            ...(created.sipPassword === null ? [] : [`SIP password (shown only now): ${created.sipPassword}`]),
            ...(created.weakPassword ? [WEAK] : []),
          ].join('\n'),
        );
      }),
    );

  subscriber
    .command('import <file.csv>')
    .description('create many from columns number,password,balance and optional others; all rows or none ("-" reads standard input)')
    .option('--domain <domain>')
    .option('--dry-run', 'check the file only')
    .action(
      withServer(async ({ api, out }, file: string, options: { domain?: string; dryRun?: boolean }) => {
        const result = await api.post<SubscriberImportResult>('/subscribers/import', {
          csv: readInput(file).toString('utf8'),
          ...optional('domain', options.domain),
          ...(options.dryRun && { dryRun: true }),
        });
        out.print(result, () => (result.ok ? `${result.rows} rows read, ${result.created} subscribers created.` : importFaults(result)));
        if (!result.ok)
          throw new CommandError(`${result.errorCount === 1 ? '1 row is' : `${result.errorCount} rows are`} wrong; nothing was changed`);
      }),
    );

  subscriber
    .command('show <number>')
    .description('one subscriber with balance and permissions')
    .action(
      withServer(async ({ api, out }, number: string) => {
        const found = await subscriberDetailOf(api, number);
        out.print(found, () => detailText(found));
      }),
    );

  withPasswordOptions(
    subscriber.command('passwd <number>').description('set the SIP password; without one a strong one is made and shown once'),
  ).action(
    withServer(async ({ api, out }, number: string, options: { password?: string; passwordStdin?: boolean }) => {
      const { id } = await subscriberOf(api, number);
      const shown = await api.post<ShownPassword>(`/subscribers/${id}/sip-password`, optional('password', passwordOf(options)));
      out.print(shown, () =>
        [
          shown.sipPassword === null ? 'SIP password changed.' : `SIP password (shown only now): ${shown.sipPassword}`,
          ...(shown.weakPassword ? [WEAK] : []),
        ].join('\n'),
      );
    }),
  );

  subscriber
    .command('rm <number>')
    .description('close the account; its calls and ledger are kept')
    .action(
      withServer(async ({ api, out }, number: string) => {
        const found = await subscriberOf(api, number);
        await api.delete(`/subscribers/${found.id}`);
        out.print({ removed: found.number }, () => `${found.number}@${found.domain} removed.`);
      }),
    );

  subscriber
    .command('list')
    .description('all subscribers, or those that match')
    .option('-q, --query <text>', 'part of a number, name or e-mail')
    .action(
      withServer(async ({ api, out }, options: { query?: string }) => {
        const found = await listSubscribers(api, options.query);
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'NUMBER', value: (s) => s.number },
              { title: 'DOMAIN', value: (s) => s.domain },
              { title: 'NAME', value: (s) => s.displayName },
              { title: 'STATUS', value: (s) => s.status },
              { title: 'ONLINE', value: (s) => s.online },
              { title: 'BALANCE', value: (s) => s.balance, right: true },
              { title: 'AVAILABLE', value: (s) => s.available, right: true },
            ],
            'No subscribers.',
          ),
        );
      }),
    );
}

/** A field only where there is a value: the API refuses unknown and undefined alike. */
function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
}
