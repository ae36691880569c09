import { type Command, InvalidArgumentError } from 'commander';
import type { BanDto } from '../../bans/bans.schemas.ts';
import type { Settings } from '../../settings/settings.schema.ts';
import { CommandError } from '../api-client.ts';
import { withServer } from '../context.ts';
import { table } from '../output.ts';

const minutes = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Expected a whole number of minutes');
  return count;
};

/** `dialtone access ...` and `dialtone ban ...`: who may administrate, and who may not come at all. The way back in for whoever locked himself out. */
export function addAccessCommands(program: Command): void {
  const access = program.command('access').description('networks administrators may work from: list, allow, remove');

  const change = (next: (networks: readonly string[], network: string) => string[]) =>
    withServer(async ({ api, out }, network: string) => {
      const { adminNetworks } = await api.get<Settings>('/settings');
      const after = await api.patch<Settings>('/settings', { adminNetworks: next(adminNetworks, network) });
      out.print({ adminNetworks: after.adminNetworks }, () => after.adminNetworks.join('\n'));
    });

  access
    .command('list')
    .description('the networks; this machine itself is always allowed')
    .action(
      withServer(async ({ api, out }) => {
        const { adminNetworks } = await api.get<Settings>('/settings');
        out.print({ adminNetworks }, () => adminNetworks.join('\n'));
      }),
    );

  access
    .command('allow <network>')
    .description('an address or a network such as 198.51.100.0/24')
    .action(change((networks, network) => [...new Set([...networks, network])]));

  access
    .command('remove <network>')
    .description('take one off the list')
    .action(change((networks, network) => networks.filter((one) => one !== network)));

  const ban = program.command('ban').description('banned addresses: list, add, remove');

  ban
    .command('list')
    .description('addresses that are banned now')
    .action(
      withServer(async ({ api, out }) => {
        const found = await api.get<{ items: BanDto[] }>('/bans', { pageSize: 250 });
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'ADDRESS', value: (b) => b.address },
              { title: 'REASON', value: (b) => b.note ?? b.reason },
              { title: 'UNTIL', value: (b) => b.expiresAt },
            ],
            'Nobody is banned.',
          ),
        );
      }),
    );

  ban
    .command('add <address>')
    .description('ban an address')
    .option('--minutes <n>', 'how long (default: the setting)', minutes)
    .option('--note <text>', 'why')
    .action(
      withServer(async ({ api, out }, address: string, options: { minutes?: number; note?: string }) => {
        const made = await api.post<BanDto>('/bans', {
          address,
          ...(options.minutes !== undefined && { seconds: options.minutes * 60 }),
          ...(options.note !== undefined && { note: options.note }),
        });
        out.print(made, () => `${made.address} is banned until ${made.expiresAt}.`);
      }),
    );

  ban
    .command('remove <address>')
    .description('forgive; an address as the list shows it')
    .action(
      withServer(async ({ api, out }, address: string) => {
        const { items } = await api.get<{ items: BanDto[] }>('/bans', { pageSize: 250, q: address.slice(0, 200) });
        const found = items.find((b) => b.address === address);
        if (!found) throw new CommandError(`${address} is not banned.`);
        await api.delete(`/bans/${found.id}`);
        out.print({ address }, () => `${address} is forgiven.`);
      }),
    );
}
