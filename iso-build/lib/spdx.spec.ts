import { describe, expect, it } from 'vitest';
import { licencesOf, parseControl } from './debian-packages.ts';
import { type Materials, spdxDocument } from './spdx.ts';

const sum = 'a'.repeat(64);
const control = `Package: zstd
Version: 1.5.7+dfsg-1
Source: libzstd (1.5.7)
Architecture: amd64
Homepage: https://zstd.example/
SHA256: ${sum}
Description: compression

Package: base-files
Version: 13.8
Architecture: amd64

Package: zstd
Version: 1.5.7+dfsg-1
Architecture: amd64
SHA256: ${sum}
`;
const dep5 = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: BSD-3-clause and GPL-2+

Files: x
License: Expat
`;

describe('Debian packages', () => {
  it('are read from the paragraphs of apt, each once, sorted', () => {
    const found = parseControl(control);
    expect(found.map((one) => one.name)).toEqual(['base-files', 'zstd']);
    expect(found[1]).toMatchObject({ version: '1.5.7+dfsg-1', source: 'libzstd', architecture: 'amd64' });
    expect(() => parseControl('Description: nothing else\n')).toThrow('without name');
  });

  it('have the licences of their copyright file, in the names of SPDX', () => {
    expect(licencesOf(dep5)).toEqual(['BSD-3-Clause', 'GPL-2.0-or-later', 'MIT']);
    expect(licencesOf(dep5.replace('Expat', 'Some odd words'))).toContain('LicenseRef-Some-odd-words');
    expect(licencesOf('This package was debianized by hand.')).toBeUndefined();
  });
});

describe('bill of materials', () => {
  const materials: Materials = {
    version: '1.2.3',
    buildId: 'abc',
    sourceDate: 1_700_000_000,
    debian: parseControl(control).map((one) => ({ ...one, licences: licencesOf(dep5.replace('Expat', 'Odd')) })),
    npm: [
      {
        path: 'node_modules/@x/y',
        name: '@x/y',
        version: '1.0.0',
        license: 'MIT',
        integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
        bundled: false,
      },
      { path: 'node_modules/z', name: 'z', version: '2.0.0', license: 'SEE LICENSE IN LICENSE', integrity: undefined, bundled: true },
    ],
    node: { version: '24.0.0', sha256: sum },
    image: { name: 'dialtone.iso', sha256: sum },
  };
  const document = JSON.parse(spdxDocument(materials));

  it('names every package with version, licence, checksum and package URL', () => {
    const find = (name: string) => document.packages.find((one: { name: string }) => one.name === name);
    expect(find('zstd')).toMatchObject({
      versionInfo: '1.5.7+dfsg-1',
      licenseDeclared: 'BSD-3-Clause AND GPL-2.0-or-later AND LicenseRef-Odd',
      checksums: [{ algorithm: 'SHA256', checksumValue: sum }],
    });
    expect(find('zstd').externalRefs[0].referenceLocator).toBe('pkg:deb/debian/zstd@1.5.7%2Bdfsg-1?arch=amd64&distro=trixie');
    expect(find('@x/y').checksums[0]).toEqual({ algorithm: 'SHA512', checksumValue: '01'.repeat(64) });
    expect(find('@x/y').externalRefs[0].referenceLocator).toBe('pkg:npm/%40x/y@1.0.0');
    expect(find('z').licenseDeclared).toBe('NOASSERTION');
  });

  it('is SPDX 2.3: describes the image, the image contains all, and odd licences are declared', () => {
    expect(document).toMatchObject({ spdxVersion: 'SPDX-2.3', dataLicense: 'CC0-1.0', SPDXID: 'SPDXRef-DOCUMENT' });
    expect(document.creationInfo.created).toBe('2023-11-14T22:13:20Z');
    expect(document.hasExtractedLicensingInfos.map((one: { licenseId: string }) => one.licenseId)).toEqual(['LicenseRef-Odd']);
    const ids = document.packages.map((one: { SPDXID: string }) => one.SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id: string) => /^SPDXRef-[A-Za-z0-9.-]+$/.test(id))).toBe(true);
    const contained = document.relationships.filter((one: { relationshipType: string }) => one.relationshipType === 'CONTAINS');
    expect(contained).toHaveLength(ids.length - 1);
  });

  it('is the same text for the same materials', () => {
    expect(spdxDocument(materials)).toBe(spdxDocument(structuredClone(materials)));
  });
});
