import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { RestoreError } from '../../backup/restore.ts';
import { VERSION } from '../../settings/version.ts';
import { readDataVersion } from '../../upgrade/data-version.ts';
import { databaseFacts } from '../../upgrade/database-facts.ts';
import { allowUpgradeAgain, DataRefused, undoUpgrade } from '../../upgrade/upgrade-guard.ts';
import { CommandError } from '../api-client.ts';
import { dataDirOf, type GlobalOptions } from '../context.ts';
import { Printer } from '../output.ts';

/** `dialtone upgrade status|undo|again`, on the data folder itself: it serves when the server will not start. */
export function addUpgradeCommands(program: Command): void {
  const upgrade = program.command('upgrade').description('the last upgrade: status, undo, again');

  upgrade
    .command('status')
    .description('which version the data is of, and what an undo of the last upgrade would lose')
    .action(
      offline(async ({ dataDir, out }) => {
        const known = await readDataVersion(dataDir);
        const last = known?.upgrade ?? null;
        const now = last && (await databaseFacts(join(dataDir, 'dialtone.sqlite')))?.counts;
        const lost = last && now && { calls: now.calls - last.held.calls, ledgerEntries: now.ledgerEntries - last.held.ledgerEntries };
        out.print({ version: known?.version ?? null, upgrade: last, lost, undone: known?.undone ?? null }, () => {
          if (!known) return 'This data was not yet started by a version that keeps track.';
          if (!last) return `The data is of Dialtone ${known.version}. There is no upgrade to undo.`;
          const losing = lost ? ` An undo loses ${lost.calls} calls and ${lost.ledgerEntries} ledger entries made since.` : '';
          return `The data is of Dialtone ${known.version}, upgraded from ${last.from} on ${last.at}.${losing}`;
        });
      }),
    );

  upgrade
    .command('undo')
    .description('put the database of before the last upgrade back; the server must be stopped, the one of now is kept beside it')
    .action(
      offline(async ({ dataDir, out }) => {
        const place = { dataDir, databaseFile: join(dataDir, 'dialtone.sqlite'), version: VERSION };
        const done = await undoUpgrade(place, await readDataVersion(dataDir));
        out.print(
          { version: done.version, undone: done.undone },
          () => `Done: the data is of Dialtone ${done.version} again. Start that version now.`,
        );
      }),
    );

  upgrade
    .command('again')
    .description('let the version whose upgrade was undone take the data after all')
    .action(
      offline(async ({ dataDir, out }) => {
        await allowUpgradeAgain(dataDir);
        out.print({ allowed: true }, () => 'The next start upgrades the data again.');
      }),
    );
}

/** Wraps an action that works on the data folder without the server. */
function offline(action: (o: { dataDir: string; out: Printer }) => Promise<void>) {
  return async (_options: unknown, command: Command): Promise<void> => {
    const options = command.optsWithGlobals<GlobalOptions>();
    try {
      await action({ dataDir: resolve(dataDirOf(options)), out: new Printer({ json: options.json === true }) });
    } catch (error) {
      if (error instanceof DataRefused || error instanceof RestoreError) throw new CommandError(error.message);
      throw error;
    }
  };
}
