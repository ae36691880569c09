// The bill of materials: SPDX 2.3 as JSON (https://spdx.github.io/spdx-spec/v2.3/).
import type { DebianPackage } from './debian-packages.ts';
import type { NpmPackage } from './npm-closure.ts';

interface SpdxPackage {
  SPDXID: string;
  name: string;
  versionInfo: string;
  downloadLocation: string;
  filesAnalyzed: false;
  licenseConcluded: 'NOASSERTION';
  licenseDeclared: string;
  copyrightText: 'NOASSERTION';
  homepage?: string;
  sourceInfo?: string;
  checksums?: { algorithm: string; checksumValue: string }[];
  externalRefs?: { referenceCategory: 'PACKAGE-MANAGER'; referenceType: 'purl'; referenceLocator: string }[];
}

export interface Materials {
  version: string;
  buildId: string;
  /** Seconds since 1970. */
  sourceDate: number;
  debian: (DebianPackage & { licences: string[] | undefined })[];
  /** `bundled`: compiled into the pages or the host agent, no longer a folder of its own. */
  npm: (NpmPackage & { bundled: boolean })[];
  node: { version: string; sha256: string };
  image: { name: string; sha256: string };
}

const identifier = (...parts: string[]): string => `SPDXRef-${parts.join('-').replace(/[^A-Za-z0-9.-]+/g, '-')}`;

const purl = (locator: string): Pick<SpdxPackage, 'externalRefs'> => ({
  externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: locator }],
});

const unknown = {
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
  downloadLocation: 'NOASSERTION',
} as const;

function debianPackage(one: Materials['debian'][number]): SpdxPackage {
  return {
    SPDXID: identifier('deb', one.name),
    name: one.name,
    versionInfo: one.version,
    ...unknown,
    licenseDeclared: one.licences?.length ? one.licences.join(' AND ') : 'NOASSERTION',
    ...(one.homepage && { homepage: one.homepage }),
    sourceInfo: `built from the Debian source package ${one.source}`,
    ...(one.sha256 && { checksums: [{ algorithm: 'SHA256', checksumValue: one.sha256 }] }),
    ...purl(`pkg:deb/debian/${encodeURIComponent(one.name)}@${encodeURIComponent(one.version)}?arch=${one.architecture}&distro=trixie`),
  };
}

/** npm names its licences by SPDX; a few packages use words of their own. */
const npmLicence = (licence: string | undefined): string =>
  licence !== undefined && /^[A-Za-z0-9.+\-() ]+$/.test(licence) && !/^(SEE|UNLICENSED)/.test(licence) ? licence : 'NOASSERTION';

function npmPackage(one: NpmPackage & { bundled: boolean }): SpdxPackage {
  const sum = /^sha512-(.+)$/.exec(one.integrity ?? '')?.[1];
  const name = one.name.startsWith('@') ? `%40${one.name.slice(1)}` : one.name;
  return {
    SPDXID: identifier('npm', one.path.replaceAll('node_modules/', '')),
    name: one.name,
    versionInfo: one.version,
    ...unknown,
    licenseDeclared: npmLicence(one.license),
    ...(one.bundled && { sourceInfo: 'compiled into the pages or the host agent' }),
    ...(sum && { checksums: [{ algorithm: 'SHA512', checksumValue: Buffer.from(sum, 'base64').toString('hex') }] }),
    ...purl(`pkg:npm/${name}@${one.version}`),
  };
}

/** The document, as text that is the same for the same materials. */
export function spdxDocument(materials: Materials): string {
  const image: SpdxPackage = {
    SPDXID: 'SPDXRef-image',
    name: materials.image.name,
    versionInfo: materials.version,
    ...unknown,
    licenseDeclared: 'Apache-2.0',
    checksums: [{ algorithm: 'SHA256', checksumValue: materials.image.sha256 }],
  };
  const node: SpdxPackage = {
    SPDXID: 'SPDXRef-node',
    name: 'node',
    versionInfo: materials.node.version,
    ...unknown,
    licenseDeclared: 'MIT',
    homepage: 'https://nodejs.org/',
    checksums: [{ algorithm: 'SHA256', checksumValue: materials.node.sha256 }],
    ...purl(`pkg:generic/node@${materials.node.version}`),
  };
  const debian = materials.debian.map(debianPackage);
  const npm = materials.npm.map(npmPackage);
  const parts = [node, ...debian, ...npm];
  const twice = parts.find((one, index) => parts.findIndex((other) => other.SPDXID === one.SPDXID) !== index);
  if (twice !== undefined) throw new Error(`Two materials have the identifier ${twice.SPDXID}`);
  const references = new Set(parts.flatMap((one) => one.licenseDeclared.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? []));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: materials.image.name,
    documentNamespace: `urn:dialtone:spdx:${materials.version}:${materials.buildId}`,
    creationInfo: {
      created: new Date(materials.sourceDate * 1000).toISOString().replace('.000Z', 'Z'),
      creators: ['Tool: dialtone-iso-build', 'Organization: The Dialtone authors'],
    },
    packages: [image, ...parts],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-image' },
      ...parts.map((one) => ({ spdxElementId: 'SPDXRef-image', relationshipType: 'CONTAINS', relatedSpdxElement: one.SPDXID })),
    ],
    hasExtractedLicensingInfos: [...references].sort().map((licenseId) => ({
      licenseId,
      name: licenseId.slice('LicenseRef-'.length),
      extractedText: 'The text is in /usr/share/doc/<package>/copyright of every package that names it.',
    })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
