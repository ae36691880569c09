import { Secret } from 'otpauth';
import { hashToken } from './tokens.ts';

export const RECOVERY_CODES = 10;

/** 80 random bits, written as `ABCD-EFGH-IJKL-MNOP`: letters and digits 2 to 7, which nobody mistakes for one another. */
export const newRecoveryCode = (): string => (new Secret({ size: 10 }).base32.match(/.{4}/g) ?? []).join('-');

/** Lower case, blanks and dashes are the writer's own matter. @returns undefined when the text cannot be a recovery code */
function plain(text: string): string | undefined {
  const code = text.replace(/[\s-]/g, '').toUpperCase();
  return /^[A-Z2-7]{16}$/.test(code) ? code : undefined;
}

/** What is stored of a recovery code. It is random like a token, so a fast hash is enough. @returns undefined when the text cannot be one */
export function hashRecoveryCode(text: string): string | undefined {
  const code = plain(text);
  return code === undefined ? undefined : hashToken(code);
}
