import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Lays a folder over another: files replace files, links replace links, folders are joined. Owner is root; modes are 0755 for folders and
 * what is executable, 0644 for the rest, whatever the umask of the checkout was.
 */
export function layOver(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === '.gitkeep') continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      // A folder laid over a link to a folder (/bin -> usr/bin) goes where the link leads.
      if (!existsSync(target)) mkdirSync(target, { mode: 0o755 });
      layOver(source, target);
    } else {
      rmSync(target, { force: true });
      if (entry.isSymbolicLink()) {
        symlinkSync(readlinkSync(source), target);
      } else {
        copyFileSync(source, target);
        chmodSync(target, lstatSync(source).mode & 0o100 ? 0o755 : 0o644);
      }
    }
  }
}
