#!/usr/bin/env node
// The `dialtone` command: starts the compiled command line, or says how to compile it.
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('dialtone: not built yet. Run "npm run build" in the folder of Dialtone first.\n');
  process.exit(1);
}
await import(main.href);
