import { migrations } from '../database/migrations/index.ts';
import { readRelease } from '../update/release.ts';

/**
 * When this Dialtone was made, epoch ms: what the image says of itself, else the time in the name of the newest migration, which no clock that
 * is right can be before.
 */
export function builtAt(releaseFile: string): number {
  const stamps = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0] ?? 0));
  return Math.max(readRelease(releaseFile)?.builtAt ?? 0, ...stamps);
}
