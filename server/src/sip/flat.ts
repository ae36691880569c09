const scratch = Buffer.alloc(1024);

/**
 * A copy of a wire string (latin1) in memory of its own. What is put together from parts of a message refers to the text of the whole
 * message as long as it lives; a key that stays for 32 s must not.
 */
export function flat(text: string): string {
  if (text.length > scratch.length) return Buffer.from(text, 'latin1').toString('latin1');
  return scratch.toString('latin1', 0, scratch.write(text, 'latin1'));
}

/** As `flat`, for text that was decoded and may hold any character. */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
