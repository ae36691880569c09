import { Command } from 'commander';
import { addAccessCommands } from './commands/access.ts';
import { addAclCommands } from './commands/acl.ts';
import { addAdminCommands } from './commands/admin.ts';
import { addAliasCommands } from './commands/alias.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addCallCommands } from './commands/calls.ts';
import { addConferenceCommands } from './commands/conference.ts';
import { addCreditCommands } from './commands/credit.ts';
import { addGatewayCommands } from './commands/gateway.ts';
import { addMonitorCommands } from './commands/monitor.ts';
import { addRateCommands } from './commands/rate.ts';
import { addRegistrationCommands } from './commands/registrations.ts';
import { addSetupCommands } from './commands/setup.ts';
import { addSubscriberCommands } from './commands/subscriber.ts';
import { addUpdateCommands } from './commands/update.ts';
import { addUpgradeCommands } from './commands/upgrade.ts';
import { addVoicemailCommands } from './commands/voicemail.ts';

/** The `dialtone` command with all its verbs (H-6). Errors are thrown, not printed. */
export function buildProgram(version: string): Command {
  const program = new Command('dialtone')
    .description('Runs a Dialtone server from the command line, over its REST API')
    .version(version)
    .option('--json', 'print the answer as JSON')
    .option('--data <folder>', 'data folder of the server (default: DIALTONE_DATA or ./data)')
    .option('--url <url>', 'address of the server (default: the one in the data folder)')
    .option('--token-file <file>', 'file with the admin token (default: admin-token in the data folder)')
    .showHelpAfterError('(add --help for the verbs and their options)');
  addSubscriberCommands(program);
  addCreditCommands(program);
  addRateCommands(program);
  addGatewayCommands(program);
  addAliasCommands(program);
  addAclCommands(program);
  addRegistrationCommands(program);
  addCallCommands(program);
  addVoicemailCommands(program);
  addConferenceCommands(program);
  addMonitorCommands(program);
  addAdminCommands(program);
  addAccessCommands(program);
  addBackupCommands(program);
  addSetupCommands(program);
  addUpdateCommands(program);
  addUpgradeCommands(program);
  acceptJsonEverywhere(program);
  return program;
}

/** `--json` may stand after the verb too. */
function acceptJsonEverywhere(command: Command): void {
  for (const verb of command.commands) {
    if (verb.commands.length === 0) verb.option('--json', 'print the answer as JSON');
    acceptJsonEverywhere(verb);
  }
}
