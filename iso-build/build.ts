// `npm run iso`: the bootable image of Dialtone, dist/dialtone-<version>-amd64.iso, with its sums, signatures and bill of materials.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkReproducible } from './check-reproducible.ts';
import { BuildError, run } from './lib/command.ts';
import { lockCache } from './lib/lock.ts';
import { type Options, readOptions } from './lib/options.ts';
import { runSteps } from './lib/run-steps.ts';
import { type Build, place } from './lib/step.ts';
import { pressNextVersion } from './next-version.ts';
import { steps } from './steps.ts';

const project = join(import.meta.dirname, '..');

function prepare(options: Options): Build {
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
  const date = process.env.SOURCE_DATE_EPOCH ?? run('git', ['log', '-1', '--format=%ct'], { cwd: project }).trim();
  if (!/^\d+$/.test(date)) throw new BuildError(`SOURCE_DATE_EPOCH is no number of seconds: ${date}`);
  const build: Build = {
    options,
    project,
    cache: join(import.meta.dirname, '.cache'),
    dist: join(project, 'dist'),
    version,
    sourceDate: Number(date),
    keys: new Map(),
  };
  for (const folder of [build.cache, build.dist]) mkdirSync(folder, { recursive: true });
  return build;
}

async function main(): Promise<void> {
  const started = performance.now();
  const build = prepare(readOptions(process.argv.slice(2), process.env));
  const unlock = await lockCache(build.cache);
  try {
    await make(build);
  } finally {
    unlock();
  }
  process.stdout.write(`${Math.round((performance.now() - started) / 1000)} s\n`);
}

async function make(build: Build): Promise<void> {
  if (build.options.checkReproducible) return checkReproducible(build);
  await runSteps(build, steps);
  const image = build.options.nextVersion === undefined ? place.iso(build) : pressNextVersion(build, build.options.nextVersion);
  if (build.options.key === undefined) {
    process.stdout.write('Signed with a DEVELOPMENT key of this checkout (iso-build/.cache). A release is signed with --key.\n');
  }
  process.stdout.write(`${relative(process.cwd(), image)}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
