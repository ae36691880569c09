import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A fault that is told to the person at the keyboard in its own words, without a stack. */
export class BuildError extends Error {}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string | Buffer;
  /** File that takes what the command prints on stdout. */
  stdout?: string;
}

/**
 * Runs a command to its end, with its output kept back unless it fails.
 * @returns stdout ('' when it went into a file)
 * @throws BuildError with the last lines of its output
 */
export function run(command: string, args: string[], options: RunOptions = {}): string {
  const file = options.stdout === undefined ? undefined : openSync(options.stdout, 'w');
  const result = spawnSync(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    input: options.input,
    stdio: ['pipe', file ?? 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  });
  if (file !== undefined) closeSync(file);
  if (result.error) throw new BuildError(`${command}: ${result.error.message}`);
  if (result.status !== 0) {
    const said = `${result.stdout ?? ''}\n${result.stderr}`.trim().split('\n').slice(-30).join('\n');
    const how = result.signal ? `was ended by ${result.signal}` : `ended with ${result.status}`;
    throw new BuildError(`${[command, ...args].join(' ').slice(0, 300)} ${how}:\n${said}`);
  }
  return result.stdout?.toString('utf8') ?? '';
}
