import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyFile } from '../verify.ts';
import { generateKey, hashFile, publicKeyOf, readPublicKey, signHash, verifyHash } from './minisign.ts';

// Made with minisign 0.11 (minisign -S) over the text below: the format is theirs, not only ours.
const foreign = {
  file: 'one telephone company on one disc\n',
  publicKey: 'RWR852EE1aSK17KSqnArQoP0mPHSxFukD0IfFOS4LPVKP1nl9mcGXtki',
  signature: `untrusted comment: signature from minisign secret key
RUR852EE1aSK13QB7FF7yVp6Y2fRQXPqbpBTxaIS0UTQN4VgW4c3XrjnXoTDLfo/btux7+Cd+8082222aTHVAeRvSbA14F6jng0=
trusted comment: made elsewhere
5jEQT5UNIlhnj7NfEw66TBRTDlQaq9U5g7hQUaqur0wMyHe/Ic6UrwmkHzwLijewrRjRyc5eaOxw4OG7KLNUBA==
`,
};

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'minisign-'));
  file = join(folder, 'image.iso');
  writeFileSync(file, foreign.file);
});
afterAll(() => rmSync(folder, { recursive: true }));

const reason = (verdict: { ok: boolean; reason?: string }) => (verdict.ok ? undefined : verdict.reason);

describe('minisign', () => {
  it('verifies a signature minisign itself has made', () => {
    const verdict = verifyHash(hashFile(file), foreign.signature, readPublicKey(foreign.publicKey));
    expect(verdict).toEqual({ ok: true, comment: 'made elsewhere' });
  });

  it('verifies what it has signed, always with the same bytes', () => {
    const key = generateKey();
    const text = signHash(hashFile(file), key, 'image.iso: version 1');
    expect(verifyHash(hashFile(file), text, readPublicKey(publicKeyOf(key)))).toEqual({ ok: true, comment: 'image.iso: version 1' });
    expect(signHash(hashFile(file), key, 'image.iso: version 1')).toBe(text);
  });

  it('refuses another file, another key, another comment, and what is no signature', () => {
    const key = generateKey();
    const text = signHash(hashFile(file), key, 'version 1');
    const publicKey = readPublicKey(publicKeyOf(key));
    const other = join(folder, 'other.iso');
    writeFileSync(other, `${foreign.file} `);
    expect(reason(verifyHash(hashFile(other), text, publicKey))).toBe('The file is not the one that was signed');
    expect(reason(verifyHash(hashFile(file), text, readPublicKey(publicKeyOf(generateKey()))))).toBe(
      'The signature was made with another key',
    );
    expect(reason(verifyHash(hashFile(file), text.replace('version 1', 'version 2'), publicKey))).toBe(
      'The comment of the signature was changed',
    );
    for (const broken of ['', 'untrusted comment: x\n', text.split('\n').slice(0, 2).join('\n')]) {
      expect(reason(verifyHash(hashFile(file), broken, publicKey))).toBe('The signature cannot be read');
    }
  });

  it('refuses a signature whose key was swapped under the same key number', () => {
    const [mine, other] = [generateKey(), generateKey()];
    const text = signHash(hashFile(file), other, 'x');
    const forged = Buffer.from(text.split('\n')[1] ?? '', 'base64');
    readPublicKey(publicKeyOf(mine)).id.copy(forged, 2);
    const lines = text.split('\n');
    lines[1] = forged.toString('base64');
    expect(reason(verifyHash(hashFile(file), lines.join('\n'), readPublicKey(publicKeyOf(mine))))).toBe(
      'The file is not the one that was signed',
    );
  });

  it('says that a file without a signature has none', () => {
    expect(verifyFile(file, publicKeyOf(generateKey()))).toMatchObject({ ok: false, reason: 'There is no signature' });
  });

  it('refuses keys that are none', () => {
    expect(() => readPublicKey('AAAA')).toThrow('no minisign public key');
    expect(() => publicKeyOf('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----')).toThrow();
  });
});
