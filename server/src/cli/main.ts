import { readFileSync } from 'node:fs';
import { CommandError } from './api-client.ts';
import { buildProgram } from './program.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await buildProgram(version).parseAsync();
} catch (error) {
  // What the person can mend is said in one line; anything else is a fault of ours and shows where.
  process.stderr.write(
    `${error instanceof CommandError ? `dialtone: ${error.message}` : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
