// Signatures in the format of minisign (https://jedisct1.github.io/minisign/, "Signature format"), prehashed: Ed25519 over the
// BLAKE2b-512 of the file, so that a file of any size is read once and never held in memory.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { imageHash, SPKI_HEAD } from '../../server/src/update/minisign.ts';

// The reading half is the server's own: what it takes for a good image is what this makes.
export { type PublicKey, readPublicKey, type Verdict, verifyHash } from '../../server/src/update/minisign.ts';

const prehashed = 'ED';
const plain = 'Ed';
/** A fresh private key as PEM (PKCS #8). */
export const generateKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function rawPublic(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(SPKI_HEAD.length);
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

/** BLAKE2b-512 of a file of any size. */
export function hashFile(path: string): Buffer {
  const hash = imageHash();
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
