import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { newRegistration, RegistrationDto } from '../../monitoring/registration.schemas.ts';
import type { ApiClient } from '../api-client.ts';
import { withServer } from '../context.ts';
import { table } from '../output.ts';
import { subscriberOf } from '../subscribers.ts';

async function registrationsOf(api: ApiClient, number: string | undefined): Promise<{ items: RegistrationDto[]; total: number }> {
  const subscriberId = number === undefined ? undefined : (await subscriberOf(api, number)).id;
  const items: RegistrationDto[] = [];
  for (let page = 1; ; page++) {
    const answer = await api.get<{ items: RegistrationDto[]; total: number }>('/registrations', { page, pageSize: 250, subscriberId });
    items.push(...answer.items);
    if (items.length >= answer.total || answer.items.length === 0) return { items, total: answer.total };
  }
}

const quality = (text: string): number => {
  const q = Number(text);
  if (!(q >= 0 && q <= 1)) throw new InvalidArgumentError('Expected a number from 0 to 1');
  return q;
};

/** `dialtone registrations list|rm|add` (H-6, H-7). */
export function addRegistrationCommands(program: Command): void {
  const registrations = program.command('registrations').description('contact bindings: list, rm, add');

  registrations
    .command('list [number]')
    .description('phones that are registered')
    .action(
      withServer(async ({ api, out }, number: string | undefined) => {
        const found = await registrationsOf(api, number);
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'ID', value: (r) => r.id, right: true },
              { title: 'AOR', value: (r) => r.aor },
              { title: 'CONTACT', value: (r) => r.contact },
              { title: 'Q', value: (r) => r.q, right: true },
              { title: 'EXPIRES', value: (r) => r.expiresAt ?? 'never' },
              { title: 'FROM', value: (r) => r.source },
              { title: 'BY', value: (r) => r.transport },
              { title: 'USER AGENT', value: (r) => r.userAgent },
            ],
            'Nobody is registered.',
          ),
        );
      }),
    );

  registrations
    .command('add <number> <contact>')
    .description('add a binding for a phone that cannot register')
    .option('--q <value>', 'preference, 0 to 1', quality)
    .action(
      withServer(async ({ api, out }, number: string, contact: string, options: { q?: number }) => {
        const { id } = await subscriberOf(api, number);
        const body: z.input<typeof newRegistration> = { subscriberId: id, contact, ...(options.q !== undefined && { q: options.q }) };
        const added = await api.post<RegistrationDto>('/registrations', body);
        out.print(added, () => `${added.contact} added to ${added.aor}.`);
      }),
    );

  registrations
    .command('rm <number-or-id>')
    .description('remove one binding by its id, or all of a subscriber')
    .option('--id', 'the argument is the id of a binding')
    .action(
      withServer(async ({ api, out }, which: string, options: { id?: boolean }) => {
        const ids = options.id ? [Number(which)] : (await registrationsOf(api, which)).items.map((r) => r.id);
        for (const id of ids) await api.delete(`/registrations/${id}`);
        out.print({ removed: ids }, () => `${ids.length} removed.`);
      }),
    );
}
