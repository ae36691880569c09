import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { KeyPair } from './certificate.ts';

const run = promisify(execFile);
const program = new URL(`./self-signed-process${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).pathname;
const keyPair = z.object({ cert: z.string(), key: z.string() });

/**
 * `makeSelfSigned` in a process of its own: the library behind it takes 10 MB that would be kept for years, on a machine that has little.
 * @throws Error when it cannot be run
 */
export async function runSelfSigned(names: readonly string[], now: number): Promise<KeyPair> {
  const { stdout } = await run(process.execPath, [program, JSON.stringify(names), String(now)], { timeout: 60_000 });
  return keyPair.parse(JSON.parse(stdout));
}
