import { readFileSync } from 'node:fs';

const debianName = /^[a-z0-9][a-z0-9+.-]+$/;

/**
 * The names in a package list: one a line, `#` begins a comment.
 * @returns the names, sorted
 * @throws Error for a line that is no Debian package name, and for a name that is there twice
 */
export function parsePackageList(text: string): string[] {
  const names = text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  for (const name of names) {
    if (!debianName.test(name)) throw new Error(`"${name}" is no name of a Debian package`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${twice} is in the list twice`);
  return names.sort();
}

export const readPackageList = (path: string): string[] => parsePackageList(readFileSync(path, 'utf8'));
