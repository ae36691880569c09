import type { Command } from 'commander';
import type { z } from 'zod';
import type { admin, adminPage, newAdmin } from '../../auth/auth.schema.ts';
import { CommandError } from '../api-client.ts';
import { passwordOf, withPasswordOptions, withServer } from '../context.ts';

/** `dialtone admin ...`: another administrator, or the way back in when all passwords, or the phone with the codes, are lost. */
export function addAdminCommands(program: Command): void {
  const administrators = program.command('admin').description('administrators: create, second-factor off');

  withPasswordOptions(administrators.command('create <login>').description('create an administrator'))
    .option('--name <name>')
    .option('--email <address>')
    .action(
      withServer(
        async ({ api, out }, login: string, options: { name?: string; email?: string; password?: string; passwordStdin?: boolean }) => {
          const password = passwordOf(options);
          if (password === undefined) throw new CommandError('Give --password or --password-stdin');
          const body: z.input<typeof newAdmin> = {
            login,
            name: options.name ?? login,
            password,
            ...(options.email !== undefined && { email: options.email }),
          };
          const created = await api.post<z.infer<typeof admin>>('/admins', body);
          out.print(created, () => `Administrator ${created.login} created.`);
        },
      ),
    );

  administrators
    .command('second-factor')
    .description('codes of an authenticator app beside the password: off')
    .command('off <login>')
    .description('let the password alone open again, when the phone and the recovery codes are lost')
    .action(
      withServer(async ({ api, out }, login: string) => {
        const { items } = await api.get<z.infer<typeof adminPage>>('/admins');
        const found = items.find((one) => one.login === login.trim().toLowerCase());
        if (!found) throw new CommandError(`No administrator ${login}`);
        await api.delete(`/admins/${found.id}/second-factor`);
        out.print({ login: found.login, secondFactor: false }, () => `${found.login} logs in with the password alone.`);
      }),
    );
}
