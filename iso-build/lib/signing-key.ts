import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { BuildError } from './command.ts';
import { generateKey } from './minisign.ts';
import { type Build, place } from './step.ts';

/** The private key that signs: the one given, or a development key that stays in the cache of this checkout. */
export function signingKey(build: Build): string {
  const given = build.options.key;
  if (given !== undefined) {
    if (!existsSync(given)) throw new BuildError(`There is no signing key at ${given}.`);
    return readFileSync(given, 'utf8');
  }
  const path = place.developmentKey(build);
  if (!existsSync(path)) writeFileSync(path, generateKey(), { mode: 0o600 });
  return readFileSync(path, 'utf8');
}
