// Whether a file is the one that was signed: `node iso-build/verify.ts FILE --public-key KEY-OR-FILE [--signature FILE.minisig]`.
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { refused } from '../server/src/update/minisign.ts';
import { hashFile, readPublicKey, type Verdict, verifyHash } from './lib/minisign.ts';

/**
 * Checks a file against the signature beside it.
 * @param publicKey the line PUBLIC_KEY of /etc/dialtone-release, or the text of a minisign.pub
 * @param signature path of the signature; `<file>.minisig` unless told
 */
export function verifyFile(file: string, publicKey: string, signature = `${file}.minisig`): Verdict {
  if (!existsSync(signature)) return refused('missing');
  return verifyHash(hashFile(file), readFileSync(signature, 'utf8'), readPublicKey(publicKey));
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'public-key': { type: 'string' }, signature: { type: 'string' } },
  });
  const [file] = positionals;
  const key = values['public-key'];
  if (file === undefined || key === undefined) {
    process.stderr.write('node iso-build/verify.ts FILE --public-key KEY-OR-FILE [--signature FILE.minisig]\n');
    process.exit(2);
  }
  const verdict = verifyFile(file, existsSync(key) ? readFileSync(key, 'utf8') : key, values.signature);
  process.stdout.write(verdict.ok ? `Good: ${verdict.comment}\n` : `Refused: ${verdict.reason}\n`);
  process.exit(verdict.ok ? 0 : 1);
}
