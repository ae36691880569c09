import { randomInt } from 'node:crypto';

// No 0/O, 1/I/L: it is written down by hand and typed again. 24 of 31 signs are 118 bits.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const GROUPS = 6;
const IN_GROUP = 4;

/** `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX` */
export function newRecoveryKey(): string {
  const sign = () => ALPHABET[randomInt(ALPHABET.length)] ?? '';
  return Array.from({ length: GROUPS }, () => Array.from({ length: IN_GROUP }, sign).join('')).join('-');
}

const SHAPE = new RegExp(`^[${ALPHABET}]{${GROUPS * IN_GROUP}}$`);

/** A recovery key is found again in small letters, with blanks or without dashes; any other passphrase stays as it was typed. */
export function asPassphrase(typed: string): string {
  const signs = typed.toUpperCase().replace(/[\s-]/g, '');
  if (!SHAPE.test(signs)) return typed;
  return (signs.match(/.{4}/g) ?? []).join('-');
}
