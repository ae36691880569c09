import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutboxMailEntity } from './outbox.entity.ts';

/** In the mail it is a third longer; many mail servers take no more than 25 MB, some 10. */
const MAX_ATTACHMENT_BYTES = 7_000_000;

/**
 * The file of a mail as nodemailer streams it; undefined: it never had one. 'left-out': it is gone, or too large, or the mail server did
 * not want it.
 */
export async function attachmentOf(
  mail: Pick<OutboxMailEntity, 'attachmentFile' | 'attachmentName'>,
  dataDir: string,
): Promise<{ path: string; filename: string } | 'left-out' | undefined> {
  if (mail.attachmentFile === null) return undefined;
  if (mail.attachmentName === null) return 'left-out';
  const path = join(dataDir, mail.attachmentFile);
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile() || file.size > MAX_ATTACHMENT_BYTES) return 'left-out';
  return { path, filename: mail.attachmentName };
}

const words = {
  en: 'The recording is not attached: it is too large for a mail, or was deleted meanwhile.',
  es: 'La grabación no va adjunta: es demasiado grande para un correo, o se ha borrado entretanto.',
} as const;

export const notAttached = (language: string): string => words[language === 'es' ? 'es' : 'en'];

/** RFC 1870 section 6.1 (and RFC 5321 for a full mailbox): 552; nodemailer itself says EMESSAGE when it knows the limit beforehand. */
export function isTooLarge(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  return responseCode === 552 || code === 'EMESSAGE';
}
