import { hash, verify } from '@node-rs/argon2';

// OWASP's floor for argon2id: 19 MiB, two passes, one lane. About 20 ms on a small machine.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** argon2id in PHC form, with its salt. Runs in the thread pool; keep it out of database transactions. */
export const hashPassword = (password: string): Promise<string> => hash(password, OPTIONS);

/** argon2id in PHC string form: `$argon2id$v=19$m=...,t=...,p=...$salt$hash`. */
export const isPasswordHash = (text: string): boolean =>
  /^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{22,128}$/.test(text);

let decoy: Promise<string> | undefined;

/**
 * Whether the password fits the hash. Without a hash it works as long as with one and answers false, so that the time taken does not tell whether an
 * account exists.
 */
export async function verifyPassword(storedHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('no account has this password');
  const fits = await verify(storedHash ?? (await decoy), password).catch(() => false);
  return storedHash !== null && fits;
}
