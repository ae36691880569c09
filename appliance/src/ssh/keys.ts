import { createHash } from 'node:crypto';
import type { SshKey } from '../../../server/src/host/contract/index.ts';
import { Refusal } from '../problem.ts';
import type { Text } from '../texts/texts.ts';

const TYPES = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]);

/**
 * One public key as in authorized_keys(5), without options: "type base64 comment".
 * @throws Refusal 400 key-wrong
 */
export function parseKey(line: string): SshKey {
  const wrong = (why: Text): Refusal => new Refusal(400, 'key-wrong', ({ t, say }) => t('key.wrong', { why: say(why) }));
  if (/[\r\n\0]/.test(line.trim())) throw wrong(({ t }) => t('key.lines'));
  const [type = '', base64 = '', ...rest] = line.trim().split(/\s+/);
  if (line.includes('PRIVATE KEY')) throw wrong(({ t }) => t('key.private'));
  if (!TYPES.has(type)) throw wrong(({ t }) => t('key.type', { type: type.slice(0, 40) }));
  const blob = Buffer.from(base64, 'base64');
  // The blob starts with the length and the name of its type (RFC 4253 section 6.6).
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  if (blob.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '') || blob.subarray(4, 4 + length).toString() !== type) {
    throw wrong(({ t }) => t('key.damaged'));
  }
  const comment = rest.join(' ').slice(0, 200);
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  return { type, comment, fingerprint, key: `${type} ${base64}${comment ? ` ${comment}` : ''}` };
}
