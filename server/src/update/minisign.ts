// Signatures in the format of minisign (https://jedisct1.github.io/minisign/, "Signature format"), prehashed: Ed25519 over the
// BLAKE2b-512 of the file, so that a file of any size is read once and never held in memory. Pure: the build of the image signs with the
// same format, and reads its own signatures with this.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

const PREHASHED = 'ED';
const PLAIN = 'Ed';
const COMMENT = 'trusted comment: ';
/** What stands before the 32 bytes of an Ed25519 public key in SubjectPublicKeyInfo (RFC 8410, section 4). */
export const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

export interface PublicKey {
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** Why a file is not taken. Stable: the pages translate it. */
export type SignatureFault = 'missing' | 'unreadable' | 'other-kind' | 'other-key' | 'changed' | 'comment-changed';

export type Verdict =
  | { readonly ok: true; readonly comment: string }
  | { readonly ok: false; readonly code: SignatureFault; readonly reason: string };

const REASONS: Readonly<Record<SignatureFault, string>> = {
  missing: 'There is no signature',
  unreadable: 'The signature cannot be read',
  'other-kind': 'The signature is of a kind that is not used here',
  'other-key': 'The signature was made with another key',
  changed: 'The file is not the one that was signed',
  'comment-changed': 'The comment of the signature was changed',
};

export const refused = (code: SignatureFault): Verdict => ({ ok: false, code, reason: REASONS[code] });

/** Reads the one line of a public key (PUBLIC_KEY of /etc/dialtone-release), or a whole minisign.pub. @throws Error when it is neither */
export function readPublicKey(text: string): PublicKey {
  const line = text
    .trim()
    .split('\n')
    .findLast((one) => !one.startsWith('untrusted comment:'));
  const bytes = Buffer.from(line ?? '', 'base64');
  if (bytes.length !== 42 || bytes.toString('latin1', 0, 2) !== PLAIN) throw new Error('This is no minisign public key');
  const der = Buffer.concat([SPKI_HEAD, bytes.subarray(10)]);
  return { id: bytes.subarray(2, 10), key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** The hash that is signed; `update` it with the file, piece by piece. */
export const imageHash = () => createHash('blake2b512');

/** Whether a `.minisig` text belongs to a file of this hash and was made with this key. */
export function verifyHash(hash: Buffer, minisig: string, publicKey: PublicKey): Verdict {
  const [, first = '', trusted = '', second = ''] = minisig.split(/\r?\n/);
  const bytes = Buffer.from(first, 'base64');
  const global = Buffer.from(second, 'base64');
  if (bytes.length !== 74 || global.length !== 64 || !trusted.startsWith(COMMENT)) return refused('unreadable');
  if (bytes.toString('latin1', 0, 2) !== PREHASHED) return refused('other-kind');
  if (!bytes.subarray(2, 10).equals(publicKey.id)) return refused('other-key');
  const signature = bytes.subarray(10);
  if (!verify(null, hash, publicKey.key, signature)) return refused('changed');
  const comment = trusted.slice(COMMENT.length);
  if (!verify(null, Buffer.concat([signature, Buffer.from(comment)]), publicKey.key, global)) return refused('comment-changed');
  return { ok: true, comment };
}
