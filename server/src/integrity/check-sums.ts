import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { imageHash, readPublicKey, verifyHash } from '../update/minisign.ts';

/** What a look at the medium found. */
export interface SumsResult {
  /** Files that were read and are as they were made. */
  readonly good: number;
  readonly bytes: number;
  /** Files that are not, or cannot be read; `SHA256SUMS` itself when its signature does not fit. */
  readonly bad: readonly string[];
}

/** @throws Error when there is no list */
export function readSums(text: string): { readonly sum: string; readonly name: string }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, sum, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      if (sum === undefined || name === undefined || name.startsWith(sep) || normalize(name).startsWith('..')) {
        throw new Error('The list of sums on the medium cannot be read');
      }
      return { sum, name };
    });
}

/**
 * Reads every file named in SHA256SUMS again. Blocks its thread: for a worker.
 * @param publicKey the line of the image; with it the list itself must be signed
 * @throws Error when there is no list, as on a machine that did not boot from an image
 */
export function checkSums(folder: string, publicKey: string): SumsResult {
  const list = join(folder, 'SHA256SUMS');
  if (!existsSync(list)) throw new Error('There is no list of sums on the medium');
  const text = readFileSync(list, 'utf8');
  const bad: string[] = [];
  if (publicKey !== '' && !isSigned(text, `${list}.minisig`, publicKey)) bad.push('SHA256SUMS');
  let good = 0;
  let bytes = 0;
  for (const { sum, name } of readSums(text)) {
    const found = sumOf(join(folder, name));
    if (found?.sum === sum) {
      good++;
      bytes += found.bytes;
    } else bad.push(name);
  }
  return { good, bytes, bad };
}

function isSigned(text: string, signature: string, publicKey: string): boolean {
  try {
    return verifyHash(imageHash().update(text).digest(), readFileSync(signature, 'utf8'), readPublicKey(publicKey)).ok;
  } catch {
    return false;
  }
}

/** @returns undefined when it cannot be read to its end */
function sumOf(path: string): { sum: string; bytes: number } | undefined {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1024 * 1024);
  let bytes = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
        hash.update(buffer.subarray(0, size));
        bytes += size;
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
  return { sum: hash.digest('hex'), bytes };
}
