import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, sha256 } from './digest.ts';
import { Stamps } from './stamps.ts';
import type { Build, Step } from './step.ts';

const megabytes = (path: string): string => `${(statSync(path).size / 1_000_000).toFixed(1)} MB`;

/** Runs the steps in order; one that ran before with the same inputs is passed over. Prints a line a step. */
export async function runSteps(build: Build, steps: Step[]): Promise<void> {
  const stamps = new Stamps(build.cache);
  for (const step of steps) {
    const key = sha256(
      [
        step.name,
        digestOf([join(import.meta.dirname, '..', 'steps', `${step.name}.ts`)]),
        await step.inputs(build),
        ...step.after.map((name) => build.keys.get(name) ?? ''),
      ].join('\n'),
    );
    build.keys.set(step.name, key);
    const outputs = step.outputs(build);
    const started = performance.now();
    const earlier = outputs.length > 0 ? stamps.valid(step.name, key, outputs) : undefined;
    if (earlier === undefined) {
      stamps.forget(step.name);
      await step.run(build);
      stamps.set(step.name, key, (performance.now() - started) / 1000);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const files = outputs.filter((path) => existsSync(path) && statSync(path).isFile());
    const sizes = files.slice(0, 1).map(megabytes).join('');
    process.stdout.write(`${step.name.padEnd(10)} ${earlier ? 'as before' : `${seconds.padStart(6)} s`.padEnd(9)}  ${sizes}\n`);
  }
}
