import type { Command } from 'commander';
import type { z } from 'zod';
import type { NumberDto, newNumber } from '../../numbers/number.schemas.ts';
import { CommandError } from '../api-client.ts';
import { withServer } from '../context.ts';
import { table } from '../output.ts';
import { subscriberOf } from '../subscribers.ts';

const leadsTo = (n: NumberDto): string | null => n.subscriberNumber ?? n.target;

/** `dialtone alias add|show|rm`: other numbers and names of a subscriber, DIDs among them. */
export function addAliasCommands(program: Command): void {
  const alias = program.command('alias').description('aliases and DIDs: add, show, rm');

  alias
    .command('add <alias> <number>')
    .description('let calls to an alias reach a subscriber (or a SIP URI)')
    .option('--did', 'the alias is an E.164 number whose calls come from a gateway')
    .action(
      withServer(async ({ api, out }, name: string, to: string, options: { did?: boolean }) => {
        const target = /^sips?:/.test(to) ? { target: to } : { subscriberId: (await subscriberOf(api, to)).id };
        const body: z.input<typeof newNumber> = { number: name, kind: options.did ? 'did' : 'alias', ...target };
        const created = await api.post<NumberDto>('/numbers', body);
        out.print(created, () => `${created.number} leads to ${leadsTo(created)}.`);
      }),
    );

  alias
    .command('show [alias]')
    .description('one alias, or all of them')
    .action(
      withServer(async ({ api, out }, name: string | undefined) => {
        const found = await api.get<{ items: NumberDto[]; total: number }>('/numbers', { number: name, pageSize: 250 });
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'ALIAS', value: (n) => n.number },
              { title: 'KIND', value: (n) => n.kind },
              { title: 'DOMAIN', value: (n) => n.domain },
              { title: 'LEADS TO', value: leadsTo },
            ],
            'No aliases.',
          ),
        );
      }),
    );

  alias
    .command('rm <alias>')
    .description('remove an alias')
    .action(
      withServer(async ({ api, out }, name: string) => {
        const { items } = await api.get<{ items: NumberDto[] }>('/numbers', { number: name });
        const [found, another] = items;
        if (!found) throw new CommandError(`No alias ${name}`);
        if (another) throw new CommandError(`${name} exists in several domains; remove it in the web`);
        await api.delete(`/numbers/${found.id}`);
        out.print({ removed: found.number }, () => `${found.number} removed.`);
      }),
    );
}
