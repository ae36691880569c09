import { randomInt } from 'node:crypto';

// No 0/O, 1/I/L: a person reads it from a console. 8 of 31 signs are 39 bits, and attempts are limited.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

const signs = (count: number): string => Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');

/** "XXXX-XXXX" */
export const newCode = (): string => `${signs(4)}-${signs(4)}`;

/** A password that can be copied from a screen by hand: 4 groups of 4, 79 bits. */
export const newPassword = (): string => Array.from({ length: 4 }, () => signs(4)).join('-');
