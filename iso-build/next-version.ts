import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from './lib/digest.ts';
import { type Build, buildId, place } from './lib/step.ts';
import { pressMedium } from './steps/iso.ts';
import { signatureOf } from './steps/papers.ts';
import { releaseFile } from './steps/root.ts';
import { packSquashfs } from './steps/squashfs.ts';

/** A migration no version of the product has: one table with one row, that the older version knows nothing of. */
const migration = `
export class NextVersion9999999999999 {
  name = 'NextVersion9999999999999';
  async up(runner) {
    await runner.query('CREATE TABLE next_version (note TEXT NOT NULL)');
    await runner.query("INSERT INTO next_version (note) VALUES ('migrated')");
  }
  async down(runner) {
    await runner.query('DROP TABLE next_version');
  }
}
migrations.push(NextVersion9999999999999);
`;

/**
 * For tests of the upgrade: the image as it stands, as a later version with one migration more. A second small file system laid over the
 * first (live-boot joins them in the order of their names), so that it takes seconds.
 * @returns path of the image
 */
export function pressNextVersion(build: Build, version: string): string {
  const next: Build = { ...build, version };
  const id = sha256(`${buildId(build)} ${version}`).slice(0, 16);
  const layer = join(build.cache, 'next-version');
  rmSync(layer, { recursive: true, force: true });
  const take = (path: string): string => {
    const target = join(layer, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(place.root(build), path), target);
    return target;
  };
  for (const path of ['opt/dialtone/server/package.json']) {
    const file = take(path);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"version": "[^"]+"/, `"version": "${version}"`));
  }
  appendFileSync(take('opt/dialtone/server/dist/database/migrations/index.js'), migration);
  writeFileSync(take('etc/dialtone-release'), releaseFile(next).replace(/^BUILD_ID=.*$/m, `BUILD_ID=${id}`));
  const squashfs = join(build.cache, 'next-version.squashfs');
  packSquashfs(build, layer, squashfs);
  const target = place.iso(next);
  pressMedium(next, { id, version, extra: [{ name: 'next-version.squashfs', path: squashfs }], target });
  writeFileSync(`${target}.minisig`, signatureOf(next, target, id));
  return target;
}
