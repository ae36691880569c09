import type { Command } from 'commander';
import { withServer } from '../context.ts';

/** `dialtone setup code [--new]`: what the console of the appliance shows until there is an administrator. */
export function addSetupCommands(program: Command): void {
  program
    .command('setup')
    .description('the first run: code')
    .command('code')
    .description('the set-up code that the first page asks for')
    .option('--new', 'make a new one; the old one is worth nothing then')
    .action(
      withServer(async ({ api, out }, options: { new?: boolean }) => {
        const { code } = options.new ? await api.post<{ code: string }>('/setup/code') : await api.get<{ code: string }>('/setup/code');
        out.print({ code }, () => code);
      }),
    );
}
