import { join } from 'node:path';
import { node, root } from './paths.ts';
import { type Ended, runProgram } from './process.ts';
import type { TestServer } from './server.ts';

/** Runs `dialtone ...` beside a server: it finds the running one by its data folder. */
export function dialtone(server: TestServer, ...args: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...server.environment };
  return runProgram(node, [join(root, 'server', 'bin', 'dialtone.js'), ...args], { env, cwd: server.dataDir });
}

/** The same with --json: the parsed answer; throws when the command fails. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads the fields it expects; a wrong one fails the test
export async function dialtoneJson(server: TestServer, ...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await dialtone(server, ...args, '--json');
  if (code !== 0) throw new Error(`dialtone ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}
