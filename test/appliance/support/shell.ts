import { readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { runProgram } from '../../support/process.ts';
import { sleep } from '../../support/wait.ts';
import type { Appliance } from './appliance.ts';

/** The inside of an appliance, by SSH with a key that an administrator has added. */
export class Shell {
  readonly #args: readonly string[];

  private constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** Makes a key, adds it through the API and switches SSH on. @param folder where the key is kept */
  static async open(appliance: Appliance, folder: string): Promise<Shell> {
    const key = join(folder, 'ssh-key');
    // Of an earlier run in a folder that is kept.
    for (const file of [key, `${key}.pub`]) rmSync(file, { force: true });
    const made = await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', key]);
    if (made.code !== 0) throw new Error(`ssh-keygen: ${made.stderr}`);
    await appliance.api.put('/host/ssh', { enabled: true, keys: [readFileSync(`${key}.pub`, 'utf8').trim()] });
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'ConnectTimeout=120'];
    return new Shell(['-i', key, '-p', String(appliance.ports.ssh), ...options.flatMap((option) => ['-o', option]), 'root@127.0.0.1']);
  }

  /** @returns what the command printed @throws Error with what it said when it fails */
  async run(command: string): Promise<string> {
    const { code, stdout, stderr } = await runProgram('ssh', [...this.#args, command], { timeoutMs: 300_000 });
    if (code !== 0) throw new Error(`${command} ended with ${code}\n${stdout}${stderr}`);
    return stdout;
  }
}

/** Services that gave up, a line each; empty when there are none. */
export const failedServices = async (shell: Shell): Promise<string> => (await shell.run('systemctl --failed --no-legend --plain')).trim();

/** Whether anything greets on the port of SSH. QEMU takes the connection in any case. */
export async function greetsOnSsh({ ports }: Appliance): Promise<boolean> {
  const socket = connect(ports.ssh, '127.0.0.1');
  let greeted = false;
  socket.on('data', () => {
    greeted = true;
  });
  socket.on('error', () => undefined);
  await sleep(8000);
  socket.destroy();
  return greeted;
}
