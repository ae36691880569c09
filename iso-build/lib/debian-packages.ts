/** A Debian package of the image, out of the paragraphs `apt-cache show` printed while it was made. */
export interface DebianPackage {
  name: string;
  version: string;
  architecture: string;
  /** Of the .deb file. */
  sha256: string | undefined;
  homepage: string | undefined;
  source: string;
}

/** @throws Error for a paragraph without name, version or architecture */
export function parseControl(text: string): DebianPackage[] {
  const packages = text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, 'm').exec(paragraph)?.[1];
      const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
      if (name === undefined || version === undefined || architecture === undefined) {
        throw new Error(`A package without name, version or architecture: ${paragraph.slice(0, 80)}`);
      }
      const source = field('Source')?.replace(/ .*/, '') ?? name;
      return { name, version, architecture, sha256: field('SHA256'), homepage: field('Homepage'), source };
    });
  // The same version can be listed by two suites: the first counts.
  const seen = new Map(packages.toReversed().map((one) => [`${one.name} ${one.version}`, one]));
  return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names some maintainers of Debian use for licences SPDX calls otherwise; the rest is taken as it stands. */
const spdxNames: Record<string, string> = {
  'GPL-1': 'GPL-1.0-only',
  'GPL-1+': 'GPL-1.0-or-later',
  'GPL-2': 'GPL-2.0-only',
  'GPL-2.0': 'GPL-2.0-only',
  'GPL-2+': 'GPL-2.0-or-later',
  'GPL-2.0+': 'GPL-2.0-or-later',
  'GPL-3': 'GPL-3.0-only',
  'GPL-3+': 'GPL-3.0-or-later',
  'GPL-3.0+': 'GPL-3.0-or-later',
  'LGPL-2': 'LGPL-2.0-only',
  'LGPL-2+': 'LGPL-2.0-or-later',
  'LGPL-2.1': 'LGPL-2.1-only',
  'LGPL-2.1+': 'LGPL-2.1-or-later',
  'LGPL-3': 'LGPL-3.0-only',
  'LGPL-3+': 'LGPL-3.0-or-later',
  'Apache-2': 'Apache-2.0',
  'Apache-2.0': 'Apache-2.0',
  'BSD-2-clause': 'BSD-2-Clause',
  'BSD-3-clause': 'BSD-3-Clause',
  'BSD-4-clause': 'BSD-4-Clause',
  'BSD-2-Clause': 'BSD-2-Clause',
  'BSD-3-Clause': 'BSD-3-Clause',
  Expat: 'MIT',
  MIT: 'MIT',
  ISC: 'ISC',
  Zlib: 'Zlib',
  zlib: 'Zlib',
  'CC0-1.0': 'CC0-1.0',
  'MPL-2.0': 'MPL-2.0',
  'Artistic-2.0': 'Artistic-2.0',
  'BSL-1.0': 'BSL-1.0',
};

/**
 * The licences a machine-readable copyright file names (DEP-5), as SPDX identifiers; what SPDX has no name for becomes a LicenseRef.
 * @returns undefined when the file is not machine-readable
 */
export function licencesOf(copyright: string): string[] | undefined {
  if (!/^Format: .*copyright-format/im.test(copyright)) return undefined;
  const names = [...copyright.matchAll(/^License: *(.+)$/gim)].flatMap(([, line = '']) => line.split(/,? +(?:and|or|and\/or) +|[,|]/i));
  const clean = names.map((name) => name.trim().replace(/ +with .*$/i, '')).filter((name) => name !== '');
  const ids = clean.map((name) => spdxNames[name] ?? `LicenseRef-${name.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^-|-$/g, '')}`);
  return [...new Set(ids)].filter((id) => id !== 'LicenseRef-').sort();
}
