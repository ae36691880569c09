import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { root } from '../../support/paths.ts';
import { runProgram } from '../../support/process.ts';
import type { Images } from './scenario.ts';

const HALF_HOUR_MS = 1_800_000;

async function iso(args: string[]): Promise<void> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [join(root, 'iso-build', 'build.ts'), ...args], {
    cwd: root,
    timeoutMs: HALF_HOUR_MS,
  });
  if (code !== 0) throw new Error(`npm run iso ${args.join(' ')} ended with ${code}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
}

/** Builds the image, or finds it built. @param given an image to take as it is */
export async function findImages(given: string | undefined): Promise<{ images: Images; seconds: number | undefined }> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const nextVersion = `${major}.${minor + 1}.0`;
  const folder = given ? dirname(resolve(given)) : join(root, 'dist');
  const file = (of: string) => join(folder, `dialtone-${of}-amd64.iso`);
  const started = performance.now();
  if (!given) await iso([]);
  const seconds = given ? undefined : (performance.now() - started) / 1000;
  let pressed: Promise<string> | undefined;
  const next = (): Promise<string> => {
    if (given && existsSync(file(nextVersion))) return Promise.resolve(file(nextVersion));
    pressed ??= iso(['--next-version', nextVersion]).then(() => join(root, 'dist', basename(file(nextVersion))));
    return pressed;
  };
  return { images: { current: given ? resolve(given) : file(version), next, version, nextVersion }, seconds };
}
