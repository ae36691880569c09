import type { Command } from 'commander';
import type { z } from 'zod';
import type { admin, newAdmin } from '../../auth/auth.schema.ts';
import { CommandError } from '../api-client.ts';
import { passwordOf, withPasswordOptions, withServer } from '../context.ts';

/** `dialtone admin create`: another administrator, or the way back in when all passwords are lost. */
export function addAdminCommands(program: Command): void {
  const administrators = program.command('admin').description('administrators: create');

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
}
