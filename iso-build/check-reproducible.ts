import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, run } from './lib/command.ts';
import { sha256File } from './lib/digest.ts';
import { runSteps } from './lib/run-steps.ts';
import { signingKey } from './lib/signing-key.ts';
import { type Build, place } from './lib/step.ts';
import { compile } from './steps/product.ts';
import { steps } from './steps.ts';

/**
 * Builds the image twice, each time from nothing, and compares: image and bill of materials must be the same bytes.
 * @throws BuildError naming the first thing that differs
 */
export async function checkReproducible(build: Build): Promise<void> {
  signingKey(build);
  const outcomes: Build[] = [];
  for (const name of ['first', 'second']) {
    process.stdout.write(`The ${name} build\n`);
    const cache = join(build.cache, `check-${name}`);
    rmSync(cache, { recursive: true, force: true });
    const one: Build = { ...build, cache, dist: join(cache, 'dist'), keys: new Map() };
    // Both are signed with the same key.
    one.options = { ...build.options, key: build.options.key ?? place.developmentKey(build) };
    run('mkdir', ['-p', one.dist]);
    compile(one, true);
    await runSteps(one, steps);
    outcomes.push(one);
  }
  const [first, second] = outcomes as [Build, Build];
  const materials = (one: Build): string => place.iso(one).replace(/\.iso$/, '.spdx.json');
  for (const path of [place.base, place.squashfs, place.iso, materials]) {
    const sums = [sha256File(path(first)), sha256File(path(second))];
    const same = sums[0] === sums[1];
    process.stdout.write(`${same ? 'same     ' : 'DIFFERENT'} ${sums[0]} ${path(first).slice(first.cache.length + 1)}\n`);
    if (!same) throw new BuildError(`Two builds differ. What differs in the tree:\n${differences(place.root(first), place.root(second))}`);
  }
  for (const one of outcomes) rmSync(one.cache, { recursive: true });
}

function differences(a: string, b: string): string {
  if (!existsSync(a) || !existsSync(b)) return '(no tree is left to compare)';
  return run('sh', ['-c', 'diff -rq --no-dereference "$0" "$1" | head -20 || true', a, b]);
}
