import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stdin } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { ArchiveError } from '../../backup/archive/archive-error.ts';
import { runArchiveTask } from '../../backup/archive/run-archive-task.ts';
import { restoreArchive } from '../../backup/offline-restore.ts';
import { asPassphrase } from '../../backup/plan/recovery-key.ts';
import { RestoreError } from '../../backup/restore.ts';
import { CommandError } from '../api-client.ts';
import { dataDirOf, type GlobalOptions, withServer } from '../context.ts';
import { Printer } from '../output.ts';

interface Job {
  readonly name: string;
  readonly running: boolean;
  readonly lastRun: { readonly result: string; readonly message: string } | null;
}

const JOB = 'backup-archive';
const LOOK_EVERY_MS = 500;

/** `dialtone backup archive|verify|restore-archive`: the encrypted file with everything. The last two work on files, without a server. */
export function addArchiveCommands(backup: Command): void {
  backup
    .command('archive')
    .description('make an encrypted backup of everything, as the plan on the page of backups says, and wait for it')
    .action(
      withServer(async ({ api, out }) => {
        await api.post('/backups/archives');
        let job: Job | undefined;
        do {
          await sleep(LOOK_EVERY_MS);
          job = (await api.get<{ items: Job[] }>('/jobs')).items.find(({ name }) => name === JOB);
        } while (job?.running);
        const run = job?.lastRun;
        if (!run || run.result === 'failed') throw new CommandError(run?.message ?? 'The backup was not made.');
        out.print(run, () => run.message);
      }),
    );

  backup
    .command('verify <file>')
    .description('decrypt an encrypted backup to its end; the passphrase is read from standard input')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { manifest, bytes, entries } = await inWords(
        runArchiveTask({ kind: 'verify', file: resolve(file), passphrase: asPassphrase(readPassphrase()) }),
      );
      const { version, createdAt, hostname, counts } = manifest;
      const answer = { version, createdAt, hostname, counts, bytes, entries: entries.length };
      printer(command).print(
        answer,
        () => `Whole. Made ${createdAt} on ${hostname} by Dialtone ${version}: ${counts.subscribers} subscribers, ${counts.calls} calls.`,
      );
    });

  backup
    .command('restore-archive <file>')
    .description('put an encrypted backup in the place of all data; the server must be stopped; the passphrase is read from standard input')
    .option('--network', 'on the appliance: put the network settings back too')
    .action(async (file: string, options: { network?: boolean }, command: Command) => {
      const dataDir = resolve(dataDirOf(command.optsWithGlobals<GlobalOptions>()));
      const passphrase = readPassphrase();
      const done = await inWords(restoreArchive({ dataDir, file: resolve(file), passphrase, network: options.network === true }));
      const { subscribers, calls, createdAt } = done.preview;
      printer(command).print(
        done,
        () => `Restored the data of ${createdAt}: ${subscribers} subscribers, ${calls} calls.\nThe data of before is kept in ${done.kept}`,
      );
    });
}

const printer = (command: Command): Printer => new Printer({ json: command.optsWithGlobals<GlobalOptions>().json === true });

/** The first line of standard input: out of the list of processes and of the shell's history. */
function readPassphrase(): string {
  if (stdin.isTTY) process.stderr.write('Passphrase (it is shown while you type), then Enter and Ctrl+D: ');
  const passphrase = readFileSync(0, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  if (passphrase === '') throw new CommandError('No passphrase on standard input');
  return passphrase;
}

async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const known = error instanceof ArchiveError || error instanceof RestoreError || (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw known ? new CommandError((error as Error).message) : error;
  }
}
