import { compareVersions } from '../upgrade/data-version.ts';
import { type PublicKey, refused, type SignatureFault, type Verdict, verifyHash } from './minisign.ts';

/** What booting an image over the data of now would do. */
export type ImageEffect = 'upgrade' | 'same' | 'older';

export type ImageVerdict =
  | { readonly ok: true; readonly version: string; readonly build: string; readonly effect: ImageEffect }
  | { readonly ok: false; readonly code: SignatureFault | 'no-image'; readonly reason: string };

/** The signed comment of an image, as the build writes it: `dialtone-1.2.0-amd64.iso: Dialtone 1.2.0, build 0123abcd`. */
const IMAGE_COMMENT = /^[^\s:]+\.iso: Dialtone (\d[\w.+-]*), build (\S+)$/;

/** Is a file an image of ours, which one, and what would it do? There is no third answer. */
export function imageVerdict(hash: Buffer, minisig: string, publicKey: PublicKey, running: string): ImageVerdict {
  const signed: Verdict = minisig.trim() === '' ? refused('missing') : verifyHash(hash, minisig, publicKey);
  if (!signed.ok) return signed;
  const [, version, build] = IMAGE_COMMENT.exec(signed.comment) ?? [];
  // A list of sums or a bill of materials is signed with the same key.
  if (version === undefined || build === undefined) {
    return { ok: false, code: 'no-image', reason: 'The signature is good, but it belongs to something that is no image of Dialtone' };
  }
  const order = compareVersions(version, running);
  return { ok: true, version, build, effect: order > 0 ? 'upgrade' : order < 0 ? 'older' : 'same' };
}
