// Signatures in the format of minisign (https://jedisct1.github.io/minisign/, "Signature format"), prehashed: Ed25519 over the
// BLAKE2b-512 of the file, so that a file of any size is read once and never held in memory.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const prehashed = 'ED';
const plain = 'Ed';
/** What stands before the 32 bytes of an Ed25519 public key in SubjectPublicKeyInfo (RFC 8410, section 4). */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

export interface PublicKey {
  id: Buffer;
  key: KeyObject;
}

export type Verdict = { ok: true; comment: string } | { ok: false; reason: string };

/** A fresh private key as PEM (PKCS #8). */
export const generateKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function rawPublic(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(spkiHead.length);
}

/** Eight bytes that name a key: of its own digest, so that they need not be kept anywhere. */
const keyId = (raw: Buffer): Buffer => createHash('blake2b512').update(raw).digest().subarray(0, 8);

/**
 * The public half of a private key, as minisign writes it on one line.
 * @throws Error when the key is no Ed25519 key in PEM
 */
export function publicKeyOf(pem: string): string {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('The signing key is no Ed25519 key');
  const raw = rawPublic(createPublicKey(privateKey));
  return Buffer.concat([Buffer.from(plain), keyId(raw), raw]).toString('base64');
}

/** Reads the one line of `publicKeyOf`, or a whole minisign.pub. @throws Error when it is neither */
export function readPublicKey(text: string): PublicKey {
  const line = text
    .trim()
    .split('\n')
    .findLast((one) => !one.startsWith('untrusted comment:'));
  const bytes = Buffer.from(line ?? '', 'base64');
  if (bytes.length !== 42 || bytes.toString('latin1', 0, 2) !== plain) throw new Error('This is no minisign public key');
  const der = Buffer.concat([spkiHead, bytes.subarray(10)]);
  return { id: bytes.subarray(2, 10), key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** BLAKE2b-512 of a file of any size. */
export function hashFile(path: string): Buffer {
  const hash = createHash('blake2b512');
  const buffer = Buffer.alloc(1024 * 1024);
  const file = openSync(path, 'r');
  try {
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) hash.update(buffer.subarray(0, size));
  } finally {
    closeSync(file);
  }
  return hash.digest();
}

/**
 * The text of a `.minisig` file.
 * @param comment one line that is signed too, e.g. the name of the file and the version
 */
export function signHash(hash: Buffer, pem: string, comment: string): string {
  if (/[\r\n]/.test(comment)) throw new Error('The comment of a signature is one line');
  const privateKey = createPrivateKey(pem);
  const id = keyId(rawPublic(createPublicKey(privateKey)));
  const signature = sign(null, hash, privateKey);
  const global = sign(null, Buffer.concat([signature, Buffer.from(comment)]), privateKey);
  const first = Buffer.concat([Buffer.from(prehashed), id, signature]).toString('base64');
  return `untrusted comment: signature of Dialtone\n${first}\ntrusted comment: ${comment}\n${global.toString('base64')}\n`;
}

/** Whether a `.minisig` text belongs to a file of this hash and was made with this key. */
export function verifyHash(hash: Buffer, minisig: string, publicKey: PublicKey): Verdict {
  const [, first = '', trusted = '', second = ''] = minisig.split(/\r?\n/);
  const bytes = Buffer.from(first, 'base64');
  const global = Buffer.from(second, 'base64');
  if (bytes.length !== 74 || global.length !== 64 || !trusted.startsWith('trusted comment: ')) {
    return { ok: false, reason: 'The signature cannot be read' };
  }
  if (bytes.toString('latin1', 0, 2) !== prehashed) return { ok: false, reason: 'The signature is of a kind that is not used here' };
  if (!bytes.subarray(2, 10).equals(publicKey.id)) return { ok: false, reason: 'The signature was made with another key' };
  const signature = bytes.subarray(10);
  if (!verify(null, hash, publicKey.key, signature)) return { ok: false, reason: 'The file is not the one that was signed' };
  const comment = trusted.slice('trusted comment: '.length);
  if (!verify(null, Buffer.concat([signature, Buffer.from(comment)]), publicKey.key, global)) {
    return { ok: false, reason: 'The comment of the signature was changed' };
  }
  return { ok: true, comment };
}
