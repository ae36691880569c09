import { resolve } from 'node:path';
import type { Command } from 'commander';
import { RestoreError, restoreBackup } from '../../backup/restore.ts';
import { CommandError } from '../api-client.ts';
import { dataDirOf, type GlobalOptions, withServer } from '../context.ts';
import { Printer, table } from '../output.ts';
import { addArchiveCommands } from './backup-archive.ts';

interface Backup {
  readonly name: string;
  readonly bytes: number;
  readonly createdAt: string;
}

/** `dialtone backup now|list|restore|archive|verify|restore-archive`. Restoring works on the data folder itself, while the server is stopped. */
export function addBackupCommands(program: Command): void {
  const backup = program
    .command('backup')
    .description('backups: now, list, restore of the database; archive, verify, restore-archive of everything, encrypted');
  addArchiveCommands(backup);

  backup
    .command('now')
    .description('copy the database of the running server')
    .action(
      withServer(async ({ api, out }) => {
        const made = await api.post<Backup>('/backups');
        out.print(made, () => `${made.name}, ${made.bytes} bytes.`);
      }),
    );

  backup
    .command('list')
    .description('backups in the data folder, newest first')
    .action(
      withServer(async ({ api, out }) => {
        const found = await api.get<{ items: Backup[] }>('/backups');
        out.print(found, () =>
          table(
            found.items,
            [
              { title: 'NAME', value: (b) => b.name },
              { title: 'MADE', value: (b) => b.createdAt },
              { title: 'BYTES', value: (b) => b.bytes, right: true },
            ],
            'No backups.',
          ),
        );
      }),
    );

  backup
    .command('restore <file>')
    .description('put a backup in the place of the database; the server must be stopped, the old database is kept beside it')
    .action(async (file: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const result = await restoreBackup({ dataDir: resolve(dataDirOf(options)), file }).catch((error: unknown) => {
        throw error instanceof RestoreError ? new CommandError(error.message) : error;
      });
      new Printer({ json: options.json === true }).print(
        result,
        () =>
          `Restored ${result.restored} with ${result.subscribers} subscribers.` +
          (result.keptOld === null ? '' : `\nThe database of before is kept as ${result.keptOld}`),
      );
    });
}
