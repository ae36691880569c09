import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ApiClient, CommandError, findServer } from './api-client.ts';
import { Printer } from './output.ts';

/** Options that stand before or after every verb. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly data?: string;
}

/** What a verb works with. */
export interface CommandContext {
  readonly api: ApiClient;
  readonly out: Printer;
  readonly json: boolean;
}

/** DIALTONE_DATA as the server reads it, unless --data names another folder. */
export const dataDirOf = (options: GlobalOptions): string => options.data ?? process.env.DIALTONE_DATA ?? './data';

/** Wraps a verb's action: finds the server of the options, hands the verb its arguments. */
export function withServer<A extends unknown[]>(
  action: (context: CommandContext, ...rest: A) => Promise<void>,
): (...commanderArguments: unknown[]) => Promise<void> {
  return async (...all) => {
    const command = all[all.length - 1] as Command;
    const options = command.optsWithGlobals<GlobalOptions>();
    const api = new ApiClient(findServer({ dataDir: dataDirOf(options), url: options.url, tokenFile: options.tokenFile }));
    const json = options.json === true;
    await action({ api, out: new Printer({ json }), json }, ...(all.slice(0, -1) as A));
  };
}

/** A file the person named, or `-` for standard input. */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new CommandError(`Cannot read ${file}: ${(error as Error).message}`);
  }
}

/** A password given by option, or by the first line of standard input with --password-stdin, which keeps it out of the shell's history. */
export function passwordOf(options: { password?: string; passwordStdin?: boolean }): string | undefined {
  if (options.password !== undefined) return options.password;
  if (!options.passwordStdin) return undefined;
  const password = readFileSync(0, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  if (password === '') throw new CommandError('No password on standard input');
  return password;
}

/** The option pair that passwordOf reads. */
export const withPasswordOptions = (command: Command): Command =>
  command
    .option('--password <password>', 'the password (others on this machine may see it in the list of processes)')
    .option('--password-stdin', 'read the password from standard input');
