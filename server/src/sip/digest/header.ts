/** `Digest name=value, name="value"`: the form of WWW-Authenticate, Authorization and their proxy twins (RFC 7616 3.3, 3.4). */
export type DigestFields = ReadonlyMap<string, string>;

const PAIR = /\s*([A-Za-z0-9*_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)/y;

/**
 * Reads a digest header value; names come out in lower case, quotes removed. Undefined when the scheme is another or the text is
 * malformed. A name given twice makes the value malformed: two readers could otherwise pick different ones.
 */
export function parseDigest(value: string): DigestFields | undefined {
  const scheme = /^\s*digest\s+/i.exec(value);
  if (!scheme) return undefined;
  const fields = new Map<string, string>();
  PAIR.lastIndex = scheme[0].length;
  while (PAIR.lastIndex < value.length) {
    const pair = PAIR.exec(value);
    if (!pair) return undefined;
    const name = pair[1]!.toLowerCase();
    if (fields.has(name)) return undefined;
    const quoted = pair[2];
    if (quoted === undefined) fields.set(name, pair[3]!);
    else fields.set(name, quoted.includes('\\') ? quoted.replaceAll(/\\(.)/g, '$1') : quoted);
  }
  return fields;
}

/** The value as a quoted-string. */
export function quote(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
