/**
 * Is a User-Agent on a list of patterns, as an operator writes them (G-42)? A pattern is the beginning of the name, in any case; `*` stands
 * for any text: `Cisco-CP79`, `*CSCO/7`.
 */
export function isListed(patterns: readonly string[], userAgent: string | null | undefined): boolean {
  if (patterns.length === 0 || !userAgent) return false;
  const name = userAgent.toLowerCase();
  return patterns.some((pattern) => fits(pattern.toLowerCase(), name));
}

function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
